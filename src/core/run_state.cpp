#include "headroom/run_state.h"

#include <algorithm>
#include <cstdlib>

#include "headroom/policy.h"

namespace headroom {
namespace {

bool is_settled(Outcome outcome) {
  return outcome == Outcome::kRemoved || outcome == Outcome::kLeft || outcome == Outcome::kBecameProtected;
}

std::int64_t count_of(const std::vector<RunMember>& members, Outcome outcome) {
  return std::count_if(members.begin(), members.end(), [&](const auto& m) { return m.outcome == outcome; });
}

// Why nothing came of it, when nothing else says so: what Chat said of one of them.
void blame_refusal(Run& run, const std::vector<RunMember>& plan, Outcome refused) {
  if (!run.reason.empty()) return;
  const auto member = std::find_if(plan.begin(), plan.end(),
                                   [&](const RunMember& m) { return m.outcome == refused && m.error_code != 0; });
  if (member != plan.end()) run.reason = Reason::of_chat(member->error_code);
}

// What stands in the way of which start.
struct Rules {
  bool needs_group = false;
  bool heeds_mode = false;
  bool heeds_operator = false;
  bool heeds_own_pause = false;
  bool heeds_exemption = false;
  bool heeds_cooldown = false;
  bool heeds_calendar = false;
};

Rules rules_of(Start start) {
  switch (start) {
    case Start::kScheduled:
      // Mode, pause and exemption are the gate's and the planner's: they have been asked already, and will be again.
      return {.needs_group = true, .heeds_cooldown = true};
    case Start::kOrdered:
      return {.needs_group = true,
              .heeds_mode = true,
              .heeds_operator = true,
              .heeds_own_pause = true,
              .heeds_exemption = true,
              .heeds_calendar = true};
    case Start::kApproved:
      // It waits for the opening.
      return {.needs_group = true,
              .heeds_mode = true,
              .heeds_operator = true,
              .heeds_own_pause = true,
              .heeds_exemption = true};
    case Start::kRestored:
      // What an operator's pause is for is often just what a restore mends.
      return {.heeds_mode = true, .heeds_own_pause = true};
  }
  return {};
}

}  // namespace

Hindrance may_begin(Start start, const StartFacts& facts) {
  const Rules rules = rules_of(start);
  if (rules.needs_group && !facts.group_known) return Hindrance::kGroupUnknown;
  if (rules.heeds_mode && facts.mode == SchedulerMode::kObserve) return Hindrance::kObserves;
  if (rules.heeds_operator && facts.operator_pause) return Hindrance::kPaused;
  if (rules.heeds_own_pause && facts.own_pause) return Hindrance::kPausedItself;
  if (rules.heeds_exemption && facts.group_exempt) return Hindrance::kGroupExempt;
  if (rules.heeds_calendar && facts.closed) return Hindrance::kClosed;
  if (rules.heeds_cooldown && facts.cools_down) return Hindrance::kCoolsDown;
  if (facts.overtaken) return Hindrance::kOvertaken;
  if (facts.other_open) return Hindrance::kOtherRun;
  return Hindrance::kNone;
}

void plan_made(Run& run) { run.state = RunState::kPlanned; }

void stop_run(Run& run, const Reason& reason) {
  run.reason = reason;
  run.state = is_error(reason) ? RunState::kFailed : RunState::kNothingToDo;
}

void fail_run(Run& run, const Reason& reason) {
  run.reason = reason;
  run.state = RunState::kFailed;
}

AfterPlan after_plan(const Run& run, WaitsFor asks) {
  if (run.state != RunState::kPlanned) return AfterPlan::kIsAll;
  switch (acts_as(run)) {
    case RunMode::kPlan:
    case RunMode::kRestore:
    case RunMode::kRaise:
      return AfterPlan::kIsAll;
    case RunMode::kApprove:
      return AfterPlan::kWaits;
    case RunMode::kPrune:
      return asks != WaitsFor::kNobody ? AfterPlan::kWaits : AfterPlan::kBegins;
  }
  return AfterPlan::kIsAll;
}

void await_approval(Run& run, WaitsFor asks) {
  run.state = RunState::kAwaitingApproval;
  run.waits_for = acts_as(run) == RunMode::kPrune ? asks : WaitsFor::kMode;
}

void begin(Run& run, TimeMs started_at) {
  run.state = RunState::kRunning;
  run.started_at = started_at;
}

bool is_unbegun(const Run& run) {
  return run.state == RunState::kRunning && !run.started_at && !run.doubt_looks && !is_parked(run);
}

void begin_approved(Run& run, TimeMs now) {
  if (run.raise) {
    run.raise->as = RunMode::kApprove;
  } else {
    run.mode = RunMode::kApprove;
  }
  run.reason = Reason::kNone;
  run.waits_for = WaitsFor::kNobody;
  run.forced = false;  // that word was for when it was given
  begin(run, now);
  run.finished_at.reset();
}

void park(Run& run) { run.reason = Reason::kClosed; }

bool is_parked(const Run& run) { return run.state == RunState::kRunning && run.reason == Reason::kClosed; }

void unpark(Run& run) { run.reason = Reason::kNone; }

void end_unapproved(Run& run, RunState state, TimeMs now) {
  run.state = state;
  run.waits_for = WaitsFor::kNobody;
  run.finished_at = now;
}

void end_with_group(Run& run, TimeMs now) {
  run.waits_for = WaitsFor::kNobody;
  stop_run(run, Reason::kGone);
  run.finished_at = now;
}

void close_run(Run& run, const std::vector<RunMember>& plan, const Reason& reason, bool room, TimeMs now) {
  run.removed = count_of(plan, Outcome::kRemoved);
  run.finished_at = now;
  run.reason = reason;
  if (run.removed > 0) {
    const bool settled = std::all_of(plan.begin(), plan.end(), [](const auto& m) { return is_settled(m.outcome); });
    const bool succeeded = settled || room;
    run.state = succeeded ? RunState::kSucceeded : RunState::kPartial;
    if (succeeded && !is_error(reason)) run.reason = Reason::kNone;
    return;
  }
  blame_refusal(run, plan, Outcome::kError);
  if (run.reason.empty()) run.reason = room ? Reason::kHasRoom : Reason::kNobodyRemovable;
  stop_run(run, run.reason);
}

void close_restore(Run& run, const std::vector<RunMember>& plan, const Reason& reason, TimeMs now) {
  const std::int64_t back = count_of(plan, Outcome::kRestored) + count_of(plan, Outcome::kPending);
  const std::int64_t failed = count_of(plan, Outcome::kFailed) + count_of(plan, Outcome::kUnknown);
  run.restored = count_of(plan, Outcome::kRestored);
  run.finished_at = now;
  run.reason = reason;
  blame_refusal(run, plan, Outcome::kFailed);
  if (back > 0) {
    const bool all = failed == 0 && count_of(plan, Outcome::kNoRoom) == 0;
    run.state = all ? RunState::kSucceeded : RunState::kPartial;
  } else {
    run.state = failed > 0 && run.reason != Reason::kGone ? RunState::kFailed : RunState::kNothingToDo;
  }
}

void close_raise(Run& run, const Reason& reason, const std::optional<std::int64_t>& limit, TimeMs now) {
  run.finished_at = now;
  run.reason = reason;
  const bool sent = run.raise && run.raise->sent_at;
  const bool back = run.mode == RunMode::kRestore;
  const bool done = sent && limit && (back ? *limit == run.raise->to : *limit > run.raise->from);
  if (done) {
    if (!back) run.raise->to = *limit;  // Chat may have set less than was asked for
    run.state = RunState::kSucceeded;
    if (!is_error(reason) || reason == Reason::kNotRaised) run.reason = Reason::kNone;
    return;
  }
  if (run.reason.empty()) run.reason = Reason::kNotRaised;
  stop_run(run, run.reason);
  // Nothing was sent, or nothing came of what was: an interrupted one is no failure, nor one that was not needed.
  const bool changed_nothing = reason == Reason::kInterrupted && (limit || !sent);
  if (changed_nothing || (run.reason == Reason::kNotRaised && !sent)) run.state = RunState::kNothingToDo;
}

bool has_wanted_room(const Run& run, const std::optional<Look>& look) {
  return look && !look->gone && look->info.member_num && look->info.max_member_num &&
         *look->info.max_member_num - *look->info.member_num >= run.wanted;
}

void confirm(Run& last, const Run& run, TimeMs now) {
  last.policy = run.policy;
  last.confirmed_at = now;
  if (last.considered > 0 || run.considered == 0) return;
  last.members_before = run.members_before;
  last.max_members = run.max_members;
  last.wanted = run.wanted;
  last.considered = run.considered;
  last.eligible = run.eligible;
  last.limited_by = run.limited_by;
  last.kept = run.kept;
  last.kept_stored = run.kept_stored;
  last.evidence = run.evidence;
}

bool says_the_same(const Run& last, const Run& run) {
  return last.state == run.state && last.raise == run.raise && last.reason == run.reason && last.mode == run.mode &&
         judge_alike(last.policy, run.policy);
}

}  // namespace headroom
