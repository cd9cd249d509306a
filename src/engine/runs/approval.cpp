#include "engine/runs/approval.h"

#include <algorithm>
#include <string>
#include <utility>

#include "engine/gate/opening.h"
#include "engine/runs/allowance.h"
#include "engine/runs/beginning.h"
#include "engine/runs/parking.h"
#include "engine/runs/raise_plan.h"
#include "headroom/group_state.h"
#include "headroom/names.h"
#include "headroom/run_state.h"
#include "text/time_text.h"

namespace headroom {
namespace {

std::string named_run(const Run& run) { return "run " + std::to_string(run.id); }

Denied denied(std::string detail) { return Denied{Denied::kConflict, std::move(detail)}; }

Denied wrong_state(const Run& run, const std::string& wanted) {
  return denied(named_run(run) + " is " + std::string(name_of(run.state)) + ", " + wanted);
}

// Why the run may not begin now, apart from the limits.
std::optional<Denied> refuse(Transaction& storage, const Run& run, const Settings& settings, bool paused, TimeMs now) {
  if (run.state != RunState::kAwaitingApproval && run.state != RunState::kPlanned) {
    return wrong_state(run, "only a plan can be approved");
  }
  if (is_too_old(run, settings, now)) return denied("the plan is older than scheduler.approval_ttl");
  StartFacts facts = start_facts(storage, run.group_id, run.id, now);
  facts.mode = settings.mode;
  facts.operator_pause = paused;
  if (!facts.group_known) return denied("the group is not known any more");
  return denied_by(may_begin(Start::kApproved, facts), facts);
}

Result<Run> approve_raise(Transaction& storage, Run run, const Settings& settings, TimeMs now) {
  if (const auto until = no_raise_until(storage, settings.capacity, now)) {
    return denied("the daily limit leaves nothing to raise until " + format_time(*until));
  }
  begin_approved(run, now);
  storage.update_run(run);
  storage.save_group(begin_run(*storage.find_group(run.group_id), run.id));
  return is_closed(settings, run, now) ? park(storage, std::move(run), settings, now) : run;
}

}  // namespace

bool is_too_old(const Run& plan, const Settings& settings, TimeMs now) {
  return now - std::max(plan.created_at, plan.confirmed_at.value_or(0)) >= settings.approval_ttl;
}

Result<Run> approve(Transaction& storage, Run run, const Settings& settings, bool paused, TimeMs now) {
  if (auto reason = refuse(storage, run, settings, paused, now)) return *std::move(reason);
  if (run.mode == RunMode::kRaise) return approve_raise(storage, std::move(run), settings, now);
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
  begin_approved(run, now);
  storage.update_run(run);
  Group group = begin_run(*storage.find_group(run.group_id), run.id);
  group.share_settled = true;
  storage.save_group(group);
  return is_closed(settings, run, now) ? park(storage, std::move(run), settings, now) : run;
}

Result<Run> reject(Transaction& storage, Run run, const Settings& settings, TimeMs now) {
  if (run.state != RunState::kAwaitingApproval) return wrong_state(run, "it does not wait for an approval");
  return end_waiting(storage, std::move(run), RunState::kRejected, settings, now);
}

Run end_with_group(Transaction& storage, Run run, TimeMs now) {
  end_with_group(run, now);
  storage.update_run(run);
  return run;
}

Run end_waiting(Transaction& storage, Run run, RunState state, const Settings& settings, TimeMs now) {
  end_unapproved(run, state, now);
  storage.update_run(run);
  if (auto group = storage.find_group(run.group_id)) {
    storage.save_group(after_waiting(std::move(*group), now, settings.timing));
  }
  return run;
}

}  // namespace headroom
