// query_online_status [35477].
#include "simulator/api_command.h"
#include "simulator/json_field.h"

namespace chatsim {
namespace {

using rapidjson::Value;
using Memory = rapidjson::Document::AllocatorType;

constexpr int kNoSuchAccount = 70107;

const char* to_string(Presence presence) {
  switch (presence) {
    case Presence::kOffline:
      return "Offline";
    case Presence::kOnline:
      return "Online";
    case Presence::kPushOnline:
      return "PushOnline";
  }
  return "Offline";
}

Value status_row(const std::string& account, Presence presence, bool detail, Memory& memory) {
  Value row(rapidjson::kObjectType);
  row.AddMember("To_Account", Value(account, memory), memory);
  row.AddMember("Status", rapidjson::StringRef(to_string(presence)), memory);
  if (detail && presence != Presence::kOffline) {
    Value platform(rapidjson::kObjectType);
    platform.AddMember("Platform", "iPhone", memory);
    platform.AddMember("Status", rapidjson::StringRef(to_string(presence)), memory);
    row.AddMember("Detail", Value(rapidjson::kArrayType).PushBack(platform, memory), memory);
  }
  return row;
}

}  // namespace

ApiReply run_query_online_status(const ApiCall& call) {
  const bool detail = number(field(call.body, "IsNeedDetail")) == 1;
  ApiReply reply;
  auto& memory = reply.body.GetAllocator();
  Value rows(rapidjson::kArrayType);
  Value errors(rapidjson::kArrayType);
  for (const std::string& account : call.accounts) {
    if (const auto presence = call.world.presence(account)) {
      rows.PushBack(status_row(account, *presence, detail, memory), memory);
      continue;
    }
    Value error(rapidjson::kObjectType);
    error.AddMember("To_Account", Value(account, memory), memory);
    error.AddMember("ErrorCode", kNoSuchAccount, memory);
    errors.PushBack(error, memory);
  }
  reply.body.AddMember("QueryResult", rows, memory);
  if (!errors.Empty()) reply.body.AddMember("ErrorList", errors, memory);
  return reply;
}

}  // namespace chatsim
