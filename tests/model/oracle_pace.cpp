// When something may happen at all: the cool-down, the jump of the removable share, orders, sweeps.
#include <algorithm>
#include <utility>

#include "headroom/names.h"
#include "tests/model/oracle.h"
#include "tests/model/rules.h"
#include "text/time_text.h"

namespace headroom::model {
namespace {

// Longer than the scheduler ever oversleeps.
constexpr DurationMs kSlack = 5 * kHourMs;
// Within which all tries of one look lie.
constexpr DurationMs kOneLook = 3 * kMinuteMs;  // with its retries and what it waited for

// Whether a run that ended so has its group wait for the cool-down. The others back off, or are due at once.
bool cools_down(const Run& run) {
  if (is_open(run.state) || run.state == RunState::kFailed || run.mode == RunMode::kRestore) return false;
  return run.reason.empty() || run.reason == Reason::kNobodyRemovable || run.reason == Reason::kHasRoom;
}

// Those included of whom a second look has still to be had.
std::int64_t could_go(const Run& run) {
  const auto waiting = run.kept.find(Why::kSecondLook);
  return run.eligible + (waiting == run.kept.end() ? 0 : waiting->second);
}

bool was_not_approved(const Run& run) {
  return run.state == RunState::kAwaitingApproval || run.state == RunState::kRejected ||
         run.state == RunState::kExpired;
}

// Of its listing nobody was asked who may go.
bool asked_nobody(const Run& run) {
  if (run.state == RunState::kPlanned) return run.trigger == RunTrigger::kOperator;
  return run.state == RunState::kNothingToDo && (run.reason == Reason::kSecondLook || run.reason == Reason::kGone);
}

// Whatever comes behind it, its group cools down.
bool made_room(const Run& run) {
  return cools_down(run) && run.removed > 0 && run.members_after && run.max_members &&
         *run.members_after < *run.max_members;
}

TimeMs end_of(const Run& run) { return std::max(run.finished_at.value_or(0), run.confirmed_at.value_or(0)); }

}  // namespace

// Of a run that the scheduler has made or confirmed now.
void Oracle::check_pace(const Sight& sight, const Run& run, TimeMs now) {
  const bool by_scheduler = sight.run_id == 0 && run.trigger == RunTrigger::kScheduler;
  const auto known = times_.find(run.id);
  const bool is_new = by_scheduler && known == times_.end() && run.id > sight.newest_run;
  const RealTimes former = known == times_.end() ? RealTimes() : known->second;
  const bool stepped = sight.clock_steps != clock.steps();
  const bool confirmed = by_scheduler && known != times_.end() && run.confirmed_at &&
                         *run.confirmed_at >= sight.began_at && run.confirmed_at != former.stored_confirmed && !stepped;
  note_times(run, now);
  if (is_new || confirmed) times_[run.id].taken_up_at = sight.really_began_at;
  check_policy(sight, run, confirmed);
  if (gone_.contains(run.group_id)) return;  // what comes back begins anew
  std::optional<Run> before;
  TimeMs ended = 0;
  if (confirmed) {
    before = run;
    ended = former.end();
  } else if (is_new) {
    for (const Run& other : runs_of(run.group_id)) {
      if (other.id < run.id && (cools_down(other) || !before || !made_room(*before))) before = other;
    }
    const auto times = before ? times_.find(before->id) : times_.end();
    if (before) ended = times == times_.end() ? end_of(*before) : times->second.end();
  }
  if (!before || !cools_down(*before)) return;
  // What was stored by a wrong clock is not what its time says.
  if (clock.skewed_until(now) > ended - kMinuteMs) return;
  // A reload makes groups due that were blocked by what it has loosened.
  const bool was_blocked = before->reason == Reason::kNobodyRemovable || before->reason == Reason::kDailyLimit;
  const auto times = times_.find(before->id);
  const RealTimes of_before = confirmed ? former : times == times_.end() ? RealTimes{ended, ended} : times->second;
  const TimeMs judged_at = std::min({ended, of_before.created_at, of_before.taken_up_at});
  const bool reloaded = book_.was_ever(judged_at - kMinuteMs, [&](const Orders& then) {
    return !(then.policy == orders.policy) || !(then.capacity == orders.capacity);
  });
  if (was_blocked && reloaded) return;
  const TimeMs at = really(confirmed ? *run.confirmed_at : run.created_at);
  // What blocked it since is over with the reload, which reckons with its own.
  const DurationMs own = orders.cooldown_at(ended);
  const DurationMs cooldown = reloaded ? std::min(own, orders.cooldown_at(now)) : own;
  if (at < ended + cooldown - clock.slack()) {
    fail("cool-down", of_run(run) + " comes " + std::to_string(at - ended) + " ms after the end of run " +
                          std::to_string(before->id) + " (" + name_of(before->reason) + "), and the cool-down is " +
                          std::to_string(cooldown) + " ms");
  }
}

// Above half of the group, and more than three times the share of the listing before. What an operator has not
// approved is nothing to go by.
void Oracle::check_jump(const Sight& sight, const Run& run) {
  if (run.mode != RunMode::kPrune || run.considered == 0 || sight.clock_steps != clock.steps()) return;
  std::optional<Run> before;
  bool settled = false;
  bool listed = false;
  for (const Run& other : runs_of(run.group_id)) {
    if (other.id >= run.id || other.mode == RunMode::kRestore || other.considered == 0) continue;
    // Its listing was found implausible; with removable members, only a look of its execution was.
    if (other.state == RunState::kFailed && could_go(other) == 0) continue;
    // One that waited for its approval by the mode alone was below the share, and has settled that.
    const bool below = could_go(other) * 1'000'000 <= other.policy.first_share.value * other.considered;
    settled = settled || below;
    if (was_not_approved(other)) continue;
    listed = true;
    if (!asked_nobody(other)) before = other;
  }
  if (before && std::max(before->created_at, before->started_at.value_or(0)) >= sight.began_at) return;
  const std::int64_t now = could_go(run);
  const std::int64_t then = before ? could_go(*before) : 0;
  const bool jumps = before && 2 * now > run.considered && now * before->considered > 3 * then * run.considered;
  const bool many = now * 1'000'000 > run.policy.first_share.value * run.considered;
  if (jumps) coverage.add("jumps of the removable share");
  if (many) coverage.add("listings above the first share");
  // Whether an earlier listing has settled it depends on the policy of that day.
  const bool waits = run.state == RunState::kAwaitingApproval;
  const bool says_so = run.waits_for == WaitsFor::kJump ? jumps : many;
  if (waits ? says_so && run.waits_for != WaitsFor::kMode : !jumps && (listed || settled || !many)) return;
  fail(jumps ? "jump" : "first share",
       of_run(run) + " is " + std::string(name_of(run.state)) + " with " + std::to_string(now) + " of " +
           std::to_string(run.considered) + " removable" +
           (before ? ", after " + std::to_string(then) + " of " + std::to_string(before->considered) : ""));
}

std::string Oracle::against_approval(const Run& run, TimeMs now) const {
  if (orders.mode == SchedulerMode::kObserve) return "in mode observe";
  if (orders.paused || !orders.own_pause.empty()) return "while paused";
  if (run.state != RunState::kAwaitingApproval && run.state != RunState::kPlanned) return "of what is no plan";
  if (now - std::max(run.created_at, run.confirmed_at.value_or(0)) >= orders.approval_ttl) return "of an expired plan";
  if (orders.group_is_exempt(run.group_id, now)) return "in an exempt group";
  const auto open = view->open_run(run.group_id);
  return open && open->id != run.id ? "beside an open run" : "";
}

std::string Oracle::against_restore(const Run& source) const {
  if (orders.mode == SchedulerMode::kObserve) return "in mode observe";
  if (!orders.own_pause.empty()) return "while it has paused itself";
  if (is_open(source.state)) return "of an open run";
  if (source.removed == 0) return "of a run that removed nobody";
  return view->open_run(source.group_id) ? "beside an open run" : "";
}

std::string Oracle::against_run(const std::string& group_id, const RunOrder& order, TimeMs now) const {
  if (orders.mode == SchedulerMode::kObserve) return "in mode observe";
  if (orders.paused || !orders.own_pause.empty()) return "while paused";
  if (orders.group_is_exempt(group_id, now)) return "in an exempt group";
  const bool acts = order.mode != RunMode::kPlan;
  if (acts && !order.force && !is_open_by(orders.calendar, now)) return "while the calendar is closed";
  const auto open = view->open_run(group_id);
  return open && !(acts && order.force && waits_for_calendar(*open)) ? "beside an open run" : "";
}

std::string Oracle::against_sweep() const {
  if (orders.mode == SchedulerMode::kObserve) return "in mode observe";
  if (orders.paused || !orders.own_pause.empty()) return "while paused";
  return view->running_sweep() ? "beside a running one" : "";
}

void Oracle::worked(const Sight& sight) {
  if (sight.must_pause && orders.own_pauses == sight.pauses_before) {
    fail("9", "Chat asked for an operator in " + sight.group_id + ", and nothing is paused");
  }
}

void Oracle::check_waiting(const Run& run, TimeMs now) {
  if (run.state != RunState::kAwaitingApproval) return;
  if (now - std::max(run.created_at, run.confirmed_at.value_or(0)) > orders.approval_ttl + kSlack) {
    fail("end", of_run(run) + " waits for its approval for ever");
  }
}

// An event that no webhook brought stands for what a look of this sweep showed.
void Oracle::check_sweep(const Sight& sight) {
  if (!sight.sweeps) return;
  const auto newest = view->events({}, {1, std::nullopt}).items;
  if (newest.empty() || newest.front().id == last_event_) return;
  for (const Event& event : view->events({}, {50, std::nullopt}).items) {
    if (event.id <= last_event_) break;
    if (event.source != EventSource::kSweep) continue;
    ++swept_;
    coverage.add("full groups that only a sweep found");
    if (sight.clock_steps != clock.steps()) continue;
    const auto seen = sight.seen_full.find(event.group_id);
    if (seen == sight.seen_full.end() || *event.event_time > seen->second ||
        *event.event_time < seen->second - kOneLook) {
      fail("sweep", "a sweep calls " + event.group_id + " full, which Chat has not shown");
    }
    const auto sweep = view->running_sweep();
    if (!sweep || sweep->dry_run) fail("sweep", "a dry run, or none, has recorded " + event.group_id);
  }
  last_event_ = newest.front().id;
}

void Oracle::recorded(const Event& event, TimeMs now) {
  if (event.command != Command::kGroupFull) return;
  webhooks_.insert(*event.fingerprint);
  acknowledged_[event.group_id] = now;
  filled_[event.group_id] = std::max(filled_[event.group_id], event.event_time.value_or(now));
}

// A look that was sent before the group's newest full event was acknowledged forgets nothing, and the event stands.
void Oracle::check_kept(Sight& sight, TimeMs now) {
  for (const std::string& account : sight.seen_back) seen_back_[sight.group_id][account] = now;
  sight.seen_back.clear();
  for (const auto& [id, sent_at] : std::exchange(sight.looked_at, {})) {
    const auto acknowledged = acknowledged_.find(id);
    TimeMs& newest = looked_[id];
    newest = std::max(newest, sent_at);
    // Somebody else has judged by a look that is newer than the event.
    if (acknowledged == acknowledged_.end() || acknowledged->second <= newest) continue;
    if (filled_[id] <= newest || clock.steps() > 0) continue;
    coverage.add("full events while a look was on its way");
    const auto group = view->find_group(id);
    if (!group) fail("forgets", id + " is forgotten, of which a newer full event was acknowledged");
    if (group && group->state == GroupState::kGone) {
      fail("forgets", id + " is gone, although a full event of " + format_time(filled_[id]) + ", acknowledged at " +
                          format_time(acknowledged->second) + ", is newer than the look of " + format_time(sent_at));
    }
  }
}

// Each webhook and each find of a sweep is one event.
void Oracle::check_events() {
  std::int64_t webhooks = 0;
  std::int64_t swept = 0;
  PageRequest page{1000, std::nullopt};
  do {
    const Page<Event> events = view->events({}, page);
    for (const Event& event : events.items) ++(event.source == EventSource::kSweep ? swept : webhooks);
    page.before_id = events.next_before_id;
  } while (page.before_id);
  std::int64_t found = 0;
  for (const Sweep& sweep : view->sweeps({1000, std::nullopt}).items) found += sweep.dry_run ? 0 : sweep.groups_new;
  if (found != swept && !(observed_by_a_wrong_clock_ && swept < found)) {
    fail("sweep", "sweeps found " + std::to_string(found) + " groups, and stored " + std::to_string(swept) + " events");
  }
  coverage.add("full events", webhooks);
  const auto told = static_cast<std::int64_t>(webhooks_.size());
  const bool may_forget = observed_by_a_wrong_clock_ && webhooks <= told && swept <= swept_;
  if ((webhooks != told || swept != swept_) && !may_forget) {
    fail("history", std::to_string(webhooks) + " events of webhooks and " + std::to_string(swept) +
                        " of sweeps are stored, of " + std::to_string(told) + " and " + std::to_string(swept_));
  }
}

void Oracle::count_run(const Run& run, const std::vector<RunMember>& plan) {
  const std::string kind = run.mode == RunMode::kRestore ? "restores" : "runs";
  coverage.add(kind + " that ended " + std::string(name_of(run.state)));
  if (!run.reason.empty()) {
    const bool code = run.reason.kind == Reason::kChatError;
    coverage.add(kind + " with the reason " + (code ? "chat_error_N" : name_of(run.reason)));
  }
  for (const RunMember& member : plan) {
    if (member.outcome != Outcome::kNone) coverage.add("members " + std::string(name_of(member.outcome)));
  }
}

}  // namespace headroom::model
