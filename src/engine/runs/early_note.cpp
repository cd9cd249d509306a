// The first of two looks at the members of a full group, before there is a plan of it.
#include <utility>

#include "engine/runs/planner.h"
#include "engine/runs/raise_plan.h"
#include "engine/runs/runner.h"
#include "headroom/run_state.h"

namespace headroom {

Plan Planner::note(Run run) {
  Plan plan;
  plan.run = std::move(run);
  plan.run.policy = settings_.policy;
  plan.last = last_run_of(view_, plan.run.group_id);
  std::optional<Stop> stop = read_group(plan);
  if (!stop) stop = note_listed(plan);
  stop = true_stop(gate_, plan.run, stop);
  if (stop) {
    plan.run.reason = stop->reason;
    plan.pauses = stop->pauses;
  }
  return plan;
}

// Of a group whose plan would list them, too. What the limits of the day leave is the plan's to ask: it is for the day
// after that this looks.
std::optional<Stop> Planner::note_listed(Plan& plan) {
  const GroupInfo& info = plan.look->info;
  if (plan_raise(view_, plan.run, info, settings_.capacity, clock_.now()).raise) return std::nullopt;
  if (needs_reading(settings_.policy, false) && !info.next_msg_seq) return Stop{Reason::kFieldMissing};
  const auto known = view_.find_group(plan.run.group_id);
  Listing listing = begin_listing(plan, {}, false, known && known->silent);
  if (auto stop = list_all(plan, listing)) return stop;
  plan.first_looks = listing.first_looks.take();
  return std::nullopt;
}

void Runner::note_members(const std::string& group_id) {
  if (view_.open_run(group_id)) return;  // it lists them itself
  settings_ = settings_cell_.get();
  Run run;
  run.group_id = group_id;
  run.trigger = RunTrigger::kScheduler;
  run.mode = run_mode_of(settings_->mode);
  const Plan plan = Planner(chat_, view_, clock_, *settings_, gate_, between_pages_).note(std::move(run));
  note_rejoined(plan);
  if (plan.pauses) self_pause_.pause_self(plan.run.reason, group_id);
  if (!plan.first_looks) return;
  bool noted = false;
  writer_.commit([&](Transaction& storage) {
    // What a run listed meanwhile is newer.
    noted = storage.find_group(group_id) && !storage.open_run(group_id) && last_run_of(storage, group_id) == plan.last;
    if (!noted) return;
    const TimeMs at = plan.listed_at;
    storage.note_first_looks(group_id, *plan.first_looks, at, at - settings_->policy.inactive_for);
  });
  if (noted) observer_.members_noted(group_id, std::ssize(*plan.first_looks));
}

}  // namespace headroom
