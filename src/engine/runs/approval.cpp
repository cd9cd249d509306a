#include "engine/runs/approval.h"

#include <algorithm>
#include <string>
#include <utility>

#include "engine/runs/allowance.h"
#include "headroom/group_state.h"
#include "headroom/names.h"

namespace headroom {
namespace {

std::string named_run(const Run& run) { return "run " + std::to_string(run.id); }

Denied denied(std::string detail) { return Denied{409, std::move(detail)}; }

Denied wrong_state(const Run& run, const std::string& wanted) {
  return denied(named_run(run) + " is " + std::string(name_of(run.state)) + ", " + wanted);
}

// Why the run may not begin now, apart from the limits.
std::optional<Denied> refuse(Storage& storage, const Run& run, const Settings& settings, bool paused, TimeMs now) {
  if (settings.mode == SchedulerMode::kObserve) return denied("the daemon runs in mode observe");
  if (paused) return denied("the scheduler is paused");
  if (run.state != RunState::kAwaitingApproval && run.state != RunState::kPlanned) {
    return wrong_state(run, "only a plan can be approved");
  }
  if (is_too_old(run, settings, now)) return denied("the plan is older than scheduler.approval_ttl");
  if (storage.find_exemption(ExemptionKind::kGroup, run.group_id, now)) return denied("the group is exempt");
  const auto open = storage.open_run(run.group_id);
  if (open && open->id != run.id) return denied(named_run(*open) + " is open in this group");
  if (!storage.find_group(run.group_id)) return denied("the group is not known any more");
  return std::nullopt;
}

}  // namespace

bool is_too_old(const Run& plan, const Settings& settings, TimeMs now) {
  return now - std::max(plan.created_at, plan.confirmed_at.value_or(0)) >= settings.approval_ttl;
}

Result<Run> approve(Storage& storage, Run run, const Settings& settings, bool paused, TimeMs now) {
  if (auto reason = refuse(storage, run, settings, paused, now)) return *std::move(reason);
  const Allowance allowed = allowance(storage, run, settings.policy, now);
  if (allowed.limit == 0) {
    return denied("the daily limits leave nothing to remove until " +
                  format_time(allowed.day_limit_until.value_or(now)));
  }
  if (run.selected > allowed.limit) {
    storage.shorten_plan(run.id, allowed.limit);
    run.kept[Why::kOverLimit] += run.selected - allowed.limit;
    run.selected = allowed.limit;
    run.limited_by = allowed.by;
  }
  run.mode = RunMode::kApprove;
  run.state = RunState::kRunning;
  run.started_at = now;
  run.finished_at.reset();
  storage.update_run(run);
  storage.save_group(begin_run(*storage.find_group(run.group_id), run.id));
  return run;
}

Result<Run> reject(Storage& storage, Run run, const Settings& settings, TimeMs now) {
  if (run.state != RunState::kAwaitingApproval) return wrong_state(run, "it does not wait for an approval");
  return end_waiting(storage, std::move(run), RunState::kRejected, settings, now);
}

Run end_with_group(Storage& storage, Run run, TimeMs now) {
  run.state = RunState::kNothingToDo;
  run.reason = Reason::kGone;
  run.finished_at = now;
  storage.update_run(run);
  return run;
}

Run end_waiting(Storage& storage, Run run, RunState state, const Settings& settings, TimeMs now) {
  run.state = state;
  run.finished_at = now;
  storage.update_run(run);
  if (auto group = storage.find_group(run.group_id)) {
    storage.save_group(after_waiting(std::move(*group), now, settings.timing));
  }
  return run;
}

}  // namespace headroom
