// Runs that were ordered, or made from a stored plan: how a worker begins them.
#include <utility>

#include "engine/runs/parking.h"
#include "engine/runs/planner.h"
#include "engine/runs/runner.h"
#include "headroom/run_state.h"

namespace headroom {

Runner::Progress Runner::carry_out(std::int64_t run_id) {
  settings_ = settings_cell_.get();
  auto run = view_.find_run(run_id);
  if (!run || run->state != RunState::kRunning) return Progress::kDone;
  const bool unbegun = is_unbegun(*run);
  if (unbegun) run->started_at = clock_.now();  // stored with its plan: until then nothing is decided
  Plan plan = Planner(chat_, view_, clock_, *settings_, gate_, between_pages_).make(std::move(*run));
  note_rejoined(plan);
  // Told to stop before anything was: the next leader begins it.
  if (unbegun && plan.run.reason == Reason::kInterrupted) return Progress::kDone;
  if (plan.pauses) self_pause_.pause_self(plan.run.reason, plan.run.group_id);
  Plan result;
  writer_.commit([&](Transaction& storage) {
    result = plan;
    const TimeMs now = clock_.now();
    take_up(storage, result, now);
    note_listing(storage, result);
    storage.insert_run_members(run_id, result.members);
    if (!is_open(result.run.state)) result.run.finished_at = now;
    if (is_parked(result.run)) {
      result.run = park(storage, result.run, *settings_cell_.get(), now);
      return;
    }
    storage.update_run(result.run);
    if (result.run.state == RunState::kRunning) return;
    if (auto group = storage.find_group(result.run.group_id)) {
      storage.save_group(
          after(storage, std::move(*group), {result.run, result.look, result.wait_until, random_()}, now));
    }
  });
  if (is_parked(result.run)) {
    tell_parked(result.run);
    return Progress::kDone;
  }
  if (result.run.state == RunState::kRunning) return execute(result.run);
  observer_.run_finished(result.run);
  return Progress::kDone;
}

Runner::Progress Runner::execute_plan(std::int64_t run_id) {
  settings_ = settings_cell_.get();
  auto run = view_.find_run(run_id);
  if (!run || run->state != RunState::kRunning) return Progress::kDone;
  if (run->mode == RunMode::kRestore) return restore(*run, std::nullopt);
  if (is_parked(*run)) return go_on(run_id);
  if (is_unbegun(*run) && !begin_order(*run)) return Progress::kDone;
  observer_.run_stored(*run);
  return execute(*run);
}

// From here on a death leaves it to be resolved, not to be begun. False when it is not to be begun any more.
bool Runner::begin_order(Run& run) {
  bool begun = false;
  writer_.commit([&](Transaction& storage) {
    auto stored = storage.find_run(run.id);
    begun = stored && is_unbegun(*stored);
    if (!begun) return;
    begin(*stored, clock_.now());
    storage.update_run(*stored);
    run = *std::move(stored);
  });
  return begun;
}

}  // namespace headroom
