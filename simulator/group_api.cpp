// get_group_info [34961] and get_appid_group_list [34960].
#include <algorithm>

#include "simulator/api_command.h"
#include "simulator/json_field.h"
#include "simulator/member_row.h"

namespace chatsim {
namespace {

using rapidjson::Value;
using Memory = rapidjson::Document::AllocatorType;

const std::vector<std::string_view> kGroupFields = {"Type",
                                                    "Name",
                                                    "Introduction",
                                                    "Notification",
                                                    "FaceUrl",
                                                    "Owner_Account",
                                                    "CreateTime",
                                                    "InfoSeq",
                                                    "LastInfoTime",
                                                    "LastMsgTime",
                                                    "NextMsgSeq",
                                                    "MemberNum",
                                                    "MaxMemberNum",
                                                    "OnlineMemberNum",
                                                    "ApplyJoinOption",
                                                    "InviteJoinOption",
                                                    "MuteAllMember",
                                                    "ShutUpAllMember"};

struct GroupInfoFilter {
  RowFilter group;
  RowFilter member;
  bool members = false;
};

std::optional<GroupInfoFilter> parse_filter(const Value& body) {
  const Value* filter = field(body, "ResponseFilter");
  if (filter == nullptr) return GroupInfoFilter{{}, {}, true};
  if (!filter->IsObject()) return std::nullopt;
  const Value* member_fields = field(*filter, "MemberInfoFilter");
  const auto group = RowFilter::parse(field(*filter, "GroupBaseInfoFilter"), kGroupFields);
  const auto member = RowFilter::parse(member_fields, member_field_names());
  if (!group || !member) return std::nullopt;
  return GroupInfoFilter{*group, *member, member_fields != nullptr};
}

Value group_error(const std::string& id, int code, Memory& memory) {
  Value out(rapidjson::kObjectType);
  out.AddMember("GroupId", Value(id, memory), memory);
  out.AddMember("ErrorCode", code, memory);
  out.AddMember("ErrorInfo", rapidjson::StringRef(code == 10010 ? "this group does not exist" : "group id error"),
                memory);
  return out;
}

void add_texts(Value& out, const GroupInfo& group, const RowFilter& filter, Memory& memory) {
  if (filter.wants("Type")) out.AddMember("Type", Value(group.type, memory), memory);
  if (filter.wants("Name")) out.AddMember("Name", Value(group.name, memory), memory);
  for (const char* name : {"Introduction", "Notification", "FaceUrl"}) {
    if (filter.wants(name)) out.AddMember(rapidjson::StringRef(name), "", memory);
  }
  if (filter.wants("Owner_Account") && !group.owner.empty()) {
    out.AddMember("Owner_Account", Value(group.owner, memory), memory);
  }
  if (filter.wants("ApplyJoinOption")) out.AddMember("ApplyJoinOption", "FreeAccess", memory);
  const auto mute_all = rapidjson::StringRef(group.mute_all ? "On" : "Off");
  if (filter.wants("MuteAllMember")) out.AddMember("MuteAllMember", mute_all, memory);
  if (filter.asks_for("ShutUpAllMember")) out.AddMember("ShutUpAllMember", mute_all, memory);
}

void add_numbers(Value& out, const GroupInfo& group, const RowFilter& filter, Memory& memory) {
  if (filter.wants("CreateTime")) out.AddMember("CreateTime", group.create_time_s, memory);
  if (filter.wants("InfoSeq")) out.AddMember("InfoSeq", 1, memory);
  if (filter.wants("LastInfoTime")) out.AddMember("LastInfoTime", group.create_time_s, memory);
  if (filter.wants("LastMsgTime")) out.AddMember("LastMsgTime", group.last_msg_s, memory);
  if (filter.wants("NextMsgSeq")) out.AddMember("NextMsgSeq", group.next_msg_seq, memory);
  if (group.unlimited()) return;
  if (filter.wants("MemberNum")) out.AddMember("MemberNum", group.member_num, memory);
  if (filter.wants("MaxMemberNum")) out.AddMember("MaxMemberNum", group.max_members, memory);
}

Value group_element(const ApiCall& call, const std::string& id, const GroupInfoFilter& filter, Memory& memory) {
  if (!is_group_id(id)) return group_error(id, 10015, memory);
  const auto group = call.world.group(id);
  if (!group) return group_error(id, 10010, memory);
  Value out(rapidjson::kObjectType);
  out.AddMember("GroupId", Value(id, memory), memory);
  out.AddMember("ErrorCode", 0, memory);
  out.AddMember("ErrorInfo", "", memory);
  add_texts(out, *group, filter.group, memory);
  add_numbers(out, *group, filter.group, memory);
  if (filter.members && !group->unlimited()) {
    Value rows(rapidjson::kArrayType);
    for (const Member& member : call.world.members(id)) {
      rows.PushBack(member_row(call.world, member, filter.member, memory), memory);
    }
    out.AddMember("MemberList", rows, memory);
  }
  return out;
}

}  // namespace

ApiReply run_get_group_info(const ApiCall& call) {
  const auto ids = texts(field(call.body, "GroupIdList"));
  if (!ids || ids->empty() || ids->size() > call.limits.group_info_batch) return ApiReply(10004, "GroupIdList");
  const auto filter = parse_filter(call.body);
  if (!filter) return ApiReply(10004, "ResponseFilter");
  ApiReply reply;
  auto& memory = reply.body.GetAllocator();
  Value elements(rapidjson::kArrayType);
  for (const std::string& id : *ids) elements.PushBack(group_element(call, id, *filter, memory), memory);
  reply.body.AddMember("GroupInfo", elements, memory);
  return reply;
}

ApiReply run_get_appid_group_list(const ApiCall& call) {
  const Value* limit_field = field(call.body, "Limit");
  const Value* next_field = field(call.body, "Next");
  const Value* type_field = field(call.body, "GroupType");
  const auto longest = static_cast<std::int64_t>(call.limits.group_list_page);
  const std::int64_t limit = limit_field == nullptr ? longest : number(limit_field).value_or(-1);
  if (limit < 1 || limit > longest) return ApiReply(10004, "Limit");
  if (next_field != nullptr && !next_field->IsUint64()) return ApiReply(10004, "Next");
  const std::string type = text(type_field).value_or("");
  if (type_field != nullptr && !is_group_type(type) && type != "BChatRoom") return ApiReply(10004, "GroupType");
  const auto [groups, next] = call.world.list_groups(type, next_field == nullptr ? 0 : next_field->GetUint64(),
                                                     static_cast<std::size_t>(limit));
  ApiReply reply;
  auto& memory = reply.body.GetAllocator();
  Value ids(rapidjson::kArrayType);
  for (const GroupInfo& group : groups) {
    Value element(rapidjson::kObjectType);
    element.AddMember("GroupId", Value(group.id, memory), memory);
    ids.PushBack(element, memory);
  }
  reply.body.AddMember("TotalCount", static_cast<std::uint64_t>(call.world.count_groups(type)), memory);
  reply.body.AddMember("GroupIdList", ids, memory);
  reply.body.AddMember("Next", next, memory);
  return reply;
}

}  // namespace chatsim
