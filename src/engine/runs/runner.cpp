#include "engine/runs/runner.h"

#include <algorithm>
#include <utility>

#include "engine/gate/opening.h"
#include "engine/runs/beginning.h"
#include "engine/runs/group_exemption.h"
#include "engine/runs/parking.h"
#include "engine/runs/restoration.h"
#include "headroom/group_state.h"
#include "headroom/run_state.h"

namespace headroom {
namespace {

bool is_selected(const RunMember& member) { return member.decision == Decision::kRemove; }

// What the limits allow has shrunk since the plan was made: selected members beyond it stay.
void cut(Plan& plan, const Allowance& allowed) {
  const std::int64_t limit = allowed.limit;
  if (plan.run.selected <= limit) return;
  plan.run.limited_by = allowed.by;
  const auto first = plan.members.begin() + static_cast<std::ptrdiff_t>(limit);
  const auto last = plan.members.begin() + static_cast<std::ptrdiff_t>(plan.run.selected);
  plan.run.kept[Why::kOverLimit] += last - first;
  for (auto member = first; member != last; ++member) {
    member->decision = Decision::kKeep;
    member->why = Why::kOverLimit;
  }
  if (!plan.run.kept_stored) plan.members.erase(first, last);
  plan.run.selected = limit;
}

bool same_selection(const std::vector<RunMember>& stored, const std::vector<RunMember>& members) {
  const auto end = std::find_if_not(members.begin(), members.end(), is_selected);
  return std::equal(stored.begin(), stored.end(), members.begin(), end,
                    [](const auto& a, const auto& b) { return a.account == b.account; });
}

}  // namespace

RunMode run_mode_of(SchedulerMode mode) {
  switch (mode) {
    case SchedulerMode::kObserve:
    case SchedulerMode::kPlan:
      return RunMode::kPlan;
    case SchedulerMode::kApprove:
      return RunMode::kApprove;
    case SchedulerMode::kPrune:
      return RunMode::kPrune;
  }
  return RunMode::kPlan;
}

Runner::Runner(ChatApi& chat, Writer& writer, ReadView& view, Clock& clock, const SettingsCell& settings,
               const Gate& gate, std::function<double()> random, Observer& observer, SelfPause& self_pause)
    : chat_(chat, clock, random),
      writer_(writer),
      view_(view),
      clock_(clock),
      settings_cell_(settings),
      settings_(settings.get()),
      gate_(gate),
      random_(std::move(random)),
      observer_(observer),
      self_pause_(self_pause) {}

Runner::Progress Runner::prune_group(const std::string& group_id) {
  settings_ = settings_cell_.get();
  Run run;
  run.group_id = group_id;
  run.trigger = RunTrigger::kScheduler;
  run.mode = run_mode_of(settings_->mode);
  Plan plan = Planner(chat_, view_, clock_, *settings_, gate_, between_pages_).make(std::move(run));
  note_rejoined(plan);
  if (settles_without_run(plan)) return Progress::kDone;
  if (plan.pauses) self_pause_.pause_self(plan.run.reason, group_id);
  if (!store(plan)) return Progress::kDone;
  return plan.run.state == RunState::kRunning && !is_parked(plan.run) ? execute(plan.run) : Progress::kDone;
}

// What a look alone decides is no run: room, no group, a type or an exemption that forbids it; and a daemon that was
// told to stop before anything was decided.
bool Runner::settles_without_run(const Plan& plan) {
  const Reason& reason = plan.run.reason;
  if (reason == Reason::kPaused || reason == Reason::kModeChanged || reason == Reason::kInterrupted) return true;
  if (reason != Reason::kHasRoom && reason != Reason::kGone && reason != Reason::kUnsupportedType &&
      reason != Reason::kOutOfScope && reason != Reason::kTooSmall && reason != Reason::kExempt) {
    return false;
  }
  if (!plan.look) return false;
  writer_.commit([&](Transaction& storage) {
    auto group = storage.find_group(plan.run.group_id);
    if (!group) return;
    const TimeMs now = clock_.now();
    const auto exemption = group_exemption(storage, plan.run.group_id, now);
    const AfterLook after =
        after_look(std::move(*group), *plan.look, exemption, now, timing(), settings_cell_.get()->policy);
    if (after.result == LookResult::kForget) {
      storage.delete_group(plan.run.group_id);
    } else {
      storage.save_group(after.group);
    }
  });
  return true;
}

// The plan, its reservation and the group's state in one transaction. False when there was nothing to store.
bool Runner::store(Plan& plan) {
  const TimeMs now = clock_.now();
  bool stored = false;
  bool is_new = false;
  Plan result;
  writer_.commit([&](Transaction& storage) {
    result = plan;
    StartFacts facts = start_facts(storage, plan.run.group_id, plan.run.id, now);
    // An operator's run may have come and gone while this one was planned: its members are listed as they were before.
    facts.overtaken = !(last_run_of(storage, plan.run.group_id) == plan.last);
    stored = may_begin(Start::kScheduled, facts) == Hindrance::kNone;
    if (stored) is_new = confirm_or_insert(storage, result, now);
  });
  if (!stored) return false;
  plan = std::move(result);
  if (is_parked(plan.run)) {
    tell_parked(plan.run);
  } else if (plan.run.state == RunState::kRunning) {
    observer_.run_stored(plan.run);
  } else if (is_new) {
    observer_.run_finished(plan.run);
  }
  return true;
}

// What the plan does, now that it is to be stored: waits for a person, or begins, with what the limits leave it.
void Runner::take_up(Transaction& storage, Plan& plan, TimeMs now) {
  switch (after_plan(plan.run, plan.asks)) {
    case AfterPlan::kIsAll:
      return;
    case AfterPlan::kWaits:
      await_approval(plan.run, plan.asks);
      return;
    case AfterPlan::kBegins: {
      const auto in_force = settings_cell_.get();
      const bool closed = is_closed(*in_force, plan.run, now);
      if (closed && opens_too_late(*in_force, now)) {
        plan.run.reason = Reason::kClosed;
        plan.wait_until = next_question(*in_force, now);
        return;
      }
      if (plan.run.raise) {
        begin_raise(storage, plan, now);
        if (closed && plan.run.state == RunState::kRunning) park(plan.run);
        return;
      }
      // Another run may have reserved seats of the day since this one was planned.
      const Allowance allowed = allowance(storage, plan.run, in_force->policy, now);
      cut(plan, allowed);
      begin(plan.run, plan.run.started_at.value_or(now));
      if (plan.run.selected > 0) {
        if (closed) park(plan.run);
        return;
      }
      stop_run(plan.run, Reason::kDailyLimit);
      plan.wait_until = allowed.day_limit_until;
      return;
    }
  }
}

// What a listing says for later ones: whom it saw, and whether the group's share of removable members is plausible.
void Runner::note_listing(Transaction& storage, const Plan& plan) const {
  if (!plan.first_looks) return;
  const Policy& policy = settings_->policy;
  const TimeMs now = plan.listed_at;
  storage.note_first_looks(plan.run.group_id, *plan.first_looks, now, now - policy.inactive_for);
  auto group = storage.find_group(plan.run.group_id);
  if (!group || group->share_settled) return;
  if (!exceeds(removable_share(plan.run), policy.first_share)) {
    group->share_settled = true;
  } else if (plan.run.state == RunState::kPlanned && !group->first_planned_at) {
    group->first_planned_at = now;
  } else {
    return;
  }
  storage.save_group(*group);
}

// False when the group's last run came to the same: that one is confirmed, and no new one made.
bool Runner::confirm_or_insert(Transaction& storage, Plan& plan, TimeMs now) {
  Run& run = plan.run;
  take_up(storage, plan, now);
  note_listing(storage, plan);
  Group group = *storage.find_group(run.group_id);
  group.at_ceiling = plan.at_ceiling.value_or(group.at_ceiling);
  const auto last = group.last_run_id ? storage.find_run(*group.last_run_id) : std::nullopt;
  const bool repeats =
      last && !is_open(run.state) && says_the_same(*last, run) && same_selection(storage.plan(last->id), plan.members);
  if (repeats) {
    Run confirmed = *last;
    confirm(confirmed, run, now);
    if (last->considered == 0) storage.insert_run_members(last->id, plan.members);
    run = confirmed;
    storage.update_run(run);
  } else {
    run.created_at = now;
    if (!is_open(run.state)) run.finished_at = now;
    run.id = storage.insert_run(run);
    storage.insert_run_members(run.id, plan.members);
  }
  if (run.state == RunState::kRunning) {
    group = begin_run(std::move(group), run.id);
    if (is_parked(run)) group = park_run(std::move(group), next_question(*settings_cell_.get(), now));
  } else {
    group = after(storage, std::move(group), {run, plan.look, plan.wait_until, random_()}, now);
  }
  storage.save_group(group);
  return !repeats;
}

// Those are kept whatever comes of the plan; each is counted once.
void Runner::note_rejoined(const Plan& plan) {
  if (plan.rejoined.empty()) return;
  std::int64_t news = 0;
  writer_.commit(
      [&](Transaction& storage) { news = storage.note_rejoined(plan.run.group_id, plan.rejoined, plan.listed_at); });
  if (news > 0) observer_.members_rejoined(news);
}

Runner::Progress Runner::restore(const Run& run, std::optional<SteadyMs> doubted_at) {
  if (run.raise) return set_back(run, doubted_at);
  Restoration restoration(chat_, writer_, view_, clock_, *settings_, gate_, observer_, run);
  Restoration::End end = restoration.carry_out(doubted_at);
  if (!end.pause_reason.empty()) self_pause_.pause_self(end.pause_reason, run.group_id);
  if (end.in_vain && looked_in_vain(run, *end.in_vain, doubted_at)) end = restoration.give_up();
  if (end.open) return Progress::kInDoubt;
  close(end.run, end.look);
  return Progress::kDone;
}

Runner::Progress Runner::execute(const Run& run) {
  if (run.mode == RunMode::kRaise) return raise(run);
  Execution execution(chat_, writer_, view_, clock_, settings_cell_, gate_, observer_, run);
  const Execution::End end = execution.execute();
  if (!end.pause_reason.empty()) self_pause_.pause_self(end.pause_reason, run.group_id);
  if (const auto open = left_open(end.run, end.parked, end.in_doubt)) return *open;
  close(end.run, end.look);
  return Progress::kDone;
}

}  // namespace headroom
