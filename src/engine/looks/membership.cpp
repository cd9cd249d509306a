#include "engine/looks/membership.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace headroom {
namespace {

// Accounts that Chat does not call NotMember. nullopt: this type of group has no roles to ask for.
OrStop<std::optional<std::vector<std::string>>> not_proven_out(ChatSession& chat, const std::string& group_id,
                                                               const std::vector<std::string>& accounts) {
  std::vector<std::string> rest;
  for (std::size_t from = 0; from < accounts.size(); from += kMaxAccountsPerStatus) {
    const auto first = accounts.begin() + static_cast<std::ptrdiff_t>(from);
    const auto count = std::min(kMaxAccountsPerStatus, accounts.size() - from);
    const std::vector<std::string> part(first, first + static_cast<std::ptrdiff_t>(count));
    const auto answer = chat.roles(group_id, part);
    if (answer.outcome == ChatOutcome::kRefused && !means_gone(answer.code)) {
      return std::optional<std::vector<std::string>>{};
    }
    if (!answer.done()) return chat.stop_for(answer.outcome, answer.code);
    for (const std::string& account : part) {
      const auto role = answer.value.find(account);
      if (role == answer.value.end() || role->second != Role::kNotMember) rest.push_back(account);
    }
  }
  return std::optional(std::move(rest));
}

}  // namespace

std::vector<std::string> accounts_of(const std::vector<RunMember>& members) {
  std::vector<std::string> accounts;
  accounts.reserve(members.size());
  for (const RunMember& member : members) accounts.push_back(member.account);
  return accounts;
}

bool joined_anew(const std::optional<std::int64_t>& join_time_s, const std::optional<std::int64_t>& planned_s) {
  return join_time_s && planned_s && *join_time_s > *planned_s;
}

Standings::Standings(ReadView& view, const GroupInfo& group, const std::vector<std::string>& accounts,
                     std::string admin_identifier, TimeMs now)
    : admin_identifier_(std::move(admin_identifier)),
      exempt_(view.exempt_members(accounts, now)),
      removals_(view.removals(group.group_id, accounts)),
      first_looks_(view.first_looks(group.group_id, accounts)) {
  const auto known = view.find_group(group.group_id);
  of_all_.now = now;
  of_all_.next_msg_seq = group.next_msg_seq;
  of_all_.last_msg_time_s = group.last_msg_time_s;
  of_all_.mute_all = group.mute_all.value_or(false);
  of_all_.silent = known && known->silent;
  of_all_.chat_room = group_type(group.type) == GroupType::kChatRoom;
}

JudgeContext Standings::context_of(const std::string& account, const std::optional<std::int64_t>& join_time_s) const {
  JudgeContext context = of_all_;
  if (const auto exempt = exempt_.find(account); exempt != exempt_.end()) {
    context.exempt = true;
    context.exempt_until = exempt->second;
  }
  context.service = is_service_account(account, {admin_identifier_});
  if (const auto look = first_looks_.find(account); look != first_looks_.end()) context.first_look = look->second;
  const auto removal = removals_.find(account);
  if (removal == removals_.end()) return context;
  // A delete call that nobody saw carried out may have been, late: who joined anew has come back from it.
  const bool was_removed =
      removal->second.certain || removal->second.rejoined_at || joined_anew(join_time_s, removal->second.joined_at_s);
  if (!was_removed) return context;
  // A member whom headroom removed once, and who is there again, is protected: it was wrong about them.
  if (!removal->second.restored_at) context.returned_at = removal->second.rejoined_at.value_or(context.now);
  context.restored_at = removal->second.restored_at;
  return context;
}

OrStop<Found> find_removed(ChatSession& chat, const std::string& group_id, bool community,
                           const std::vector<RunMember>& members) {
  std::vector<std::string> rest = accounts_of(members);
  bool roles_known = false;
  if (!community) {  // get_role_in_group is not documented for a Community [34963]
    auto asked = not_proven_out(chat, group_id, rest);
    if (auto* stop = std::get_if<Stop>(&asked)) return *stop;
    if (auto& named = std::get<0>(asked)) {
      rest = std::move(*named);
      roles_known = true;
    }
  }
  auto looked = chat.members(group_id, rest);
  if (auto* stop = std::get_if<Stop>(&looked)) return *stop;
  const auto& rows = std::get<0>(looked);

  Found found;
  std::map<std::string, bool>& out = found.out;
  for (const RunMember& member : members) out[member.account] = true;
  // Where Chat can say NotMember, a missing row says nothing; elsewhere it is all there is. Who came back and left
  // again between the two questions is asked about once more.
  if (roles_known) {
    std::erase_if(rest, [&](const std::string& account) { return rows.contains(account); });
    auto asked = not_proven_out(chat, group_id, rest);
    if (auto* stop = std::get_if<Stop>(&asked)) return *stop;
    for (const std::string& account : std::get<0>(asked).value_or(rest)) out[account] = false;
  }
  for (const RunMember& member : members) {
    const auto row = rows.find(member.account);
    if (row == rows.end()) continue;
    const bool is_back = joined_anew(row->second.join_time_s, member.joined_at_s);
    out[member.account] = is_back;
    if (is_back) found.back.push_back(member.account);
  }
  return found;
}

}  // namespace headroom
