// How many may go, and that no limit keeps out more than it should.
#include <algorithm>
#include <limits>
#include <utility>

#include "headroom/names.h"
#include "headroom/run_state.h"
#include "tests/model/oracle.h"
#include "tests/model/rules.h"
#include "text/time_text.h"

namespace headroom::model {
namespace {

// Within which a refused call is known to have been refused.
constexpr DurationMs kRefundKnown = 2 * kMinuteMs;
// A member counts from the moment at which the intent is stored, and for that much longer.
constexpr DurationMs kMark = 5 * kSecondMs;
// Within which a group that only a reservation keeps out is looked at.
constexpr DurationMs kReservedLook = kMinuteMs + kSecondMs;

bool is_over(std::int64_t limit, std::int64_t count) { return limit > 0 && count >= limit; }

}  // namespace

std::int64_t Oracle::sent_in_a_day(const std::string* group_id, TimeMs now) const {
  std::int64_t count = 0;
  for (const auto& [run_id, members] : fates_) {
    if (group_id != nullptr && sending_.at(run_id).group_id != *group_id) continue;
    count += std::count_if(members.begin(), members.end(), [now = now + clock.slack()](const auto& entry) {
      return entry.second.may_be_done_at.value_or(0) > now - kDayMs;
    });
  }
  return count;
}

void Oracle::check_limits(const Run& run, TimeMs now) {
  const auto sent = static_cast<std::int64_t>(fates_.at(run.id).size());
  if (sent > run_limit_by(run.policy, *run.members_before)) {
    fail("limits", of_run(run) + " has sent " + std::to_string(sent) + ", more than one run may");
  }
  // Where the limits were changed meanwhile, the largest of this day.
  constexpr std::int64_t kNoLimit = std::numeric_limits<std::int64_t>::max();
  std::int64_t all_limit = 0;
  std::int64_t group_limit = 0;
  book_.was_ever(now - kDayMs, [&](const Orders& then) {
    const Policy& policy = then.policy;
    all_limit = std::max(all_limit, policy.max_removals_per_day > 0 ? policy.max_removals_per_day : kNoLimit);
    group_limit =
        std::max(group_limit, policy.max_removals_per_group_day > 0 ? policy.max_removals_per_group_day : kNoLimit);
    return false;
  });
  if (const auto all = sent_in_a_day(nullptr, now); all > all_limit) {
    fail("limits", of_run(run) + " makes it " + std::to_string(all) + " in 24 h, of " + std::to_string(all_limit));
  }
  if (const auto group = sent_in_a_day(&run.group_id, now); group > group_limit) {
    fail("limits", of_run(run) + " makes it " + std::to_string(group) + " in 24 h in this group, of " +
                       std::to_string(group_limit));
  }
}

void Oracle::approved(std::int64_t run_id, TimeMs now) {
  approved_.insert(run_id);
  forced_.erase(run_id);
  const auto run = view->find_run(run_id);
  if (run && run->state == RunState::kRunning && run->mode != RunMode::kRaise) check_reservation(*run, now);
}

// What was sent in the last day and what running runs may still send stays within the limits of this run.
void Oracle::check_reservation(const Run& run, TimeMs now) {
  if (clock.skewed()) return;  // it counts another day; what is sent is counted anew
  if (waits_for_calendar(run)) return;
  std::int64_t all = sent_in_a_day(nullptr, now);
  std::int64_t group = sent_in_a_day(&run.group_id, now);
  for (const Run& other : view->running_runs()) {
    if (other.mode == RunMode::kPlan || other.mode == RunMode::kRestore) continue;
    // They give back what they have not sent.
    if (closed_to_sending_.contains(other.id) || waits_for_calendar(other)) continue;
    for (const RunMember& member : view->plan(other.id)) {
      if (member.sent_at || member.outcome != Outcome::kNone) continue;
      ++all;
      if (other.group_id == run.group_id) ++group;
    }
  }
  const std::vector<Policy> in_force = policies_in_force(now);
  const auto over = [&](auto limit, std::int64_t count) {
    return std::all_of(in_force.begin(), in_force.end(),
                       [&](const Policy& policy) { return policy.*limit > 0 && count > policy.*limit; });
  };
  if (over(&Policy::max_removals_per_day, all)) fail("limits", of_run(run) + " is planned beyond the day's limit");
  if (over(&Policy::max_removals_per_group_day, group)) {
    fail("limits", of_run(run) + " is planned beyond its group's limit of a day");
  }
}

void Oracle::refused(std::int64_t run_id, const std::vector<std::string>& accounts, bool outright, TimeMs now) {
  const auto run = fates_.find(run_id);
  if (run == fates_.end()) return;
  for (const std::string& account : accounts) {
    Fate& fate = run->second.at(account);
    fate.may_be_done_at = fate.done_before;
    if (!outright) continue;
    fate.used_at = fate.used_before;
    fate.refunded_at = now;
    coverage.add("members whom a refused call did not use up");
  }
}

// Whom a daemon was about to send when it died, which it can not know.
std::int64_t Oracle::meant_in_vain(const std::string* group_id) const {
  std::int64_t count = 0;
  for (const std::int64_t run_id : closed_to_sending_) {
    const auto run = view->find_run(run_id);
    if (!run || (group_id != nullptr && run->group_id != *group_id)) continue;
    const auto sent = fates_.find(run_id);
    for (const RunMember& member : view->plan(run_id)) {
      const bool known = sent != fates_.end() && sent->second.contains(member.account);
      if (member.sent_at && !known) ++count;
    }
  }
  return count;
}

// At the most: who was sent in a call that Chat did not refuse outright, or refused just now.
std::int64_t Oracle::used_in_a_day(const std::string* group_id, TimeMs now) const {
  std::int64_t count = meant_in_vain(group_id);
  for (const auto& [run_id, members] : fates_) {
    if (group_id != nullptr && sending_.at(run_id).group_id != *group_id) continue;
    count += std::count_if(members.begin(), members.end(), [&](const auto& entry) {
      const Fate& fate = entry.second;
      return fate.used_at.value_or(0) > now - kDayMs - kMark - clock.slack() ||
             fate.refunded_at.value_or(0) > now - kRefundKnown;
    });
  }
  return count;
}

// At the most.
std::int64_t Oracle::reserved(const std::string* group_id) const {
  std::int64_t count = 0;
  for (const Run& run : view->running_runs()) {
    if (run.mode == RunMode::kRestore || (group_id != nullptr && run.group_id != *group_id)) continue;
    count += run.selected;
  }
  return count;
}

// A group that was blocked for a daily limit now.
void Oracle::check_blocked(const Sight& sight, const Group& group, TimeMs now) {
  if (group.state != GroupState::kBlocked || group.reason != BlockReason::kDailyLimit) return;
  if (clock.skewed_until(now) > now - kDayMs) return;  // what was sent then stands under other times
  const auto justified = [&](std::int64_t all, std::int64_t of_group) {
    return book_.was_ever(sight.really_began_at, [&](const Orders& then) {
      return is_over(then.policy.max_removals_per_day, all) ||
             is_over(then.policy.max_removals_per_group_day, of_group);
    });
  };
  const std::int64_t all = used_in_a_day(nullptr, now);
  const std::int64_t of_group = used_in_a_day(&group.group_id, now);
  coverage.add("groups blocked for a daily limit");
  if (justified(all, of_group)) return;
  const std::string used = std::to_string(all) + " were used up, " + std::to_string(of_group) + " of its own";
  if (!justified(all + reserved(nullptr), of_group + reserved(&group.group_id)) &&
      !was_reserved_until(now - kRefundKnown)) {
    fail("limits", group.group_id + " is blocked for a daily limit of " +
                       std::to_string(orders.policy.max_removals_per_day) + " or " +
                       std::to_string(orders.policy.max_removals_per_group_day) + ", of which " + used);
    return;
  }
  coverage.add("groups that only a reservation kept out");
  if (group.next_check_at.value_or(0) > clock.wall(now) + kReservedLook) {
    fail("limits", group.group_id + " waits longer than a minute for what is only reserved; " + used);
  }
}

// Some run ran since then.
bool Oracle::was_reserved_until(TimeMs since) const {
  return std::any_of(times_.begin(), times_.end(),
                     [&](const auto& entry) { return !entry.second.finished_at || *entry.second.finished_at > since; });
}

std::map<std::string, Group> Oracle::blocked_groups() const {
  std::map<std::string, Group> blocked;
  if (view == nullptr) return blocked;
  for (const Group& group : view->groups({}, {1000, std::nullopt}).items) {
    const bool by_policy = group.reason == BlockReason::kDailyLimit || group.reason == BlockReason::kNobodyRemovable;
    if (group.state == GroupState::kBlocked && by_policy) blocked[group.group_id] = group;
  }
  return blocked;
}

// Those that a limit or the policy blocked are looked at soon when it has become looser.
void Oracle::check_reload(const Policy& before, const Policy& after, TimeMs at,
                          const std::map<std::string, Group>& blocked) {
  const auto higher = [](std::int64_t from, std::int64_t to) { return from != 0 && (to == 0 || to > from); };
  const auto as_high = [&](std::int64_t from, std::int64_t to) { return from == to || higher(from, to); };
  const bool limits = as_high(before.max_removals_per_day, after.max_removals_per_day) &&
                      as_high(before.max_removals_per_group_day, after.max_removals_per_group_day) &&
                      (higher(before.max_removals_per_day, after.max_removals_per_day) ||
                       higher(before.max_removals_per_group_day, after.max_removals_per_group_day));
  const bool rules = after.inactive_for <= before.inactive_for && after.newcomer_grace <= before.newcomer_grace &&
                     after.protect_online <= before.protect_online &&
                     (after.inactive_for < before.inactive_for || after.newcomer_grace < before.newcomer_grace) &&
                     after.reader_backlog == before.reader_backlog;
  for (const auto& [id, then] : blocked) {
    if (!(then.reason == BlockReason::kDailyLimit ? limits : rules)) continue;
    coverage.add("blocked groups that a reload has freed");
    const auto group = view->find_group(id);
    if (!group || group->state != GroupState::kBlocked || group->reason != then.reason) continue;
    if (!group->next_check_at || *group->next_check_at <= at + kMinuteMs || group->observed_at.value_or(0) >= at)
      continue;
    fail("reload", id + " stays blocked (" + std::string(name_of(group->reason)) + ") until " +
                       format_time(*group->next_check_at) + ", although the " +
                       (then.reason == BlockReason::kDailyLimit ? "limit was raised" : "policy was loosened"));
  }
}

Oracle::Doubt& Oracle::count_vain_look(const Run& run, TimeMs now) {
  // Another leader may begin what none has, unless the store was told of the doubt.
  const auto stored = view == nullptr ? std::nullopt : view->find_run(run.id);
  if (!stored || !is_unbegun(*stored)) closed_to_sending_.insert(run.id);
  outlived_.erase(run.id);
  Doubt& doubt = doubts_.try_emplace(run.id, Doubt{.own_pauses = orders.own_pauses}).first->second;
  if (doubt.since == 0) doubt.since = now;
  ++doubt.looks_in_all;
  return doubt;
}

void Oracle::may_be_given_up(const Run& run, TimeMs now) { count_vain_look(run, now); }

// Nobody could look what became of the members that it has sent.
void Oracle::given_up(const Sight& sight, const Run& run, TimeMs now) {
  const auto stored = view->find_run(run.id);
  if (stored && is_unbegun(*stored)) {  // it is tried again: nothing has become of it
    coverage.add("orders whose beginning could not be stored");
    outlived_.insert(run.id);
    return;
  }
  Doubt& doubt = count_vain_look(run, now);
  const DurationMs waited = now - std::exchange(doubt.left_at, now);
  // What stops all calls says nothing of this run; a restore that may not go on waits. While the store takes nothing,
  // no look can be counted, nor the time since the one before, and nothing could end the run.
  const bool stopped = std::exchange(doubt.own_pauses, orders.own_pauses) != orders.own_pauses;
  if ((stopped || sight.store_refused) && doubt.looks > 0) doubt.alive_since += waited;
  if (stopped) return;
  const bool restores = run.mode == RunMode::kRestore;
  if (restores && (orders.paused || !orders.own_pause.empty() || orders.mode == SchedulerMode::kObserve)) return;
  if (!sight.store_refused && doubt.looks++ == 0) doubt.alive_since = now;
  coverage.add(sight.store_refused ? "vain looks that the store did not take" : "vain looks for runs in doubt");
  if (view == nullptr) return;
  const auto usage = view->removal_usage(clock.wall(now) - kDayMs, run.group_id);
  if (!restores && usage.reserved > 0) {
    fail("limits",
         of_run(run) + " is in doubt, and reserves " + std::to_string(usage.reserved) + " that it never sends");
  }
  if (doubt.looks > 12 && now - doubt.alive_since > 2 * kHourMs) {
    fail("7", of_run(run) + " is in doubt for ever: " + std::to_string(doubt.looks) + " looks were in vain");
  }
}

}  // namespace headroom::model
