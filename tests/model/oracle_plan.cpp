// Plans, as they come to be on disk.
#include <algorithm>

#include "headroom/names.h"
#include "tests/model/oracle.h"
#include "tests/model/rules.h"

namespace headroom::model {
namespace {

std::string of_run(const Run& run) { return "run " + std::to_string(run.id) + " in " + run.group_id; }

// The rows that count: the first of each account.
std::vector<Sight::Listed> each_once(const std::vector<Sight::Listed>& listing) {
  std::vector<Sight::Listed> rows;
  std::set<std::string> seen;
  for (const Sight::Listed& row : listing) {
    if (seen.insert(row.member.account).second) rows.push_back(row);
  }
  return rows;
}

std::vector<Member> members_of(const std::vector<Sight::Listed>& listing) {
  std::vector<Member> members;
  members.reserve(listing.size());
  for (const Sight::Listed& row : listing) members.push_back(row.member);
  return members;
}

bool is_implausible(const std::string& reason) {
  return reason == "field_missing" || reason == "members_missing" || reason == "no_activity_data";
}

}  // namespace

void Oracle::committed(Sight& sight, TimeMs now) {
  sight.at_commit = orders;
  sight.committed_at = now;
  if (view == nullptr) return;
  check_sweep(sight);
  if (sight.group_id.empty()) return;
  check_group(sight.group_id);
  const auto group = view->find_group(sight.group_id);
  if (!group || !group->last_run_id) return;
  const auto run = view->find_run(sight.run_id != 0 ? sight.run_id : *group->last_run_id);
  if (!run) return;
  if (sight.rows_left_out) unsure_.insert(run->id);
  check_pace(sight, *run);
  if (!sight.planned_on) return;
  // Of this work: it made or confirmed it, or was given it.
  if (sight.run_id == 0 && run->trigger != RunTrigger::kScheduler) return;
  if (sight.run_id == 0 && run->confirmed_at.value_or(run->created_at) < sight.began_at) return;
  const bool planned =
      run->state == RunState::kRunning || run->state == RunState::kAwaitingApproval || run->state == RunState::kPlanned;
  if (planned && run->selected > 0) {
    check_plan(sight, *run, now);
    sight.planned_on.reset();
    sight.forget_looks();  // what was seen for the plan is no fresh look for a batch
  } else if (run->state == RunState::kFailed && is_implausible(run->reason)) {
    const std::string expected =
        implausible(members_of(each_once(sight.listing)), *sight.planned_on->member_num, run->policy);
    const bool by_group = run->reason == "field_missing" && !sight.planned_on->next_msg_seq;
    if (!by_group && expected != run->reason) {
      fail("8", of_run(*run) + " failed with " + run->reason + ", not with '" + expected + "'");
    }
    sight.planned_on.reset();
  }
}

void Oracle::check_plan(const Sight& sight, const Run& run, TimeMs now) {
  if (run.confirmed_at) return;  // made by another look, maybe by another policy; it is not carried out now
  const GroupInfo& group = *sight.planned_on;
  if (!type_is_supported(group.type)) fail("1", of_run(run) + " plans in a group of type " + group.type);
  if (*group.member_num < *group.max_member_num) fail("1", of_run(run) + " plans in a group with room");
  if (run.members_before != group.member_num || run.max_members != group.max_member_num) {
    fail("history", of_run(run) + " does not name the members that its look showed");
  }
  if (run.policy.reader_backlog > 0 && !group.next_msg_seq) fail("8", of_run(run) + " plans without NextMsgSeq");
  const auto rows = each_once(sight.listing);
  const std::string check = implausible(members_of(rows), *group.member_num, run.policy);
  const bool doubled = rows.size() != sight.listing.size() && group.type == "Community";
  if (!check.empty() && !doubled) fail("8", of_run(run) + " plans on a listing that fails " + check);
  const std::vector<RunMember> plan = view->plan(run.id);
  for (const RunMember& member : plan) plans_[run.id].insert(member.account);
  if (static_cast<std::int64_t>(plan.size()) != run.selected) fail("history", of_run(run) + " miscounts its plan");
  const std::int64_t needed =
      wanted_by(run.policy.target_headroom, *group.max_member_num) + *group.member_num - *group.max_member_num;
  if (run.selected > needed) fail("3", of_run(run) + " selects more than are needed");
  if (run.selected > run_limit_by(run.policy, *group.member_num)) {
    fail("limits", of_run(run) + " selects more than one run may");
  }
  if (!doubled) check_selection(sight, run, plan);
  check_jump(sight, run);
  if (run.state == RunState::kRunning) check_reservation(run, now);
}

// Exactly those who may be removed, the least recently alive first.
void Oracle::check_selection(const Sight& sight, const Run& run, const std::vector<RunMember>& plan) {
  if (orders.exempt_changed_at >= sight.began_at) return;  // before or after their row was read: who knows
  const auto returned = comebacks(run.group_id, run.policy, sight.began_at, run.id);
  std::vector<Member> removable;
  for (const Sight::Listed& row : each_once(sight.listing)) {
    Facts facts;
    facts.now = row.at;
    facts.exempt = row.exempt;
    facts.returned = returned.contains(row.member.account);
    facts.next_msg_seq = sight.planned_on->next_msg_seq;
    const auto status = sight.presence.find(row.member.account);
    if (status != sight.presence.end()) facts.presence = status->second;
    if (protection(row.member, facts, run.policy).empty()) removable.push_back(row.member);
  }
  std::sort(removable.begin(), removable.end(), goes_earlier);
  const auto eligible = static_cast<std::int64_t>(removable.size());
  if (run.eligible != eligible) {
    fail("history", of_run(run) + " calls " + std::to_string(run.eligible) + " members removable, of whom " +
                        std::to_string(eligible) + " are");
  }
  if (plan.size() > removable.size()) {
    fail("2", of_run(run) + " selects " + std::to_string(plan.size()) + " of " + std::to_string(removable.size()) +
                  " removable members");
    return;
  }
  for (std::size_t i = 0; i < plan.size(); ++i) {
    if (plan[i].account == removable[i].account && plan[i].joined_at_s == removable[i].join_time_s) continue;
    fail("3", of_run(run) + " selects " + plan[i].account + " where " + removable[i].account + " goes first");
    return;
  }
  const bool day_limits = run.policy.max_removals_per_day > 0 || run.policy.max_removals_per_group_day > 0;
  const std::int64_t needed =
      wanted_by(run.policy.target_headroom, *run.max_members) + *run.members_before - *run.max_members;
  const std::int64_t expected =
      std::min({static_cast<std::int64_t>(removable.size()), needed, run_limit_by(run.policy, *run.members_before)});
  if (!day_limits && run.selected != expected) {
    fail("3", of_run(run) + " selects " + std::to_string(run.selected) + ", not " + std::to_string(expected));
  }
}

// What was sent in the last day and what running runs may still send stays within the limits of this run.
void Oracle::check_reservation(const Run& run, TimeMs now) {
  std::int64_t all = sent_in_a_day(nullptr, now);
  std::int64_t group = sent_in_a_day(&run.group_id, now);
  for (const Run& other : view->running_runs()) {
    if (other.mode == RunMode::kPlan || other.mode == RunMode::kRestore) continue;
    for (const RunMember& member : view->plan(other.id)) {
      if (member.sent_at || member.outcome != Outcome::kNone) continue;
      ++all;
      if (other.group_id == run.group_id) ++group;
    }
  }
  const std::int64_t day = run.policy.max_removals_per_day;
  const std::int64_t group_day = run.policy.max_removals_per_group_day;
  if (day > 0 && all > day) fail("limits", of_run(run) + " is planned beyond the day's limit");
  if (group_day > 0 && group > group_day) fail("limits", of_run(run) + " is planned beyond its group's limit of a day");
}

// Of the states on disk: a group is in `pruning` exactly while a run runs in it.
void Oracle::check_group(const std::string& group_id) {
  const auto group = view->find_group(group_id);
  if (!group) return;
  const auto open = view->open_run(group_id);
  const bool runs = open && open->state == RunState::kRunning;
  if ((group->state == GroupState::kPruning) != runs && group->state != GroupState::kGone) {
    fail("state",
         group_id + " is " + std::string(name_of(group->state)) + (runs ? ", and a run runs" : ", and none runs"));
  }
  const bool looked_at = group->state == GroupState::kFull ||
                         (group->state == GroupState::kBlocked && group->reason != BlockReason::kExempt);
  if (looked_at && !open && !group->next_check_at) fail("state", group_id + " is never looked at again");
}

}  // namespace headroom::model
