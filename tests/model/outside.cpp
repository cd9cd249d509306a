// How Chat shows its members.
#include "tests/model/world_chat.h"

namespace headroom::model {

Role role_of(const std::string& role) {
  if (role == "Owner") return Role::kOwner;
  if (role == "Admin") return Role::kAdmin;
  return Role::kMember;
}

Member Outside::row_of(const std::string& group_id, const chatsim::Member& member) const {
  Member row{member.account, role_of(member.role), member.join_time_s, member.last_sent_s, member.msg_seq};
  row.mute_until_s = member.mute_until_s;
  const auto old = old_joins.find({group_id, member.account});
  if (old != old_joins.end() && old->second.real_s == member.join_time_s) row.join_time_s = old->second.shown_s;
  return row;
}

// Before it happens.
void Outside::note_removal(const std::string& group_id, const std::vector<std::string>& accounts) {
  if (!remembers_joins) return;
  for (const std::string& account : accounts) {
    if (const auto member = world.member(group_id, account)) {
      old_joins[{group_id, account}] = {-1, row_of(group_id, *member).join_time_s.value_or(0)};
    }
  }
}

void Outside::note_return(const std::string& group_id, const std::vector<std::string>& accounts) {
  for (const std::string& account : accounts) {
    const auto old = old_joins.find({group_id, account});
    const auto member = world.member(group_id, account);
    if (old != old_joins.end() && member) old->second.real_s = member->join_time_s;
  }
}

}  // namespace headroom::model
