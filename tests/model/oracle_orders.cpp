// What holds when a delete call goes out: the age of the looks, and what operators have ordered.
#include <algorithm>

#include "headroom/names.h"
#include "tests/model/oracle.h"
#include "tests/model/rules.h"

namespace headroom::model {
namespace {

constexpr DurationMs kFresh = 5 * kSecondMs;

bool same_rules(const Policy& a, const Policy& b) {
  return a.inactive_for == b.inactive_for && a.newcomer_grace == b.newcomer_grace &&
         a.protect_online == b.protect_online && a.reader_backlog == b.reader_backlog;
}

}  // namespace

// From the sending of the oldest look that says something about these members.
void Oracle::check_ages(const Sight& sight, const Run& run, const std::vector<std::string>& accounts, TimeMs now) {
  TimeMs oldest = sight.group ? sight.group_sent_at : now;
  const bool by_status = run.policy.protect_online || orders.policy.protect_online;
  for (const std::string& account : accounts) {
    if (const auto at = sight.rows_sent_at.find(account); at != sight.rows_sent_at.end()) {
      oldest = std::min(oldest, at->second);
    }
    const auto at = sight.presence_sent_at.find(account);
    if (by_status && at != sight.presence_sent_at.end()) oldest = std::min(oldest, at->second);
  }
  coverage.add_age(now - oldest, sight.waited);
  if (now - oldest <= kFresh) return;
  fail("5", of_run(run) + " sends by looks that are " + std::to_string(now - oldest) + " ms old");
}

std::vector<Policy> Oracle::policies_in_force(TimeMs now) const {
  std::vector<Policy> policies;
  book_.was_ever(now - OrderBook::kGrace, [&](const Orders& then) {
    policies.push_back(then.policy);
    return false;
  });
  return policies;
}

// By the orders that stood when the intent was committed.
void Oracle::check_orders(const Sight& sight, const Run& run, const std::vector<std::string>& accounts, TimeMs now) {
  const Orders& then = sight.at_commit;
  const TimeMs at = sight.committed_at + clock.slack();
  if (then.paused || !then.own_pause.empty()) fail("5", of_run(run) + " sends while paused");
  if (then.group_is_exempt(run.group_id, at)) fail("5", of_run(run) + " sends in an exempt group");
  for (const std::string& account : accounts) {
    if (then.member_is_exempt(account, at)) fail("5", of_run(run) + " sends " + account + ", who is exempt");
  }
  const bool asked_for = run.trigger == RunTrigger::kOperator || acts_as(run) == RunMode::kApprove;
  if (then.mode == SchedulerMode::kObserve || (!asked_for && then.mode != SchedulerMode::kPrune)) {
    fail("5", of_run(run) + " sends in a mode that forbids it");
  }
  const std::string longer = " for longer than a second";
  if (book_.has_held(now, [](const Orders& o) { return o.paused; })) {
    fail("5", of_run(run) + " sends, paused" + longer);
  }
  if (book_.has_held(now, [&](const Orders& o) { return o.group_is_exempt(run.group_id, now + clock.slack()); })) {
    fail("5", of_run(run) + " sends in a group that has been exempt" + longer);
  }
  for (const std::string& account : accounts) {
    if (book_.has_held(now, [&](const Orders& o) { return o.member_is_exempt(account, now + clock.slack()); })) {
      fail("5", of_run(run) + " sends " + account + ", who has been exempt" + longer);
    }
  }
  if (book_.has_held(now, [&](const Orders& o) {
        return o.mode == SchedulerMode::kObserve || (!asked_for && o.mode != SchedulerMode::kPrune);
      })) {
    fail("5", of_run(run) + " sends in a mode that has forbidden it" + longer);
  }
}

// What the plan was made by is what was in force, and a plan by another policy is another run.
void Oracle::check_policy(const Sight& sight, const Run& run, bool confirmed) {
  if (run.state != RunState::kPlanned || !confirmed) return;
  const bool any = book_.was_ever(sight.really_began_at - OrderBook::kGrace,
                                  [&](const Orders& then) { return same_rules(then.policy, run.policy); });
  if (!any) fail("5", of_run(run) + " is confirmed by a plan that was made under another policy");
}

void Oracle::pauses_itself(const std::string& reason) {
  coverage.add("pauses of its own");
  coverage.add("pauses of its own for " + (reason == "clock_skew" ? reason : "Chat's sake"));
  if (reason == "chat_error_11000" || reason == "chat_error_10059") {
    fail("9", "it pauses itself for what Chat says of one group: " + reason);
  }
}

void Oracle::told_destroyed(const std::string& group_id) {
  if (orders.mode == SchedulerMode::kObserve) believed_gone_.insert(group_id);
}

// By the world's clock; asked while the daemon's is right.
void Oracle::check_exemptions(TimeMs now) {
  if (view == nullptr) return;
  const auto check = [&](ExemptionKind kind, const std::map<std::string, std::optional<TimeMs>>& exempt) {
    for (const auto& [id, until] : exempt) {
      if (until && *until <= now + clock.slack()) continue;
      if (!view->find_exemption(kind, id, now)) fail("10", "the exemption of " + id + " is gone, which holds");
      coverage.add("exemptions that a wrong clock could have ended");
    }
  };
  check(ExemptionKind::kGroup, orders.exempt_groups);
  check(ExemptionKind::kMember, orders.exempt_members);
}

}  // namespace headroom::model
