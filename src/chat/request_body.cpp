#include "chat/request_body.h"

#include <array>
#include <string_view>
#include <utility>

#include "text/json_object.h"

namespace headroom::request_body {
namespace {

constexpr int kMaxListedGroups = 10'000;  // [34960]

// nullopt: an id is no UTF-8, and Chat would be asked about another one.
Body body_of(JsonObject& object) {
  std::string json = object.finish();
  return object.repaired() ? std::nullopt : Body(std::move(json));
}

constexpr std::array<std::string_view, 7> kGroupFields = {"Type",       "Name",        "MemberNum",    "MaxMemberNum",
                                                          "NextMsgSeq", "LastMsgTime", "MuteAllMember"};
constexpr std::array<std::string_view, 5> kMemberFields = {"Role", "JoinTime", "MsgSeq", "LastSendMsgTime",
                                                           "MuteUntil"};

}  // namespace

Body get_group_info(const std::vector<std::string>& group_ids) {
  JsonObject object;
  object.list("GroupIdList", group_ids);
  object.begin_object("ResponseFilter");
  object.list("GroupBaseInfoFilter", kGroupFields);
  object.end_object();
  return body_of(object);
}

Body get_group_member_info(const MemberQuery& query) {
  JsonObject object;
  object.text("GroupId", query.group_id);
  object.number("Limit", query.limit);
  if (query.community) {
    object.text("Next", query.next);
  } else {
    object.number("Offset", query.offset);
  }
  object.list("MemberInfoFilter", kMemberFields);
  return body_of(object);
}

Body get_specified_group_member_info(const std::string& group_id, const std::vector<std::string>& accounts) {
  JsonObject object;
  object.text("GroupId", group_id);
  object.list("Member_List_Account", accounts);
  object.list("MemberInfoFilter", kMemberFields);
  return body_of(object);
}

Body get_role_in_group(const std::string& group_id, const std::vector<std::string>& accounts) {
  JsonObject object;
  object.text("GroupId", group_id);
  object.list("User_Account", accounts);
  return body_of(object);
}

Body query_online_status(const std::vector<std::string>& accounts) {
  JsonObject object;
  object.list("To_Account", accounts);
  object.number("IsNeedDetail", 0);
  return body_of(object);
}

Body delete_group_member(const std::string& group_id, const std::vector<std::string>& accounts, bool silence,
                         const std::string& reason) {
  JsonObject object;
  object.text("GroupId", group_id);
  object.number("Silence", silence ? 1 : 0);
  object.text("Reason", reason);
  object.list("MemberToDel_Account", accounts);
  return body_of(object);
}

Body modify_group_base_info(const std::string& group_id, std::int64_t max_member_num) {
  JsonObject object;
  object.text("GroupId", group_id);
  object.number("MaxMemberNum", max_member_num);
  return body_of(object);
}

Body add_group_member(const std::string& group_id, const std::vector<std::string>& accounts, bool silence) {
  JsonObject object;
  object.text("GroupId", group_id);
  object.number("Silence", silence ? 1 : 0);
  object.begin_list("MemberList");
  for (const std::string& account : accounts) {
    object.begin_item();
    object.text("Member_Account", account);
    object.end_object();
  }
  object.end_list();
  return body_of(object);
}

Body get_appid_group_list(const std::string& type, std::uint64_t next) {
  JsonObject object;
  object.number("Limit", kMaxListedGroups);
  object.unsigned_number("Next", next);
  if (!type.empty()) object.text("GroupType", type);
  return body_of(object);
}

}  // namespace headroom::request_body
