#include "engine/gate/daemon_gate.h"

namespace headroom {
namespace {

// Whether a run of this kind may remove members in this mode. What an operator asked for holds in every mode that may
// call Chat at all.
bool allowed(const Run& run, SchedulerMode mode) {
  switch (mode) {
    case SchedulerMode::kObserve:
      return false;
    case SchedulerMode::kPlan:
    case SchedulerMode::kApprove:
      return acts_as(run) != RunMode::kPrune || run.trigger != RunTrigger::kScheduler;
    case SchedulerMode::kPrune:
      return true;
  }
  return false;
}

}  // namespace

std::optional<Stop> DaemonGate::stop_for(const Run& run) const {
  if (stopping_) return Stop{Reason::kInterrupted};
  if (!allowed(run, settings_.get()->mode)) return Stop{Reason::kModeChanged};
  const PauseSwitch::State pause = pause_.state();
  // What an operator's pause is for is often just what a restore mends.
  const bool paused = run.mode == RunMode::kRestore ? !pause.own_reason.empty() : pause.paused();
  if (paused) return Stop{Reason::kPaused};
  return std::nullopt;
}

}  // namespace headroom
