// delete_group_member [34949], add_group_member [34921] and modify_group_base_info [34962].
#include <algorithm>

#include "simulator/api_command.h"
#include "simulator/json_field.h"

namespace chatsim {
namespace {

bool silence_is_valid(const rapidjson::Value& body) {
  const rapidjson::Value* silence = field(body, "Silence");
  return silence == nullptr || number(silence) == 0 || number(silence) == 1;
}

}  // namespace

ApiReply run_delete_group_member(const ApiCall& call) {
  const rapidjson::Value* reason = field(call.body, "Reason");
  if (!silence_is_valid(call.body) || (reason != nullptr && !reason->IsString())) return ApiReply(10004, "parameter");
  const bool owner_listed = !call.group.owner.empty() && std::find(call.accounts.begin(), call.accounts.end(),
                                                                   call.group.owner) != call.accounts.end();
  if (owner_listed && call.limits.refuse_owner_in_delete) return ApiReply(10009, "group owner may not exit");
  call.world.remove(call.group.id, call.accounts, call.admin);
  return ApiReply();
}

ApiReply run_add_group_member(const ApiCall& call) {
  if (!silence_is_valid(call.body)) return ApiReply(10004, "Silence");
  const AddOutcome outcome = call.world.add(call.group.id, call.accounts, call.admin);
  if (outcome.code != 0) return ApiReply(outcome.code, "members were not added");
  ApiReply reply;
  auto& memory = reply.body.GetAllocator();
  rapidjson::Value rows(rapidjson::kArrayType);
  for (const auto& [account, result] : outcome.results) {
    rapidjson::Value row(rapidjson::kObjectType);
    row.AddMember("Member_Account", rapidjson::Value(account, memory), memory);
    row.AddMember("Result", result, memory);
    rows.PushBack(row, memory);
  }
  reply.body.AddMember("MemberList", rows, memory);
  return reply;
}

ApiReply run_modify_group_base_info(const ApiCall& call) {
  const rapidjson::Value* wanted = field(call.body, "MaxMemberNum");
  if (wanted == nullptr) return ApiReply();
  const auto max_members = number(wanted);
  if (!max_members || *max_members < 1) return ApiReply(10004, "MaxMemberNum");
  const int code = call.world.modify_max(call.group.id, *max_members);
  return code == 0 ? ApiReply() : ApiReply(code, "MaxMemberNum was not changed");
}

}  // namespace chatsim
