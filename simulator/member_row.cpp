#include "simulator/member_row.h"

namespace chatsim {

const std::vector<std::string_view>& member_field_names() {
  static const std::vector<std::string_view> names = {
      "Member_Account",  "Account",   "Role",        "JoinTime", "MsgSeq",      "MsgFlag",
      "LastSendMsgTime", "MuteUntil", "ShutUpUntil", "NameCard", "OnlineStatus"};
  return names;
}

rapidjson::Value member_row(const World& world, const Member& member, const RowFilter& filter,
                            rapidjson::Document::AllocatorType& memory) {
  rapidjson::Value row(rapidjson::kObjectType);
  row.AddMember("Member_Account", rapidjson::Value(member.account, memory), memory);
  if (filter.wants("Role")) row.AddMember("Role", rapidjson::Value(member.role, memory), memory);
  if (filter.wants("JoinTime")) row.AddMember("JoinTime", member.join_time_s, memory);
  if (filter.wants("MsgSeq")) row.AddMember("MsgSeq", member.msg_seq, memory);
  if (filter.wants("MsgFlag")) row.AddMember("MsgFlag", "AcceptAndNotify", memory);
  if (filter.wants("LastSendMsgTime")) row.AddMember("LastSendMsgTime", member.last_sent_s, memory);
  if (filter.wants("MuteUntil")) row.AddMember("MuteUntil", member.mute_until_s, memory);
  if (filter.asks_for("ShutUpUntil")) row.AddMember("ShutUpUntil", member.mute_until_s, memory);
  if (filter.wants("NameCard")) row.AddMember("NameCard", "", memory);
  if (filter.asks_for("OnlineStatus")) {
    const bool online = world.presence(member.account) == Presence::kOnline;
    row.AddMember("OnlineStatus", rapidjson::StringRef(online ? "Online" : "Offline"), memory);
  }
  return row;
}

}  // namespace chatsim
