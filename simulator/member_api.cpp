// get_group_member_info [34948], get_specified_group_member_info [64897] and get_role_in_group [34963].
#include <algorithm>
#include <charconv>

#include "simulator/api_command.h"
#include "simulator/json_field.h"
#include "simulator/member_row.h"

namespace chatsim {
namespace {

using rapidjson::Value;

const std::vector<std::string_view> kRoles = {"Owner", "Admin", "Member"};

struct MemberPageRequest {
  std::size_t limit = 0;
  std::size_t offset = 0;
  std::uint64_t position = 0;
};

// A Community is paged by `Next` alone, every other type by `Offset` alone; nullopt is 10004.
std::optional<MemberPageRequest> parse_page(const ApiCall& call) {
  const Value* limit = field(call.body, "Limit");
  const Value* offset = field(call.body, "Offset");
  const Value* next = field(call.body, "Next");
  const bool community = call.group.type == "Community";
  if (community ? offset != nullptr || next == nullptr : next != nullptr) return std::nullopt;
  MemberPageRequest out;
  out.limit = static_cast<std::size_t>(call.group.member_num) + 1;  // without a limit: everybody
  if (limit != nullptr) {
    const std::int64_t given = number(limit).value_or(0);
    if (given < 1 || given > static_cast<std::int64_t>(call.limits.member_page)) return std::nullopt;
    out.limit = static_cast<std::size_t>(given);
  }
  if (offset != nullptr) {
    const std::int64_t given = number(offset).value_or(-1);
    if (given < 0) return std::nullopt;
    out.offset = static_cast<std::size_t>(given);
  }
  if (next != nullptr) {
    const auto cursor = text(next);
    if (!cursor) return std::nullopt;
    const char* end = cursor->data() + cursor->size();
    if (!cursor->empty() && std::from_chars(cursor->data(), end, out.position).ptr != end) return std::nullopt;
  }
  return out;
}

World::Accept role_is_in(const RowFilter& roles) {
  return [roles](const Member& member) { return roles.wants(member.role); };
}

void add_rows(ApiReply& reply, const ApiCall& call, const std::vector<Member>& members, const RowFilter& filter) {
  auto& memory = reply.body.GetAllocator();
  Value rows(rapidjson::kArrayType);
  for (const Member& member : members) rows.PushBack(member_row(call.world, member, filter, memory), memory);
  if (rows.Empty() && call.limits.omit_empty_lists) return;
  reply.body.AddMember("MemberList", rows, memory);
}

}  // namespace

ApiReply run_get_group_member_info(const ApiCall& call) {
  const auto filter = RowFilter::parse(field(call.body, "MemberInfoFilter"), member_field_names());
  const auto roles = RowFilter::parse(field(call.body, "MemberRoleFilter"), kRoles);
  const auto page = parse_page(call);
  if (!filter || !roles || !page) return ApiReply(10004, "invalid parameter");
  const bool community = call.group.type == "Community";
  const MemberSlice slice =
      community ? call.world.members_from(call.group.id, page->position, page->limit, role_is_in(*roles))
                : call.world.members_by_offset(call.group.id, page->offset, page->limit, role_is_in(*roles));
  ApiReply reply;
  auto& memory = reply.body.GetAllocator();
  const auto group = call.world.group(call.group.id);
  reply.body.AddMember("MemberNum", group ? group->member_num : 0, memory);
  add_rows(reply, call, slice.members, *filter);
  if (community) {
    const std::string next = slice.next == 0 ? "" : std::to_string(slice.next);
    reply.body.AddMember("Next", Value(next, memory), memory);
  }
  return reply;
}

ApiReply run_get_specified_group_member_info(const ApiCall& call) {
  const auto filter = RowFilter::parse(field(call.body, "MemberInfoFilter"), member_field_names());
  const auto roles = RowFilter::parse(field(call.body, "MemberRoleFilter"), kRoles);
  if (!filter || !roles) return ApiReply(10004, "invalid parameter");
  std::vector<Member> members;
  for (const std::string& account : call.accounts) {
    const auto member = call.world.member(call.group.id, account);
    if (member && roles->wants(member->role)) members.push_back(*member);
  }
  ApiReply reply;
  reply.body.AddMember("GroupId", Value(call.group.id, reply.body.GetAllocator()), reply.body.GetAllocator());
  add_rows(reply, call, members, *filter);
  return reply;
}

ApiReply run_get_role_in_group(const ApiCall& call) {
  ApiReply reply;
  auto& memory = reply.body.GetAllocator();
  Value rows(rapidjson::kArrayType);
  for (const std::string& account : call.accounts) {
    const auto member = call.world.member(call.group.id, account);
    Value row(rapidjson::kObjectType);
    row.AddMember("Member_Account", Value(account, memory), memory);
    row.AddMember("Role", Value(member ? member->role : "NotMember", memory), memory);
    rows.PushBack(row, memory);
  }
  reply.body.AddMember("UserIdList", rows, memory);
  return reply;
}

}  // namespace chatsim
