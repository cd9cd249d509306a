// What a daemon changes at Chat: the oracle is asked as it goes out.
#include <algorithm>

#include "tests/model/world_chat_call.h"

namespace headroom::model {
namespace {

constexpr const char* kAdmin = "administrator";

}  // namespace

bool WorldChat::await_delete_turn() { return wait_for_turn("turn to DELETE", sight_.group_id, {}); }

Answer<Nothing> WorldChat::delete_group_member(const std::string& group_id, const std::vector<std::string>& accounts,
                                               bool, const std::string&, const MaySend& may_send) {
  const CallFault fault = draw("DELETE", true);
  const auto run_id = std::make_shared<std::int64_t>(0);
  const auto sent_at = std::make_shared<TimeMs>(0);
  std::vector<std::string> reached;
  if (fault.trouble == Trouble::kNone || fault.trouble == Trouble::kDoneUnsaid) reached = accounts;
  if (fault.trouble == Trouble::kPartly) {
    const auto count = std::min(fault.applied, accounts.size());
    reached.assign(accounts.begin(), accounts.begin() + static_cast<std::ptrdiff_t>(count));
  }
  const auto sends = [&] {
    if (may_send && !may_send()) {
      outside_.oracle.coverage.add("delete calls that were kept right before they went out");
      return false;
    }
    *sent_at = outside_.timeline.now();
    *run_id = outside_.oracle.sends(sight_, group_id, accounts, outside_.timeline.now());
    if (outside_.dice.chance(outside_.sickness)) outside_.faults.sick[group_id] = {outside_.timeline.now(), 10002};
    return true;
  };
  const auto apply = [&outside = outside_, group_id, reached, run_id, sent_at] {
    if (!outside.world.group(group_id)) return refused<Nothing>(chat_code::kGroupGone);
    outside.note_removal(group_id, reached);
    const auto removed = outside.world.remove(group_id, reached, kAdmin);
    outside.trace.say(outside.timeline.now(), "world", "removed from ", group_id, removed);
    outside.oracle.removed(*run_id, removed, *sent_at, outside.timeline.now());
    return done(Nothing{});
  };
  if (fault.late > 0) outside_.oracle.coverage.add("delete calls carried out late");
  auto answer = call<Nothing>("DELETE", fault, group_id, accounts, apply, sends);
  if (answer.code != 0 && answer.outcome != ChatOutcome::kOutcomeUnknown && answer.outcome != ChatOutcome::kNotSent) {
    const bool outright = answer.outcome == ChatOutcome::kRefused;
    outside_.oracle.refused(*run_id, accounts, outright, outside_.timeline.now());
    outside_.oracle.asked(group_id, accounts, *sent_at);
  }
  return answer;
}

Answer<Nothing> WorldChat::modify_group_base_info(const std::string& group_id, std::int64_t max_member_num,
                                                  const MaySend& may_send) {
  CallFault fault = draw("RAISE", true);
  if (fault.trouble == Trouble::kPartly) fault.trouble = Trouble::kNotDone;  // there are no parts
  const bool reaches = fault.trouble == Trouble::kNone || fault.trouble == Trouble::kDoneUnsaid;
  const auto run_id = std::make_shared<std::int64_t>(0);
  const auto sent_at = std::make_shared<TimeMs>(0);
  const auto sends = [&] {
    if (may_send && !may_send()) return false;
    *sent_at = outside_.timeline.now();
    *run_id = outside_.oracle.sets_limit(sight_, group_id, max_member_num, outside_.timeline.now());
    return true;
  };
  const auto apply = [&outside = outside_, group_id, max_member_num, reaches, run_id, sent_at] {
    if (!reaches) return done(Nothing{});
    const int code = outside.world.modify_max(group_id, max_member_num);
    if (code != 0) return refused<Nothing>(code);
    const std::int64_t limit = outside.world.group(group_id)->max_members;
    outside.trace.say(outside.timeline.now(), "world", group_id, " may have ", limit);
    outside.oracle.limit_set(*run_id, group_id, limit, outside.timeline.now() - *sent_at);
    return done(Nothing{});
  };
  if (fault.late > 0) outside_.oracle.coverage.add("calls that set a limit carried out late");
  auto answer = call<Nothing>("RAISE", fault, group_id, {}, apply, sends);
  if (answer.done()) outside_.oracle.limit_answered(*run_id);
  if (answer.outcome == ChatOutcome::kOutcomeUnknown) sent_unanswered_.insert(*run_id);
  if (answer.code != 0 && answer.outcome != ChatOutcome::kOutcomeUnknown && answer.outcome != ChatOutcome::kNotSent) {
    const bool outright = answer.outcome == ChatOutcome::kRefused;
    outside_.oracle.limit_refused(*run_id, outright ? answer.code : 0, sent_unanswered_.contains(*run_id));
  }
  return answer;
}

Answer<std::map<std::string, AddResult>> WorldChat::add_group_member(const std::string& group_id,
                                                                     const std::vector<std::string>& accounts, bool) {
  const CallFault fault = draw("ADD", true);
  const auto run_id = std::make_shared<std::int64_t>(0);
  const auto sent_at = std::make_shared<TimeMs>(0);
  if (fault.late > 0) outside_.oracle.coverage.add("add calls carried out late");
  std::vector<std::string> reached;
  if (answers(fault.trouble) || fault.trouble == Trouble::kDoneUnsaid) reached = accounts;
  auto answer = call<std::map<std::string, AddResult>>(
      "ADD", fault, group_id, accounts,
      [&outside = outside_, group_id, reached, run_id, sent_at] {
        const chatsim::AddOutcome outcome = outside.world.add(group_id, reached, kAdmin);
        if (outcome.code != 0) return refused<std::map<std::string, AddResult>>(outcome.code);
        std::map<std::string, AddResult> results;
        std::vector<std::string> added;
        for (const auto& [account, result] : outcome.results) {
          results[account] = static_cast<AddResult>(result);
          if (results[account] == AddResult::kAdded) added.push_back(account);
          if (results[account] == AddResult::kPending) outside.oracle.invited(group_id, account);
        }
        outside.note_return(group_id, added);
        outside.oracle.added(*run_id, added, *sent_at, outside.timeline.now());
        return done(std::move(results));
      },
      [&] {
        *sent_at = outside_.timeline.now();
        *run_id = outside_.oracle.adds(sight_, group_id, accounts, *sent_at);
        return true;
      });
  if (answer.outcome == ChatOutcome::kRefused) outside_.oracle.asked(group_id, accounts, *sent_at);
  for (const auto& [account, result] : answer.value) outside_.oracle.asked(group_id, {account}, *sent_at);
  return answer;
}

}  // namespace headroom::model
