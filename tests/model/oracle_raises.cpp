// Limits that are raised: written from the contract's words, section 9.
#include <algorithm>
#include <cstdlib>
#include <utility>

#include "headroom/names.h"
#include "tests/model/oracle.h"
#include "tests/model/rules.h"

namespace headroom::model {
namespace {

constexpr DurationMs kFresh = 5 * kSecondMs;
// From the first to the last try of one call.
constexpr DurationMs kRefundKnown = 2 * kMinuteMs;

}  // namespace

std::vector<CapacityRules> Oracle::capacities_since(TimeMs since) const {
  std::vector<CapacityRules> rules;
  book_.was_ever(since - OrderBook::kGrace, [&](const Orders& then) {
    rules.push_back(then.capacity);
    return false;
  });
  return rules;
}

bool Oracle::may_start_from(const CapacityRules& rules, const std::string& group_id, std::int64_t limit) const {
  const auto own = own_limits_.find(group_id);
  return rules.only_from.empty() || rules.only_from.contain(limit) ||
         (own != own_limits_.end() && own->second.contains(limit));
}

// A call that sets a limit is about to leave the daemon. Returns the run that it belongs to.
std::int64_t Oracle::sets_limit(Sight& sight, const std::string& group_id, std::int64_t to, TimeMs now) {
  coverage.add("calls that set a limit");
  const auto run = view == nullptr ? std::nullopt : view->open_run(group_id);
  if (!run || run->state != RunState::kRunning || run->mode != RunMode::kRaise || !run->raise) {
    fail("raise", "a limit is set in " + group_id + " without a running raise on disk");
    return 0;
  }
  if (run->raise->to != to) fail("raise", of_run(*run) + " sets another limit than its plan says");
  if (!run->raise->sent_at) fail("4", of_run(*run) + " sets a limit without the intent on disk");
  if (sight.resolves || closed_to_sending_.contains(run->id)) fail("7", of_run(*run) + " was interrupted, and sends");
  if (run->raise->as == RunMode::kApprove && !approved_.contains(run->id)) {
    fail("approve", of_run(*run) + " was never approved");
  }
  if (run->raise->as != RunMode::kApprove && run->raise->as != RunMode::kPrune) {
    fail("mode", of_run(*run) + " may not raise");
  }
  check_raise_look(sight, *run, now);
  check_orders(sight, *run, {}, now);
  check_raise_rules(sight, *run, now);
  check_hours(*run, now);
  raised_at_[run->id] = now;
  groups_asked_[run->id] = {group_id, sight.group ? sight.group->type : ""};
  sent_limits_[run->id] = to;
  check_raises_of_a_day(*run, now);
  sight.forget_looks();
  return run->id;
}

void Oracle::check_raise_look(const Sight& sight, const Run& run, TimeMs now) {
  if (!sight.group || !sight.group->member_num || !sight.group->max_member_num) {
    fail("5", of_run(run) + " raises without a look at the group since its last call");
    return;
  }
  const GroupInfo& group = *sight.group;
  coverage.add_age(now - sight.group_sent_at, sight.waited);
  if (now - sight.group_sent_at > kFresh) {
    fail("5", of_run(run) + " raises by a look that is " + std::to_string(now - sight.group_sent_at) + " ms old");
  }
  if (!type_is_supported(group.type)) fail("1", of_run(run) + " raises a group of type " + group.type);
  const std::vector<Policy> in_force = policies_in_force(now);
  const auto in_scope = [&](const Policy& policy) { return is_in_scope(run.group_id, group.type, policy); };
  if (!in_scope(run.policy) || std::none_of(in_force.begin(), in_force.end(), in_scope)) {
    fail("1", of_run(run) + " raises a group that is out of scope");
  }
  if (*group.max_member_num != run.raise->from) fail("raise", of_run(run) + " raises what somebody else has set");
  if (*group.max_member_num - *group.member_num >= wanted_by(run.policy.target_headroom, *group.max_member_num)) {
    fail("raise", of_run(run) + " raises a group in which the wanted seats are free");
  }
  if (*group.max_member_num < std::min(run.policy.min_capacity, orders.policy.min_capacity)) {
    fail("1", of_run(run) + " raises a group that is meant to be full");
  }
  if (capacity_is_absurd(*group.member_num, *group.max_member_num)) {
    fail("8", of_run(run) + " raises although the capacity can not be what the look says");
  }
  if (sight.offset && std::abs(*sight.offset) > 2 * kMinuteMs) fail("10", of_run(run) + " raises by a wrong clock");
}

void Oracle::check_raise_rules(const Sight& sight, const Run& run, TimeMs now) {
  if (!sight.group) return;
  const bool ordered = run.trigger == RunTrigger::kOperator;
  const std::vector<CapacityRules> in_force = capacities_since(now);
  const bool allowed = std::any_of(in_force.begin(), in_force.end(), [&](const CapacityRules& rules) {
    const auto ceiling = rules.ceilings.of(sight.group->type);
    return ceiling && run.raise->to <= *ceiling && may_start_from(rules, run.group_id, run.raise->from) &&
           (ordered || rules.mode == CapacityMode::kRaise);
  });
  if (!allowed) fail("raise", of_run(run) + " raises what the rules in force do not allow");
  if (ordered || clock.skewed_until(now) > now - kLessonHolds) return;
  // What another run has learned since the intent was stored is no news to this one.
  const auto known = learned_since(run.group_id, sight.group->type, sight.committed_at, now);
  const auto forbids = [&](const std::optional<std::int64_t>& ceiling) { return ceiling && run.raise->to > *ceiling; };
  if (std::all_of(known.begin(), known.end(), forbids)) {
    fail("raise", of_run(run) + " asks for " + std::to_string(run.raise->to) + " again, where Chat allows " +
                      std::to_string(*known.front()));
  }
}

void Oracle::check_raises_of_a_day(const Run& run, TimeMs now) {
  std::int64_t limit = 0;
  for (const CapacityRules& rules : capacities_since(now - kDayMs)) {
    if (rules.max_raises_per_day == 0) return;
    limit = std::max(limit, rules.max_raises_per_day);
  }
  const auto sent = std::count_if(raised_at_.begin(), raised_at_.end(),
                                  [&](const auto& entry) { return entry.second > now + clock.slack() - kDayMs; });
  if (sent > limit) {
    fail("limits", of_run(run) + " makes it " + std::to_string(sent) + " raises in 24 h, of " + std::to_string(limit));
  }
}

// The world did it.
void Oracle::limit_set(std::int64_t run_id, const std::string& group_id, std::int64_t limit, DurationMs behind) {
  own_limits_[group_id].insert(limit);
  if (behind <= kCallLasts) higher_[run_id] = limit;
  coverage.add("limits set");
}

// A plan of one, as it comes to be on disk.
void Oracle::check_raise(Sight& sight, const Run& run, TimeMs now) {
  note_lesson(sight, run, now);
  const bool planned =
      run.state == RunState::kRunning || run.state == RunState::kAwaitingApproval || run.state == RunState::kPlanned;
  if (!planned || !run.raise || run.confirmed_at || !sight.group || !raises_planned_.insert(run.id).second) return;
  const GroupInfo group = *sight.group;
  sight.forget_looks();  // what was seen for the plan is no fresh look for the call
  if (*group.member_num < *group.max_member_num) fail("1", of_run(run) + " plans in a group with room");
  if (run.raise->from != *group.max_member_num) fail("history", of_run(run) + " is planned from another limit");
  const bool ordered = run.trigger == RunTrigger::kOperator;
  const std::vector<CapacityRules> rules = capacities_since(sight.really_began_at);
  // It was planned behind the look, and what others have learned since has not moved it.
  using Known = std::vector<std::optional<std::int64_t>>;
  const Known known = ordered ? Known{{}} : learned_since(run.group_id, group.type, sight.group_shown_at, now);
  const auto is_due = [&](const CapacityRules& then) {
    return std::any_of(known.begin(), known.end(), [&](const std::optional<std::int64_t>& ceiling) {
      return raised_limit_by(then, group.type, *group.member_num, *group.max_member_num, run.policy.target_headroom,
                             ceiling) == run.raise->to;
    });
  };
  if (clock.skewed_until(now) > now - kLessonHolds && !ordered) return;
  if (std::none_of(rules.begin(), rules.end(), is_due)) {
    fail("raise", of_run(run) + " with " + std::to_string(*group.member_num) + " members is to go from " +
                      std::to_string(run.raise->from) + " to " + std::to_string(run.raise->to) + ", with ceilings of " +
                      orders.capacity.ceilings.text() + " for " + group.type + ", wanting " +
                      std::to_string(run.wanted) + ", learned " +
                      std::to_string(learned(run.group_id, group.type, now, now).value_or(0)));
  }
  coverage.add("raises planned");
}

// A pruning plan of the scheduler's in a group that a higher limit would have helped.
void Oracle::check_no_raise(const Sight& sight, const Run& run) {
  if (run.trigger != RunTrigger::kScheduler || !sight.planned_on || sight.clock_steps != clock.steps()) return;
  const GroupInfo& group = *sight.planned_on;
  if (may_have_lesson(run.group_id, group.type) || gone_.contains(run.group_id)) return;
  // A cut that was a success has taught one, too, and so may a resolved run have.
  if (own_limits_.contains(run.group_id)) return;
  const std::vector<CapacityRules> rules = capacities_since(sight.really_began_at);
  const bool should = std::all_of(rules.begin(), rules.end(), [&](const CapacityRules& then) {
    return then.mode == CapacityMode::kRaise && may_start_from(then, run.group_id, *group.max_member_num) &&
           raised_limit_by(then, group.type, *group.member_num, *group.max_member_num, run.policy.target_headroom,
                           std::nullopt);
  });
  if (should) fail("raise", of_run(run) + " removes members where the limit could be raised");
}

// A group that was blocked because the day's raises are used up.
void Oracle::check_raises_blocked(const Sight& sight, const Group& group, TimeMs now) {
  if (group.state != GroupState::kBlocked || group.reason != BlockReason::kDailyLimit) return;
  if (clock.skewed_until(now) > now - kDayMs) return;
  coverage.add("groups blocked because raises were used up");
  auto used = static_cast<std::int64_t>(std::count_if(raised_at_.begin(), raised_at_.end(), [&](const auto& entry) {
    return entry.second > now - kDayMs - kFresh - clock.slack() - kRefundKnown;
  }));
  for (const Run& run : view->running_runs()) used += run.mode == RunMode::kRaise && !raised_at_.contains(run.id);
  // Whom a daemon was about to send when it died, or was refused by an answer that nobody wrote down.
  for (const std::int64_t id : closed_to_sending_) {
    const auto run = view->find_run(id);
    used += run && run->mode == RunMode::kRaise && !raised_at_.contains(id);
  }
  used += refused_lately(now);
  const std::vector<CapacityRules> rules = capacities_since(sight.really_began_at);
  const bool justified = std::any_of(rules.begin(), rules.end(), [&](const CapacityRules& then) {
    return then.max_raises_per_day > 0 && used >= then.max_raises_per_day;
  });
  if (!justified)
    fail("limits",
         group.group_id + " is blocked for the day's raises, of which " + std::to_string(used) + " were used up");
}

// Runs whose call was refused, as long as that may not have been known.
std::int64_t Oracle::refused_lately(TimeMs now) const {
  return std::count_if(times_.begin(), times_.end(), [&](const auto& entry) {
    const auto run = view->find_run(entry.first);
    return run && run->mode == RunMode::kRaise && !raised_at_.contains(entry.first) &&
           entry.second.finished_at.value_or(now) > now - kRefundKnown;
  });
}

void Oracle::check_raise_closed(const Run& run) {
  coverage.add("raises that ended " + std::string(name_of(run.state)));
  if (run.removed != 0 || run.selected != 0) fail("history", of_run(run) + " raises, and names members");
  if (run.state == RunState::kPartial) fail("history", of_run(run) + " is partial");
  if (run.state == RunState::kFailed && run.reason.empty()) fail("history", of_run(run) + " failed without a reason");
  const auto set = higher_.find(run.id);
  const bool higher = set != higher_.end() && set->second > run.raise->from;
  const bool others = others_limits_.contains(run.group_id) || gone_.contains(run.group_id);
  if (higher && !others && run.state != RunState::kSucceeded) {
    fail("history", of_run(run) + " is " + std::string(name_of(run.state)) + " with " +
                        std::string(name_of(run.reason)) + ", and its call has set the limit to " +
                        std::to_string(set->second));
  }
  if (run.state == RunState::kSucceeded && !sent_limits_.contains(run.id) && !may_look_sent(run)) {
    fail("history", of_run(run) + " has succeeded, and never sent");
  }
}

// Killed between the intent and the call: the limit that another has set by then looks like its own.
bool Oracle::may_look_sent(const Run& run) const {
  const auto set_by = [&](const std::map<std::string, std::set<std::int64_t>>& limits) {
    const auto found = limits.find(run.group_id);
    return found != limits.end() && found->second.contains(run.raise->to);
  };
  const bool broken_off = run.raise->sent_at && closed_to_sending_.contains(run.id);
  return broken_off && (set_by(others_limits_) || set_by(own_limits_) || gone_.contains(run.group_id));
}

}  // namespace headroom::model
