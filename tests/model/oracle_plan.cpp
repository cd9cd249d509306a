// Plans, as they come to be on disk.
#include <algorithm>

#include "headroom/names.h"
#include "tests/model/oracle.h"
#include "tests/model/rules.h"

namespace headroom::model {
namespace {

bool same_values(const Member& a, const Member& b) {
  return a.role == b.role && a.join_time_s == b.join_time_s && a.last_sent_time_s == b.last_sent_time_s &&
         a.msg_seq == b.msg_seq;
}

// The rows that count: the first of each account, which is unknown when another row says something else.
std::vector<Sight::Listed> each_once(const std::vector<Sight::Listed>& listing) {
  std::vector<Sight::Listed> rows;
  std::map<std::string, std::size_t> seen;
  for (const Sight::Listed& row : listing) {
    const auto [at, is_new] = seen.emplace(row.member.account, rows.size());
    if (is_new) {
      rows.push_back(row);
    } else if (row.doubled || !same_values(rows[at->second].member, row.member)) {
      rows[at->second].doubled = true;
    }
  }
  return rows;
}

bool any_doubled(const std::vector<Sight::Listed>& rows) {
  return std::any_of(rows.begin(), rows.end(), [](const Sight::Listed& row) { return row.doubled; });
}

std::vector<Member> members_of(const std::vector<Sight::Listed>& listing) {
  std::vector<Member> members;
  members.reserve(listing.size());
  for (const Sight::Listed& row : listing) members.push_back(row.member);
  return members;
}

bool is_implausible(const Reason& reason) {
  return reason == Reason::kFieldMissing || reason == Reason::kMembersMissing || reason == Reason::kNoActivityData;
}

}  // namespace

void Oracle::committed(Sight& sight, TimeMs now) {
  sight.at_commit = orders;
  sight.committed_at = now;
  if (view == nullptr) return;
  check_sweep(sight);
  check_kept(sight, now);
  if (sight.group_id.empty()) return;
  check_group(sight.group_id);
  if (sight.notes) return;  // of no run
  const auto group = view->find_group(sight.group_id);
  if (!group || !group->last_run_id) return;
  const auto run = view->find_run(sight.run_id != 0 ? sight.run_id : *group->last_run_id);
  if (!run) return;
  if (sight.rows_left_out || sight.rows_doubled) unsure_.insert(run->id);
  if (run->reason == Reason::kDailyLimit && is_of(sight, *run)) {
    run->mode == RunMode::kRaise ? check_raises_blocked(sight, *group, now) : check_blocked(sight, *group, now);
  }
  if (run->mode == RunMode::kRaise && is_of(sight, *run)) check_raise(sight, *run, now);
  const bool waits = run->state == RunState::kAwaitingApproval;
  if (waits != (run->waits_for != WaitsFor::kNobody)) fail("history", of_run(*run) + " does not say whom it waits for");
  if (waits && (acts_as(*run) == RunMode::kApprove) != (run->waits_for == WaitsFor::kMode)) {
    fail("history", of_run(*run) + " waits for " + std::string(name_of(run->waits_for)));
  }
  note_hours(*run, now);
  check_pace(sight, *run, now);
  check_told_gone(sight, *run);
  if (!sight.planned_on || !is_of(sight, *run)) return;
  const bool planned =
      run->state == RunState::kRunning || run->state == RunState::kAwaitingApproval || run->state == RunState::kPlanned;
  if (planned && run->selected > 0) {
    check_statuses(sight, *run);
    check_plan(sight, *run, now);
    sight.planned_on.reset();
    sight.forget_looks();  // what was seen for the plan is no fresh look for a batch
  } else if (run->state == RunState::kFailed && is_implausible(run->reason)) {
    check_implausible(sight, *run);
    sight.planned_on.reset();
  } else if (run->state == RunState::kNothingToDo && run->reason == Reason::kNobodyRemovable) {
    check_statuses(sight, *run);
  }
}

// It made or confirmed it, or was given it.
bool Oracle::is_of(const Sight& sight, const Run& run) const {
  if (sight.run_id != 0) return true;
  if (run.trigger != RunTrigger::kScheduler) return false;
  if (run.id > sight.newest_run) return true;
  // What an older one says of its time may be what a clock said that was ahead.
  const bool stepped = clock.steps() > 0 && sight.really_began_at - clock.stepped_at() < 10 * kMinuteMs;
  return !stepped && sight.clock_steps == clock.steps() && run.confirmed_at.value_or(run.created_at) >= sight.began_at;
}

void Oracle::check_implausible(const Sight& sight, const Run& run) {
  const auto rows = each_once(sight.listing);
  if (!sight.absent_pages.empty() && !sight.rows_left_out && run.reason == Reason::kMembersMissing) {
    fail("listing", of_run(run) + " takes an absent list for an empty one");
  }
  if (any_doubled(rows)) return;  // who counts for what, nobody says
  const GroupInfo& group = *sight.planned_on;
  const bool muted = group.mute_all.value_or(false);  // who may not speak is judged by what they read
  const std::string expected = implausible(members_of(rows), *group.member_num, muted, run.policy);
  const bool by_group = run.reason == Reason::kFieldMissing && !group.next_msg_seq;
  const bool by_status = run.reason == Reason::kFieldMissing &&
                         (sight.statuses_doubled || 2 * sight.statuses_missing > sight.statuses_asked);
  if (!by_group && !by_status && expected != name_of(run.reason)) {
    fail("8", of_run(run) + " failed with " + name_of(run.reason) + ", not with '" + expected + "'");
  }
}

void Oracle::check_statuses(const Sight& sight, const Run& run) {
  if (sight.statuses_asked == 0 || 2 * sight.statuses_missing <= sight.statuses_asked) return;
  coverage.add("listings without most statuses");
  fail("8", of_run(run) + " is " + std::string(name_of(run.state)) + ", although " +
                std::to_string(sight.statuses_missing) + " of " + std::to_string(sight.statuses_asked) +
                " have no online status");
}

// A delete was answered as if there were no group, and the closing look has seen it.
void Oracle::check_told_gone(const Sight& sight, const Run& run) {
  if (!sight.told_gone || is_open(run.state) || !sight.group || run.mode == RunMode::kRestore) return;
  coverage.add("delete calls that call a living group gone");
  if (run.reason == Reason::kGone)
    fail("codes", of_run(run) + " ends as gone in a group that its closing look has seen");
}

void Oracle::check_plan(const Sight& sight, const Run& run, TimeMs now) {
  if (run.confirmed_at) return;  // made by another look, maybe by another policy; it is not carried out now
  const GroupInfo& group = *sight.planned_on;
  if (!type_is_supported(group.type)) fail("1", of_run(run) + " plans in a group of type " + group.type);
  if (!is_in_scope(run.group_id, group.type, run.policy)) fail("scope", of_run(run) + " plans outside of its scope");
  if (*group.member_num < *group.max_member_num) fail("1", of_run(run) + " plans in a group with room");
  if (*group.max_member_num < run.policy.min_capacity) {
    fail("1", of_run(run) + " plans in a group that is meant to be full");
  }
  if (run.members_before != group.member_num || run.max_members != group.max_member_num) {
    fail("history", of_run(run) + " does not name the members that its look showed");
  }
  if (run.policy.reader_backlog > 0 && !group.next_msg_seq) fail("8", of_run(run) + " plans without NextMsgSeq");
  if (capacity_is_absurd(*group.member_num, *group.max_member_num)) {
    fail("8", of_run(run) + " plans although the capacity can not be what the look says");
  }
  const auto rows = each_once(sight.listing);
  const std::string check =
      implausible(members_of(rows), *group.member_num, group.mute_all.value_or(false), run.policy);
  const bool doubled = any_doubled(rows) || (rows.size() != sight.listing.size() && group.type == "Community");
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
  check_doubled(rows, run, plan);
  check_no_raise(sight, run);
  if (rows.size() == sight.listing.size() || group.type != "Community") check_selection(sight, run, plan);
  check_jump(sight, run);
  if (run.state == RunState::kRunning) check_reservation(run, now);
}

void Oracle::check_doubled(const std::vector<Sight::Listed>& rows, const Run& run, const std::vector<RunMember>& plan) {
  for (const Sight::Listed& row : rows) {
    const bool selected =
        std::any_of(plan.begin(), plan.end(), [&](const RunMember& m) { return m.account == row.member.account; });
    if (row.doubled && selected) fail("8", of_run(run) + " selects " + row.member.account + ", who stands there twice");
  }
}

// Not each whom an earlier look has shown was noted then: but nobody else.
void Oracle::check_seen_twice(const Run& run, const std::vector<RunMember>& plan,
                              const std::vector<Member>& removable) {
  coverage.add("plans by a second look");
  if (runs_of(run.group_id).size() == 1) coverage.add("first plans that need no second one");
  std::size_t next = 0;
  for (const RunMember& member : plan) {
    while (next < removable.size() && removable[next].account != member.account) ++next;
    if (next < removable.size()) continue;
    fail("second look", of_run(run) + " selects " + member.account + ", who may not go, or not before the others");
    return;
  }
}

bool Oracle::was_seen_before(const std::string& group_id, const Member& member, DurationMs apart, TimeMs now) const {
  const auto seen = seen_.find({group_id, member.account});
  if (seen == seen_.end() || !member.msg_seq) return false;
  const auto first = seen->second.find(*member.msg_seq);
  return first != seen->second.end() && first->second <= now - apart + clock.slack();
}

// Exactly those who may be removed, the least recently alive first.
void Oracle::check_selection(const Sight& sight, const Run& run, const std::vector<RunMember>& plan) {
  // Before or after their row was read: who knows.
  if (orders.exempt_changed_at >= sight.really_began_at || sight.clock_steps != clock.steps()) return;
  if (skewed_restores_.contains(run.group_id)) return;
  const auto removed = removed_from(run.group_id, run.id);
  const auto returned = comebacks(run.group_id, removed, run.policy, sight.began_at);
  // Whose protection ended while the members were listed: who knows.
  const TimeMs later = clock.wall(sight.really_began_at) + kHourMs;
  if (returned != comebacks(run.group_id, removed, run.policy, later)) return;
  const auto sent = meant_to_go(run);
  const auto may_be_back = [&sent](const Member& member) {
    const auto known = sent.find(member.account);
    return known != sent.end() && member.join_time_s > known->second;
  };
  std::vector<Member> removable;
  bool looks_twice = false;
  for (const Sight::Listed& row : each_once(sight.listing)) {
    if (row.doubled) continue;
    if (!returned.contains(row.member.account) && may_be_back(row.member)) return;
    Facts facts;
    facts.now = row.at;
    facts.exempt = row.exempt;
    facts.returned = returned.contains(row.member.account);
    add_group(facts, *sight.planned_on);
    const auto status = sight.presence.find(row.member.account);
    if (status != sight.presence.end()) facts.presence = status->second;
    const auto apart = second_look_of(row.member, facts, run.policy);
    looks_twice = looks_twice || apart;
    if (apart && !was_seen_before(run.group_id, row.member, *apart, sight.committed_at)) continue;
    if (protection(row.member, facts, run.policy).empty()) removable.push_back(row.member);
  }
  std::sort(removable.begin(), removable.end(), goes_earlier);
  if (looks_twice) {
    check_seen_twice(run, plan, removable);
    return;
  }
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
  // What is in force when the plan is stored may cut it.
  const bool reloaded = book_.was_ever(sight.really_began_at - kSecondMs,
                                       [&](const Orders& then) { return !(then.policy == run.policy); });
  if (!day_limits && !reloaded && run.selected != expected) {
    fail("3", of_run(run) + " selects " + std::to_string(run.selected) + ", not " + std::to_string(expected));
  }
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
  if (group->state == GroupState::kGone && !gone_.contains(group_id) && !believed_gone_.contains(group_id)) {
    fail("state", group_id + " is gone, which Chat has never said");
  }
}

}  // namespace headroom::model
