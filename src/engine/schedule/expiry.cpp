#include "engine/schedule/expiry.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "engine/hold_budget.h"
#include "engine/runs/approval.h"
#include "headroom/group_state.h"

namespace headroom {
namespace {

constexpr int kAtOnce = 50;
constexpr DurationMs kLatest = 10 * kSecondMs;  // however long the scheduler may sleep

}  // namespace

SteadyMs Expiry::step(TimeMs now, SteadyMs at, const Settings& settings) {
  if (at >= next_) {
    const bool more_exemptions = lift_exemptions(now);
    more_ = expire_plans(now, settings) || more_exemptions;
    next_ = at + (more_ ? HoldBudget::kPauseMs : std::min(settings.tick, kSecondMs));
  }
  return more_ ? next_ : at + std::min(settings.tick, kLatest);
}

// Ends the plans that have waited for too long. True when there may be more.
bool Expiry::expire_plans(TimeMs now, const Settings& settings) {
  const auto is_over = [&](const Run& run) {
    return run.state == RunState::kAwaitingApproval && is_too_old(run, settings, now);
  };
  std::vector<Run> waiting = view_.waiting_runs(kAtOnce);
  std::erase_if(waiting, [&](const Run& run) { return !is_over(run); });
  if (waiting.empty()) return false;
  std::vector<Run> expired;
  writer_.commit([&](Transaction& storage) {
    expired.clear();
    for (const Run& seen : waiting) {
      auto run = storage.find_run(seen.id);
      if (!run || !is_over(*run)) continue;
      expired.push_back(end_waiting(storage, std::move(*run), RunState::kExpired, settings, now));
    }
  });
  for (const Run& run : expired) observer_.run_finished(run);
  return waiting.size() == kAtOnce;
}

// Whether an exemption holds is asked of its time alone; here its end is noticed. True when there may be more.
bool Expiry::lift_exemptions(TimeMs now) {
  const std::vector<Exemption> over = view_.expired_exemptions(lifted_, now, kAtOnce);
  if (over.empty()) return false;
  writer_.commit([&](Transaction& storage) {
    for (const Exemption& exemption : over) {
      if (exemption.kind != ExemptionKind::kGroup) continue;
      if (storage.find_exemption(exemption.kind, exemption.subject, now)) continue;  // put anew meanwhile
      if (auto group = storage.find_group(exemption.subject)) {
        storage.save_group(after_exemption_lifted(std::move(*group), now));
      }
    }
  });
  lifted_ = {*over.back().expires_at, over.back().id};
  return over.size() == kAtOnce;
}

}  // namespace headroom
