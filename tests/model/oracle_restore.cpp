// Restores, and those whom they or their own feet brought back.
#include <algorithm>

#include "headroom/names.h"
#include "tests/model/oracle.h"
#include "tests/model/rules.h"
#include "text/time_text.h"

namespace headroom::model {
namespace {

std::string of_restore(const Run& run) { return "restore " + std::to_string(run.id) + " in " + run.group_id; }

std::int64_t count_of(const std::vector<RunMember>& members, Outcome outcome) {
  return std::count_if(members.begin(), members.end(), [&](const RunMember& m) { return m.outcome == outcome; });
}

const RunMember* find(const std::vector<RunMember>& members, const std::string& account) {
  const auto found =
      std::find_if(members.begin(), members.end(), [&](const RunMember& m) { return m.account == account; });
  return found == members.end() ? nullptr : &*found;
}

}  // namespace

std::vector<Run> Oracle::runs_of(const std::string& group_id) const {
  std::vector<Run> all;
  PageRequest page{1000, std::nullopt};
  do {
    const Page<Run> runs = view->runs({.group_id = group_id}, page);
    all.insert(all.end(), runs.items.begin(), runs.items.end());
    page.before_id = runs.next_before_id;
  } while (page.before_id);
  std::reverse(all.begin(), all.end());
  return all;
}

// Protected for twice inactive_for from the day on which the return was seen.
bool Oracle::has_been_back_for_long(const std::string& group_id, const std::string& account, const Policy& policy,
                                    TimeMs now) const {
  const auto removals = view->removals(group_id, {account});
  const auto removal = removals.find(account);
  return removal != removals.end() && removal->second.rejoined_at &&
         now >= *removal->second.rejoined_at + 2 * policy.inactive_for;
}

Oracle::Removed Oracle::removed_from(const std::string& group_id, std::int64_t but) const {
  Removed removed;
  for (const Run& run : runs_of(group_id)) {
    if (run.id == but ||
        (run.removed == 0 && run.restored == 0 && run.state != RunState::kRunning && run.mode != RunMode::kRestore)) {
      continue;
    }
    for (const RunMember& member : view->plan(run.id)) {
      const bool sent_back = member.outcome == Outcome::kRestored || member.outcome == Outcome::kPending;
      if (member.outcome == Outcome::kRemoved) removed[member.account] = std::nullopt;
      if (sent_back && removed.contains(member.account)) removed[member.account] = member.sent_at;
    }
  }
  return removed;
}

std::set<std::string> Oracle::comebacks(const std::string& group_id, const Removed& removed, const Policy& policy,
                                        TimeMs now) const {
  std::set<std::string> accounts;
  for (const auto& [account, sent_back_at] : removed) {
    const bool protects = sent_back_at ? policy.newcomer_grace > 0 && now < *sent_back_at + policy.newcomer_grace
                                       : !has_been_back_for_long(group_id, account, policy, now);
    if (protects) accounts.insert(account);
  }
  return accounts;
}

std::int64_t Oracle::adds(Sight& sight, const std::string& group_id, const std::vector<std::string>& accounts,
                          TimeMs now) {
  coverage.add("add calls");
  const auto run = view == nullptr ? std::nullopt : view->open_run(group_id);
  if (!run || run->state != RunState::kRunning || run->mode != RunMode::kRestore || !run->source_run_id) {
    fail("restore", "members are added to " + group_id + " without a running restore on disk");
    return 0;
  }
  const std::vector<RunMember> plan = view->plan(run->id);
  const std::vector<RunMember> source = view->plan(*run->source_run_id);
  for (const std::string& account : accounts) {
    const RunMember* planned = find(plan, account);
    const RunMember* removed = find(source, account);
    const std::string who = of_restore(*run) + " adds " + account;
    if (came_and_left(group_id, account, *run->source_run_id)) fail("restore", who + ", who had come back and left");
    if (planned == nullptr || removed == nullptr || removed->outcome != Outcome::kRemoved) {
      fail("restore", who + ", whom its run did not remove");
      continue;
    }
    if (!planned->sent_at) fail("restore", who + " without the intent on disk");
    if (planned->outcome != Outcome::kNone) fail("restore", who + ", who has an outcome");
    if (!sight.asked_for.contains(account)) fail("restore", who + " without a fresh look-up");
    if (sight.rows.contains(account)) fail("restore", who + ", who is in the group");
    undecided_[run->id][account] = now;
  }
  if (!sight.group || !sight.group->member_num || !sight.group->max_member_num) {
    fail("restore", of_restore(*run) + " adds without a look at the group since its last call");
  } else if (static_cast<std::int64_t>(accounts.size()) > *sight.group->max_member_num - *sight.group->member_num - 1) {
    fail("restore", of_restore(*run) + " leaves no seat free");
  }
  sight.forget_looks();
  return run->id;
}

void Oracle::seen(const std::string& group_id, const Member& member, TimeMs now) {
  if (member.msg_seq) seen_[{group_id, member.account}].try_emplace(*member.msg_seq, now);
}

void Oracle::asked(const std::string& group_id, const std::vector<std::string>& accounts, TimeMs now) {
  for (const std::string& account : accounts) asked_[{group_id, account}].insert(now);
}

bool Oracle::is_back(const std::string& group_id, const Member& member) const {
  for (const auto& [run_id, members] : fates_) {
    const auto fate = members.find(member.account);
    if (fate == members.end() || !fate->second.removed_at || sending_.at(run_id).group_id != group_id) continue;
    if (member.join_time_s && fate->second.joined_s && *member.join_time_s > *fate->second.joined_s &&
        *member.join_time_s * 1000 >= *fate->second.removed_at && !was_added(member.account)) {
      return true;
    }
  }
  return false;
}

// Whom runs of the group, but this one, meant to send once (a daemon that dies does not know whether it did), with the
// earliest JoinTime that they were planned with: whoever is there with a later one may be back.
std::map<std::string, std::optional<std::int64_t>> Oracle::meant_to_go(const Run& but) const {
  std::map<std::string, std::optional<std::int64_t>> joined;
  for (const Run& run : runs_of(but.group_id)) {
    if (run.id == but.id || run.mode == RunMode::kRestore) continue;
    for (const RunMember& member : view->plan(run.id)) {
      if (!member.sent_at) continue;
      const auto [known, is_new] = joined.try_emplace(member.account, member.joined_at_s);
      if (!is_new) known->second = std::min(known->second, member.joined_at_s);
    }
  }
  return joined;
}

bool Oracle::was_added(const std::string& account) const {
  return std::any_of(added_.begin(), added_.end(),
                     [&](const auto& restore) { return restore.second.contains(account); });
}

// A listing that was followed by a commit had shown them inside after that run had removed them, and none has removed
// them since: that they are outside is their own doing.
bool Oracle::came_and_left(const std::string& group_id, const std::string& account, std::int64_t source) const {
  const auto group = seen_back_.find(group_id);
  if (group == seen_back_.end() || was_added(account)) return false;
  const auto seen = group->second.find(account);
  const auto fates = fates_.find(source);
  if (seen == group->second.end() || fates == fates_.end()) return false;
  const auto fate = fates->second.find(account);
  if (fate == fates->second.end() || !fate->second.removed_at) return false;
  return std::all_of(fates_.begin(), fates_.end(), [&](const auto& run) {
    const auto other = run.second.find(account);
    return other == run.second.end() || sending_.at(run.first).group_id != group_id ||
           other->second.removed_at.value_or(0) < seen->second;
  });
}

void Oracle::added(std::int64_t run_id, const std::vector<std::string>& accounts, TimeMs sent_at, TimeMs now) {
  for (const std::string& account : accounts) added_[run_id][account] = {sent_at, now};
}

void Oracle::check_restored(const Run& run, const std::vector<RunMember>& plan) {
  if (run.restored != count_of(plan, Outcome::kRestored)) fail("history", of_restore(run) + " miscounts the restored");
  if (run.removed != 0) fail("history", of_restore(run) + " removed somebody");
  if (!run.finished_at) fail("history", of_restore(run) + " is closed without a time");
  const bool back = count_of(plan, Outcome::kRestored) + count_of(plan, Outcome::kPending) > 0;
  const bool did = run.state == RunState::kSucceeded || run.state == RunState::kPartial;
  if (did != back) fail("history", of_restore(run) + " is " + std::string(name_of(run.state)) + ", which is not so");
  const bool unsure = unsure_.contains(run.id) || unsure_.contains(*run.source_run_id) || gone_.contains(run.group_id);
  if (unsure) return;
  const auto known = times_.find(run.id);
  const TimeMs finished_at =
      known == times_.end() || !known->second.finished_at ? *run.finished_at : *known->second.finished_at;
  const auto happened = [&](const Passages& passages, const std::string& account, TimeMs from, TimeMs to) {
    return std::any_of(passages.begin(), passages.end(), [&](const auto& passage) {
      return passage.first == account && passage.second >= from && passage.second <= to;
    });
  };
  for (const RunMember& member : plan) {
    const std::string who =
        of_restore(run) + ": " + member.account + " is '" + std::string(name_of(member.outcome)) + "'";
    const bool inside = member.outcome == Outcome::kRestored || member.outcome == Outcome::kAlreadyMember;
    if (member.outcome == Outcome::kNone) fail("history", who + " at its end");
    if (inside && !happened(ins_[run.group_id], member.account, 0, finished_at))
      fail("history", who + ", and never came back");
    const auto& added = added_[run.id];
    const auto ours = added.find(member.account);
    if (ours == added.end()) continue;
    if (!member.sent_at) fail("history", who + ", and was added, which nothing says");
    const TimeMs sent_at = ours->second.sent_at;
    const TimeMs known_until = std::max(last_known(run, member.account, sent_at, finished_at), sent_at + kCallLasts);
    if (ours->second.at > known_until) {  // by a call that was carried out late
      if (ours->second.at <= finished_at) coverage.add("members of restores added between their outcome and its end");
      continue;
    }
    const bool stayed = !happened(outs_[run.group_id], member.account, ours->second.at, known_until);
    const bool given_up = member.outcome == Outcome::kUnknown;
    if (stayed && !given_up && member.outcome != Outcome::kRestored) {
      fail("history",
           who + " since " + format_time(finished_at) + ", and was added at " + format_time(ours->second.at));
    }
  }
}

// Who was restored counts with the run that removed them, too.
void Oracle::check_sources(const std::map<std::int64_t, Run>& runs) {
  std::map<std::int64_t, std::int64_t> restored;
  for (const auto& [id, run] : runs) {
    if (run.source_run_id && !is_open(run.state)) restored[*run.source_run_id] += run.restored;
  }
  for (const auto& [id, count] : restored) {
    const Run& source = runs.at(id);
    if (source.restored != std::min(count, source.removed)) {
      fail("history", "run " + std::to_string(id) + " says that " + std::to_string(source.restored) + " of its " +
                          std::to_string(source.removed) + " were restored, and " + std::to_string(count) + " were");
    }
  }
}

}  // namespace headroom::model
