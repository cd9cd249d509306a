#include "tests/model/oracle.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "headroom/run_state.h"
#include "tests/model/rules.h"

namespace headroom::model {
namespace {

bool any_sent(const Run& run, const std::vector<RunMember>& plan) {
  if (run.raise && run.raise->sent_at) return true;
  return std::any_of(plan.begin(), plan.end(), [](const RunMember& member) { return member.sent_at.has_value(); });
}

}  // namespace

void Oracle::fail(const std::string& promise, const std::string& what) {
  if (failed()) return;
  violation_ = promise + ": " + what;
}

std::int64_t Oracle::sends(Sight& sight, const std::string& group_id, const std::vector<std::string>& accounts,
                           TimeMs now) {
  ++sends_;
  const auto run = run_that_sends(sight, group_id);
  if (!run) return 0;
  check_looks(sight, *run, accounts.size());
  check_ages(sight, *run, accounts, now);
  check_members(sight, *run, accounts, now);
  check_orders(sight, *run, accounts, now);
  check_hours(*run, now);
  for (const std::string& account : accounts) {
    Fate& fate = fates_[run->id].try_emplace(account, Fate{.first_sent_at = now}).first->second;
    fate.sent_at = now;
    if (const auto row = sight.rows.find(account); row != sight.rows.end()) fate.joined_s = row->second.join_time_s;
    fate.done_before = std::exchange(fate.may_be_done_at, now);
    fate.used_before = std::exchange(fate.used_at, now);
  }
  sending_[run->id] = *run;
  check_limits(*run, now);
  sight.forget_looks();
  return run->id;
}

// The run on disk that allows a delete call in this group.
std::optional<Run> Oracle::run_that_sends(Sight& sight, const std::string& group_id) {
  if (view == nullptr) {
    fail("dead", "a delete call of a daemon that is down");
    return std::nullopt;
  }
  if (sight.resolves) fail("7", "resolving a run sent a delete call in " + group_id);
  auto run = view->open_run(group_id);
  if (!run) {
    fail("4", "a delete call in " + group_id + " without an open run on disk");
    return std::nullopt;
  }
  if (run->state != RunState::kRunning) fail("4", of_run(*run) + " sends, but does not run");
  if (run->mode == RunMode::kApprove && !approved_.contains(run->id)) {
    fail("approve", of_run(*run) + " was never approved");
  }
  if (run->mode != RunMode::kPrune && run->mode != RunMode::kApprove) fail("mode", of_run(*run) + " may not remove");
  if (closed_to_sending_.contains(run->id)) fail("7", of_run(*run) + " was interrupted, and sends again");
  return run;
}

void Oracle::check_looks(const Sight& sight, const Run& run, std::size_t count) {
  if (!sight.group) {
    fail("5", of_run(run) + " sends without a look at the group since its last delete call");
    return;
  }
  const GroupInfo& group = *sight.group;
  if (!type_is_supported(group.type)) fail("1", of_run(run) + " sends in a group of type " + group.type);
  if (!is_in_scope(run.group_id, group.type, run.policy)) fail("scope", of_run(run) + " sends outside of its scope");
  if (!group.member_num || !group.max_member_num) {
    fail("8", of_run(run) + " sends although the capacity is unknown");
    return;
  }
  if (capacity_is_absurd(*group.member_num, *group.max_member_num)) {
    fail("8", of_run(run) + " sends although the capacity can not be what the look says");
  }
  if (*group.max_member_num < std::min(run.policy.min_capacity, orders.policy.min_capacity)) {
    fail("1", of_run(run) + " sends in a group that is meant to be full");
  }
  const std::int64_t needed =
      wanted_by(run.policy.target_headroom, *run.max_members) - (*group.max_member_num - *group.member_num);
  if (static_cast<std::int64_t>(count) > needed) {
    fail("5", of_run(run) + " sends " + std::to_string(count) + " where " + std::to_string(needed) + " are needed");
  }
  if (sight.offset && std::abs(*sight.offset) > 2 * kMinuteMs) fail("10", of_run(run) + " sends by a wrong clock");
}

void Oracle::check_members(const Sight& sight, const Run& run, const std::vector<std::string>& accounts, TimeMs now) {
  const std::vector<RunMember> plan = view->plan(run.id);
  std::set<std::string> once;
  const auto returned = comebacks(run.group_id, run.policy, clock.wall(now) + clock.slack(), run.id);
  const std::vector<Policy> in_force = policies_in_force(now);
  for (const std::string& account : accounts) {
    if (!once.insert(account).second) fail("5", of_run(run) + " sends " + account + " twice in one call");
    const auto planned =
        std::find_if(plan.begin(), plan.end(), [&](const RunMember& m) { return m.account == account; });
    if (planned == plan.end()) {
      fail("4", of_run(run) + " sends " + account + ", who is not in the stored plan");
      continue;
    }
    if (const auto first = plans_.find(run.id); first != plans_.end() && !first->second.contains(account)) {
      fail("5", of_run(run) + " sends " + account + ", who was not in its plan when it was made");
    }
    if (!planned->sent_at) fail("4", of_run(run) + " sends " + account + " without the intent on disk");
    if (planned->outcome != Outcome::kNone) fail("7", of_run(run) + " sends " + account + ", who has an outcome");
    const auto row = sight.rows.find(account);
    if (row == sight.rows.end()) {
      fail("7", of_run(run) + " sends " + account + " without a fresh look-up");
      continue;
    }
    Facts facts;
    facts.now = now + clock.slack();
    facts.returned = returned.contains(account);
    if (sight.group) add_group(facts, *sight.group);
    if (const auto status = sight.presence.find(account); status != sight.presence.end()) {
      facts.presence = status->second;
    }
    if (sight.doubled.contains(account)) fail("8", of_run(run) + " sends " + account + ", whom a look showed twice");
    if (!facts.returned && !invited_.contains({run.group_id, account}) && is_back(run.group_id, row->second) &&
        !has_been_back_for_long(run.group_id, account, run.policy, facts.now)) {
      fail("2", of_run(run) + " sends " + account + ", who was removed by a call that came late, and is back");
    }
    const std::string why = protection(row->second, facts, run.policy);
    if (!why.empty()) fail("5", of_run(run) + " sends " + account + ", who is protected: " + why);
    const auto waits = [&](const Policy& policy) {
      const auto apart = second_look_of(row->second, facts, policy);
      return apart && !was_seen_before(run.group_id, row->second, *apart, now);
    };
    if (waits(run.policy)) fail("second look", of_run(run) + " sends " + account + ", whom one look has seen alone");
    const auto protects = [&](const Policy& policy) {
      return !protection(row->second, facts, policy).empty() || waits(policy);
    };
    if (std::all_of(in_force.begin(), in_force.end(), protects)) {
      fail("5", of_run(run) + " sends " + account +
                    ", who is protected by the policy in force: " + protection(row->second, facts, in_force.front()));
    }
    if (row->second.join_time_s != planned->joined_at_s)
      fail("5", of_run(run) + " sends " + account + ", who rejoined");
  }
}

void Oracle::removed(std::int64_t run_id, const std::vector<std::string>& accounts, TimeMs sent_at, TimeMs now) {
  for (const std::string& account : accounts) {
    const auto run = fates_.find(run_id);
    if (run == fates_.end() || !run->second.contains(account)) {
      fail("history", account + " was removed by no run that is known");
      continue;
    }
    run->second[account].removed_at = now;
    run->second[account].remover_sent_at = sent_at;
  }
}

std::vector<std::string> Oracle::gone_out(const std::string& group_id) const {
  std::vector<std::string> accounts;
  const auto outs = outs_.find(group_id);
  if (outs == outs_.end()) return accounts;
  for (const auto& [account, at] : outs->second) accounts.push_back(account);
  return accounts;
}

void Oracle::came_in(const std::string& group_id, const std::string& account, TimeMs now) {
  ins_[group_id].emplace_back(account, now);
}

void Oracle::went_out(const std::string& group_id, const std::string& account, TimeMs now) {
  outs_[group_id].emplace_back(account, now);
}

// What Chat refused counts all the same when the daemon could not write it down: it died, or the disk was full.
void Oracle::answers_lost(const Run& run) {
  const auto fates = fates_.find(run.id);
  if (fates == fates_.end()) return;
  for (const RunMember& member : view->plan(run.id)) {
    if (!member.sent_at || member.outcome != Outcome::kNone) continue;
    if (const auto fate = fates->second.find(member.account); fate != fates->second.end()) {
      fate->second.used_at = std::max(fate->second.used_at.value_or(0), fate->second.sent_at);
    }
  }
}

void Oracle::leads(std::int64_t fence) {
  if (fence <= fence_) fail("lease", "a fence comes twice");
  fence_ = fence;
  noted_at_.clear();
  coverage.add("times that the lead was taken");
}

void Oracle::check_lead(const Sight& sight, std::int64_t term) {
  if (term != fence_)
    fail("lease", sight.name + " goes on by the lead " + std::to_string(term) + ", which " + std::to_string(fence_) +
                      " has followed");
}

void Oracle::ended(TimeMs now) {
  for (const Run& run : view->running_runs()) {
    if (waits_for_calendar(run) && !any_sent(run, view->plan(run.id))) {
      coverage.add("runs that wait for the calendar over a death");
      continue;
    }
    if (is_unbegun(run)) {
      coverage.add("orders that outlive who led");
      outlived_.insert(run.id);
      continue;
    }
    outlived_.erase(run.id);
    if (run.mode != RunMode::kRestore) closed_to_sending_.insert(run.id);
    Doubt& doubt = doubts_.try_emplace(run.id, Doubt{.own_pauses = orders.own_pauses}).first->second;
    doubt.looks = 0;
    for (const RunMember& member : view->plan(run.id)) {
      if (member.sent_at && member.outcome == Outcome::kNone) undecided_[run.id][member.account] = now;
    }
    ++doubt.looks_in_all;  // the one that it was killed in may count
    answers_lost(run);
    coverage.add(run.mode == RunMode::kRestore ? "restores that a death broke off" : "runs that a death broke off");
  }
}

}  // namespace headroom::model
