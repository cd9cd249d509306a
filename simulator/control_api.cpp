#include "simulator/control_api.h"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <charconv>
#include <map>
#include <string>

#include "simulator/json_field.h"

namespace chatsim {
namespace {

using rapidjson::Value;

constexpr std::size_t kLedgerPage = 1000;

HttpResponse answer(const rapidjson::Document& json) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  json.Accept(writer);
  HttpResponse response;
  response.content_type = "application/json";
  response.body.assign(buffer.GetString(), buffer.GetSize());
  return response;
}

HttpResponse refuse(int status, const char* why) {
  rapidjson::Document json(rapidjson::kObjectType);
  json.AddMember("error", rapidjson::StringRef(why), json.GetAllocator());
  HttpResponse response = answer(json);
  response.status = status;
  return response;
}

}  // namespace

HttpResponse ControlApi::handle(const HttpRequest& request) {
  if (request.method == "GET") return get(request);
  if (request.method == "POST") return post(request);
  return refuse(405, "GET or POST");
}

HttpResponse ControlApi::get(const HttpRequest& request) {
  Json out(rapidjson::kObjectType);
  if (request.path == "/sim/groups") {
    Value groups(rapidjson::kArrayType);
    for (const GroupInfo& group : parts_.world.groups()) write_group(group, groups, out);
    out.AddMember("groups", groups, out.GetAllocator());
  } else if (request.path == "/sim/ledger") {
    const std::string given = request.query_value("after").value_or("0");
    std::uint64_t after = 0;
    const char* end = given.data() + given.size();
    if (std::from_chars(given.data(), end, after).ptr != end) return refuse(400, "after");
    write_ledger(after, out);
  } else if (request.path == "/sim/stats") {
    write_stats(out);
  } else {
    return refuse(404, "no such path");
  }
  return answer(out);
}

HttpResponse ControlApi::post(const HttpRequest& request) {
  static const std::map<std::string, Action> actions = {
      {"/sim/groups", &ControlApi::create_group},
      {"/sim/join", &ControlApi::join},
      {"/sim/leave", &ControlApi::leave},
      {"/sim/speak", &ControlApi::speak},
      {"/sim/messages", &ControlApi::add_messages},
      {"/sim/read", &ControlApi::read},
      {"/sim/mute", &ControlApi::mute},
      {"/sim/mute-all", &ControlApi::mute_all},
      {"/sim/destroy", &ControlApi::destroy},
      {"/sim/max", &ControlApi::set_max},
      {"/sim/ceiling", &ControlApi::set_ceiling},
      {"/sim/below-members", &ControlApi::allow_below_members},
      {"/sim/webhook-url", &ControlApi::set_webhook_url},
      {"/sim/flush", &ControlApi::flush},
      {"/sim/faults", &ControlApi::add_fault},
      {"/sim/faults/clear", &ControlApi::clear_faults},
      {"/sim/scenario", &ControlApi::scenario},
      {"/sim/joiners", &ControlApi::start_joiners},
  };
  const auto action = actions.find(request.path);
  if (action == actions.end()) return refuse(404, "no such path");
  Json in(rapidjson::kObjectType);
  if (!request.body.empty()) in.Parse<rapidjson::kParseIterativeFlag>(request.body.data(), request.body.size());
  if (in.HasParseError() || !in.IsObject()) return refuse(400, "a JSON object is wanted");
  Json out(rapidjson::kObjectType);
  if (!(this->*action->second)(in, out)) return refuse(400, "not possible: see control_api.h");
  return answer(out);
}

void ControlApi::write_group(const GroupInfo& group, Value& list, Json& out) const {
  auto& memory = out.GetAllocator();
  Value row(rapidjson::kObjectType);
  row.AddMember("group_id", Value(group.id, memory), memory);
  row.AddMember("type", Value(group.type, memory), memory);
  row.AddMember("name", Value(group.name, memory), memory);
  row.AddMember("owner", Value(group.owner, memory), memory);
  row.AddMember("members", group.member_num, memory);
  row.AddMember("max_members", group.max_members, memory);
  row.AddMember("full", group.full(), memory);
  row.AddMember("next_msg_seq", group.next_msg_seq, memory);
  row.AddMember("last_msg_time", group.last_msg_s, memory);
  list.PushBack(row, memory);
}

void ControlApi::write_ledger(std::uint64_t after, Json& out) const {
  auto& memory = out.GetAllocator();
  Value entries(rapidjson::kArrayType);
  for (const LedgerEntry& entry : parts_.world.ledger(after, kLedgerPage)) {
    Value row(rapidjson::kObjectType);
    row.AddMember("id", entry.id, memory);
    row.AddMember("at_ms", entry.at_ms, memory);
    row.AddMember("change", rapidjson::StringRef(to_string(entry.change)), memory);
    row.AddMember("group_id", Value(entry.group_id, memory), memory);
    Value accounts(rapidjson::kArrayType);
    for (const std::string& account : entry.accounts) accounts.PushBack(Value(account, memory), memory);
    row.AddMember("accounts", accounts, memory);
    row.AddMember("members_after", entry.members_after, memory);
    row.AddMember("max_after", entry.max_after, memory);
    entries.PushBack(row, memory);
  }
  out.AddMember("entries", entries, memory);
}

void ControlApi::write_stats(Json& out) const {
  auto& memory = out.GetAllocator();
  Value calls(rapidjson::kObjectType);
  for (const auto& [api, count] : parts_.log.counts()) calls.AddMember(Value(api, memory), Value(count), memory);
  out.AddMember("calls", calls, memory);
  const WebhookCounts counts = parts_.webhooks.counts();
  Value webhooks(rapidjson::kObjectType);
  webhooks.AddMember("queued", counts.queued, memory).AddMember("sent", counts.sent, memory);
  webhooks.AddMember("ok", counts.ok, memory).AddMember("failed", counts.failed, memory);
  webhooks.AddMember("timeouts", counts.timeouts, memory).AddMember("dropped", counts.dropped, memory);
  out.AddMember("webhooks", webhooks, memory);
  const Joiners::Counts joiners = parts_.joiners.counts();
  Value joining(rapidjson::kObjectType);
  joining.AddMember("attempts", joiners.attempts, memory).AddMember("joined", joiners.joined, memory);
  joining.AddMember("running", joiners.running, memory);
  out.AddMember("joiners", joining, memory);
  out.AddMember("faults_waiting", static_cast<std::uint64_t>(parts_.faults.waiting()), memory);
}

}  // namespace chatsim
