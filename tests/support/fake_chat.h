#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "headroom/chat_api.h"
#include "tests/support/reason_words.h"

namespace headroom::support {

// A Chat in memory, for one thread. Answers that wait in `refusals` are given first, one a call.
class FakeChat : public ChatApi {
 public:
  struct Refusal {
    ChatOutcome outcome = ChatOutcome::kOutcomeUnknown;
    int code = 0;
  };

  void put_group(const std::string& id, const std::string& type, std::int64_t count, std::int64_t seats) {
    groups[id] = {id, 0, type, "Group " + id, count, seats, 5000};
  }

  Answer<std::vector<GroupInfo>> get_group_info(const std::vector<std::string>& ids) override {
    note("get_group_info");
    sent_at = steady();
    looks.push_back(ids);
    if (before_look) before_look();
    if (auto refusal = take(look_refusals)) return {refusal->outcome, refusal->code, "", {}};
    const auto bad = [this](const std::string& id) { return undigestible.contains(id); };
    if (std::any_of(ids.begin(), ids.end(), bad)) return {ChatOutcome::kOutcomeUnknown, 0, "HTTP status 502", {}};
    for (const std::string& id : ids) {
      if (const auto culprit = culprits.find(id); culprit != culprits.end()) {
        return {culprit->second.outcome, culprit->second.code, "", {}};
      }
    }
    Answer<std::vector<GroupInfo>> answer{ChatOutcome::kDone, 0, "", {}};
    for (const std::string& id : ids) {
      const auto found = groups.find(id);
      GroupInfo missing;
      missing.group_id = id;
      missing.error_code = chat_code::kGroupGone;
      answer.value.push_back(found == groups.end() ? missing : found->second);
    }
    return answer;
  }
  // All members on one page.
  Answer<MemberPage> get_group_member_info(const MemberQuery& query) override {
    note("get_group_member_info");
    if (before_list) before_list();
    if (auto refusal = take(list_members_refusals)) return {refusal->outcome, refusal->code, "", {}};
    return {ChatOutcome::kDone, 0, "", {members[query.group_id], std::ssize(members[query.group_id]), ""}};
  }
  Answer<std::vector<Member>> get_specified_group_member_info(const std::string& group_id,
                                                              const std::vector<std::string>& accounts) override {
    note("get_specified_group_member_info");
    sent_at = steady();
    if (auto refusal = take(member_refusals)) return {refusal->outcome, refusal->code, "", {}};
    Answer<std::vector<Member>> answer{ChatOutcome::kDone, 0, "", {}};
    for (const Member& member : members[group_id]) {
      if (std::find(accounts.begin(), accounts.end(), member.account) != accounts.end()) answer.value.push_back(member);
    }
    return answer;
  }
  Answer<std::map<std::string, Role>> get_role_in_group(const std::string& group_id,
                                                        const std::vector<std::string>& accounts) override {
    note("get_role_in_group");
    if (auto refusal = take(role_refusals)) return {refusal->outcome, refusal->code, "", {}};
    Answer<std::map<std::string, Role>> answer{ChatOutcome::kDone, 0, "", {}};
    for (const std::string& account : accounts) {
      if (roles_left_out.contains(account)) continue;
      const auto& all = members[group_id];
      const auto found = std::find_if(all.begin(), all.end(), [&](const auto& m) { return m.account == account; });
      answer.value[account] = found == all.end() ? Role::kNotMember : found->role;
    }
    return answer;
  }
  Answer<std::map<std::string, Presence>> query_online_status(const std::vector<std::string>&) override {
    note("query_online_status");
    if (before_presence) before_presence();
    sent_at = steady();
    if (auto refusal = take(presence_refusals)) return {refusal->outcome, refusal->code, "", {}};
    return {ChatOutcome::kDone, 0, "", presence};
  }
  bool await_delete_turn() override {
    note("await_delete_turn");
    if (before_turn) before_turn();
    return true;
  }
  // Removes them, unless a refusal waits: an unknown outcome with code 0 removes them, too (the answer was lost).
  Answer<Nothing> delete_group_member(const std::string& group_id, const std::vector<std::string>& accounts, bool,
                                      const std::string&, const MaySend& may_send) override {
    if (before_delete) before_delete();
    sent_at = steady();
    if (may_send && !may_send()) return {ChatOutcome::kNotSent, 0, "", {}};
    note("delete_group_member");
    deletes.push_back(accounts);
    const auto refusal = take(delete_refusals);
    const bool lost = refusal && refusal->outcome == ChatOutcome::kOutcomeUnknown && refusal->code == 0;
    if (refusal && !lost) return {refusal->outcome, refusal->code, "", {}};
    const auto gone = std::erase_if(members[group_id], [&](const Member& member) {
      return std::find(accounts.begin(), accounts.end(), member.account) != accounts.end();
    });
    if (const auto group = groups.find(group_id); group != groups.end() && group->second.member_num) {
      *group->second.member_num -= static_cast<std::int64_t>(gone);
    }
    if (after_delete) after_delete();
    if (refusal) return {refusal->outcome, refusal->code, "", {}};
    return {ChatOutcome::kDone, 0, "", {}};
  }
  // Sets it, at most to `ceiling`, unless a refusal waits: an unknown outcome with code 0 sets it, too (the answer was
  // lost).
  Answer<Nothing> modify_group_base_info(const std::string& group_id, std::int64_t max_member_num,
                                         const MaySend& may_send) override {
    if (before_raise) before_raise();
    sent_at = steady();
    if (may_send && !may_send()) return {ChatOutcome::kNotSent, 0, "", {}};
    note("modify_group_base_info");
    limits_set.push_back(max_member_num);
    const auto refusal = take(raise_refusals);
    const bool lost = refusal && refusal->outcome == ChatOutcome::kOutcomeUnknown && refusal->code == 0;
    if (refusal && !lost) return {refusal->outcome, refusal->code, "", {}};
    if (const auto group = groups.find(group_id); group != groups.end()) {
      group->second.max_member_num = std::min(max_member_num, ceiling);
    }
    if (after_raise) after_raise();
    if (refusal) return {refusal->outcome, refusal->code, "", {}};
    return {ChatOutcome::kDone, 0, "", {}};
  }
  SteadyMs last_sent_at() const override { return sent_at; }
  Answer<std::map<std::string, AddResult>> add_group_member(const std::string&, const std::vector<std::string>&,
                                                            bool) override {
    note("add_group_member");
    return {};
  }
  // Pages of `list_page` groups of the type, in order of id; the cursor is far beyond 53 bits.
  Answer<GroupListPage> get_appid_group_list(const std::string& type, std::uint64_t next) override {
    note("get_appid_group_list");
    listings.emplace_back(type, next);
    if (auto refusal = take(list_refusals)) return {refusal->outcome, refusal->code, "", {}};
    if (const auto code = type_codes.find(type); code != type_codes.end()) {
      return {classify(code->second), code->second, "", {}};
    }
    Answer<GroupListPage> answer{ChatOutcome::kDone, 0, "", {}};
    std::size_t position = 0;
    const std::size_t from = next == 0 ? 0 : next - kCursorBase;
    for (const auto& [id, info] : groups) {
      if (info.type != type) continue;
      if (position++ < from) continue;
      if (answer.value.group_ids.size() == list_page) {
        answer.value.next = kCursorBase + position - 1;
        break;
      }
      answer.value.group_ids.push_back(id);
    }
    return answer;
  }
  std::optional<DurationMs> clock_offset() const override { return offset; }

  int calls(const std::string& api) const {
    const auto found = counts_.find(api);
    return found == counts_.end() ? 0 : found->second;
  }
  int all_calls() const {
    int all = 0;
    for (const auto& [api, count] : counts_) all += count;
    return all;
  }

  static constexpr std::uint64_t kCursorBase = 0xF000'0000'0000'0000U;

  std::map<std::string, GroupInfo> groups;
  std::map<std::string, std::vector<Member>> members;
  std::map<std::string, Presence> presence;
  std::optional<DurationMs> offset = 0;
  std::size_t list_page = 3;
  std::set<std::string> undigestible;     // groups whose calls have no answer
  std::map<std::string, int> type_codes;  // types whose listing is refused, for ever
  std::deque<Refusal> look_refusals, member_refusals, list_members_refusals, presence_refusals, list_refusals,
      role_refusals, delete_refusals, raise_refusals;
  std::map<std::string, Refusal> culprits;  // groups for which every look ends so, whomever it asks for beside them
  // While the call is under way, or waits.
  std::function<void()> before_look, before_list, before_turn, before_presence, before_delete, after_delete,
      before_raise, after_raise;
  std::set<std::string> roles_left_out;  // of the answers of get_role_in_group
  std::vector<std::vector<std::string>> deletes;
  std::vector<std::int64_t> limits_set;  // by calls that went out
  std::int64_t ceiling = 1000000;        // above it Chat says OK and sets it
  std::function<SteadyMs()> steady = [] { return SteadyMs{}; };
  SteadyMs sent_at;

  std::vector<std::vector<std::string>> looks;
  std::vector<std::pair<std::string, std::uint64_t>> listings;

 private:
  void note(const std::string& api) { ++counts_[api]; }
  static std::optional<Refusal> take(std::deque<Refusal>& refusals) {
    if (refusals.empty()) return std::nullopt;
    const Refusal refusal = refusals.front();
    refusals.pop_front();
    return refusal;
  }

  std::map<std::string, int> counts_;
};

}  // namespace headroom::support
