#include "simulator/rest_api.h"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>

#include "simulator/fault_effects.h"
#include "simulator/json_field.h"

namespace chatsim {
namespace {

// Accounts as plain strings, or as `{"Member_Account":…}` [34921]; nullopt when one is no string.
std::optional<std::vector<std::string>> read_accounts(const rapidjson::Value& list) {
  if (!list.IsArray()) return std::nullopt;
  std::vector<std::string> out;
  for (const rapidjson::Value& element : list.GetArray()) {
    auto account = text(element.IsObject() ? field(element, "Member_Account") : &element);
    if (!account) return std::nullopt;
    out.push_back(std::move(*account));
  }
  return out;
}

std::string write_answer(const ApiReply& reply, const std::vector<Fault>& faults) {
  rapidjson::Document answer(rapidjson::kObjectType);
  auto& memory = answer.GetAllocator();
  answer.AddMember("ActionStatus", rapidjson::StringRef(reply.code == 0 ? "OK" : "FAIL"), memory);
  answer.AddMember("ErrorInfo", rapidjson::Value(reply.info, memory), memory);
  answer.AddMember("ErrorCode", reply.code, memory);
  if (reply.code == 0) {
    for (const auto& member : reply.body.GetObject()) {
      answer.AddMember(rapidjson::Value(member.name, memory), rapidjson::Value(member.value, memory), memory);
    }
  }
  spoil(answer, faults);
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  answer.Accept(writer);
  return {buffer.GetString(), buffer.GetSize()};
}

ApiReply refusal(int code) { return ApiReply(code, "chatsim refuses: see the error code list"); }

}  // namespace

HttpResponse RestApi::handle(const HttpRequest& request) {
  const Incoming in = read(request);
  const std::uint64_t id = parts_.log.begin(in.call);
  Result result;
  int code = admit(request, in);
  if (code == 0) {
    parts_.hooks.run(When::kBefore, in.call);
    code = check(in);
  }
  if (code != 0) {
    result.reply = refusal(code);
  } else {
    result = execute(in);
  }
  if (result.applied) parts_.hooks.run(When::kAfter, in.call);
  std::string body = write_answer(result.reply, result.faults);
  if (body.size() > limits_.reply_bytes) {
    result.reply = refusal(10018);
    body = write_answer(result.reply, {});
  }
  if (result.response.status == 200) result.response.body = std::move(body);
  spoil_response(result);
  const bool answered = result.response.status == 200 && result.response.fault == WireFault::kNone;
  parts_.log.finish(id, answered ? result.reply.code : Call::kUnanswered, result.applied);
  return result.response;
}

RestApi::Incoming RestApi::read(const HttpRequest& request) const {
  Incoming in;
  in.call.at_ms = parts_.world.now_ms();
  in.call.body = request.body;
  in.admin = request.query_value("identifier").value_or("");
  in.call.admin = in.admin;
  constexpr std::string_view kPrefix = "/v4/";
  const std::size_t slash = request.path.find('/', kPrefix.size());
  if (request.path.starts_with(kPrefix) && slash != std::string::npos) {
    const std::string_view path = request.path;
    in.command = find_command(path.substr(kPrefix.size(), slash - kPrefix.size()), path.substr(slash + 1));
  }
  if (in.command == nullptr) return in;
  in.call.api = std::string(in.command->name);
  in.body.Parse<rapidjson::kParseValidateEncodingFlag | rapidjson::kParseIterativeFlag>(request.body.data(),
                                                                                        request.body.size());
  in.readable = !in.body.HasParseError() && in.body.IsObject();
  if (!in.readable) return in;
  if (auto id = text(field(in.body, "GroupId"))) in.call.group_ids = {*id};
  if (auto ids = texts(field(in.body, "GroupIdList"))) in.call.group_ids = *ids;
  if (const auto* list = field(in.body, in.command->accounts); list != nullptr) {
    in.call.accounts = read_accounts(*list).value_or(std::vector<std::string>());
  }
  return in;
}

int RestApi::admit(const HttpRequest& request, const Incoming& in) {
  if (in.command == nullptr) return 60009;
  if (request.method != "POST") return 60002;
  if (const int code = parts_.gatekeeper.check_caller(request); code != 0) return code;
  const auto admission = parts_.gatekeeper.count_call(in.call.api);
  if (admission.near_limit) raise_alarm(in, admission.calls);
  if (admission.code != 0) return admission.code;
  return in.readable ? 0 : 60003;
}

int RestApi::check(const Incoming& in) const {
  const ApiCommand& command = *in.command;
  if (const int code = check_accounts(in); code != 0) return code;
  if (command.takes_group) {
    const auto id = text(field(in.body, "GroupId"));
    if (!id) return 10004;
    if (!is_group_id(*id)) return 10015;
    const auto group = parts_.world.group(*id);
    if (!group) return 10010;
    if (group->unlimited() && command.code_for_av_chat_room != 0) return command.code_for_av_chat_room;
  }
  if (command.batch != nullptr) {
    if (in.call.accounts.empty()) return command.code_for_no_account;
    if (in.call.accounts.size() > limits_.*command.batch) return command.code_for_large_batch;
  }
  for (const auto& member : in.body.GetObject()) {
    const std::string_view name(member.name.GetString(), member.name.GetStringLength());
    const bool known = std::find(command.fields.begin(), command.fields.end(), name) != command.fields.end();
    if (!known && limits_.refuse_unknown_fields) return 10004;
  }
  return 0;
}

int RestApi::check_accounts(const Incoming& in) const {
  if (in.command->accounts.empty()) return 0;
  const rapidjson::Value* list = field(in.body, in.command->accounts);
  if (list == nullptr || !list->IsArray()) return in.command->code_for_no_account;
  return read_accounts(*list) ? 0 : in.command->code_for_bad_account;
}

RestApi::Result RestApi::execute(const Incoming& in) {
  Result result;
  result.faults = parts_.faults.take(in.call.api, in.call.group_ids);
  const auto fault = [&](FaultKind kind) { return find_fault(result.faults, kind); };
  if (const Fault* stall = fault(FaultKind::kStallBefore)) {
    parts_.stop.wait_for_ms(std::min(stall->ms, kLongestStallMs));
  }
  if (const Fault* error = fault(FaultKind::kError)) {
    result.reply = refusal(error->code);
  } else if (fault(FaultKind::kResetBefore) != nullptr) {
    result.response.fault = WireFault::kReset;
  } else if (fault(FaultKind::kBadGateway) != nullptr) {
    result.response.status = 502;
  } else if (fault(FaultKind::kOkWithoutApplying) == nullptr || !in.command->changes) {
    apply(in, result);
  }
  return result;
}

void RestApi::apply(const Incoming& in, Result& result) {
  std::vector<std::string> accounts = in.call.accounts;
  for (const FaultKind kind : {FaultKind::kErrorAfterPrefix, FaultKind::kResetAfterPrefix}) {
    const Fault* prefix = find_fault(result.faults, kind);
    if (prefix != nullptr) accounts.resize(std::min(accounts.size(), prefix->count));
  }
  GroupInfo group;
  if (in.command->takes_group) {
    const auto found = parts_.world.group(in.call.group_id());
    if (!found) {
      result.reply = refusal(10010);
      return;
    }
    group = *found;
  }
  result.reply = in.command->run({parts_.world, limits_, in.body, accounts, std::move(group), in.admin});
  result.applied = result.reply.code == 0;
  for (const FaultKind kind : {FaultKind::kErrorAfterApplying, FaultKind::kErrorAfterPrefix}) {
    if (const Fault* error = find_fault(result.faults, kind)) result.reply = refusal(error->code);
  }
}

void RestApi::spoil_response(Result& result) {
  const auto fault = [&](FaultKind kind) { return find_fault(result.faults, kind); };
  if (const Fault* skew = fault(FaultKind::kDateSkew)) result.response.date_skew_ms = skew->ms;
  if (fault(FaultKind::kResetAfter) != nullptr || fault(FaultKind::kResetAfterPrefix) != nullptr) {
    result.response.fault = WireFault::kReset;
  }
  if (fault(FaultKind::kTruncatedBody) != nullptr) result.response.fault = WireFault::kTruncatedBody;
  if (fault(FaultKind::kTruncatedJson) != nullptr) result.response.body.resize(result.response.body.size() / 2);
  if (fault(FaultKind::kBadGatewayAfter) != nullptr) result.response.status = 502;
  if (result.response.status == 502) result.response.body = "<html><body>502 Bad Gateway</body></html>";
  if (const Fault* stall = fault(FaultKind::kStallAfter)) {
    parts_.stop.wait_for_ms(std::min(stall->ms, kLongestStallMs));
  }
}

void RestApi::raise_alarm(const Incoming& in, int calls) const {
  if (!parts_.sink) return;
  WebhookEvent event;
  event.command = "Alert.RequestOverLimit";
  event.client_ip.clear();  // this one has none [60256]
  event.fields = {{"ServiceName", std::string(in.command->service)},
                  {"Command", in.call.api},
                  {"Request", std::int64_t{calls}},
                  {"Limit", std::int64_t{limits_.calls_per_second_of(in.call.api)}}};
  parts_.sink(std::move(event));
}

}  // namespace chatsim
