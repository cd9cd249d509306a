#include "admin/what_if.h"

#include <optional>
#include <utility>

#include "admin/body_fields.h"
#include "admin/response.h"
#include "headroom/event.h"
#include "headroom/names.h"
#include "text/json_object.h"
#include "text/time_text.h"
#include "text/utf8.h"

namespace headroom::admin {
namespace {

// More than a policy has.
constexpr std::size_t kMostKeys = 100;

Denied invalid(std::string detail) { return {Denied::kInvalid, std::move(detail)}; }

// As it stands in a configuration; nullopt: nothing that could stand there.
std::optional<std::string> value_text(const rapidjson::Value& value) {
  if (value.IsString()) return std::string(text_of(value));
  if (value.IsInt64()) return std::to_string(value.GetInt64());
  if (value.IsUint64()) return std::to_string(value.GetUint64());
  if (value.IsBool()) return value.GetBool() ? "true" : "false";
  return std::nullopt;
}

std::optional<Denied> read_policy(const rapidjson::Value& object, WhatIfRequest& request) {
  const auto field = object.FindMember("policy");
  if (field == object.MemberEnd()) return std::nullopt;
  if (!field->value.IsObject()) return invalid("policy must be an object of keys and values");
  if (field->value.MemberCount() > kMostKeys) return invalid("policy has more keys than there are");
  for (const auto& member : field->value.GetObject()) {
    auto value = value_text(member.value);
    if (!value) return invalid("each key of policy must have a text, a whole number, true or false");
    request.policy.emplace_back(text_of(member.name), *std::move(value));
  }
  return std::nullopt;
}

std::optional<Denied> read_since(const rapidjson::Value& object, TimeMs now, WhatIfRequest& request) {
  const auto field = object.FindMember("since");
  if (field == object.MemberEnd() || field->value.IsNull()) return std::nullopt;
  const auto time = field->value.IsString() ? parse_time(text_of(field->value)) : std::nullopt;
  if (!time) return invalid("since must be an RFC 3339 time such as 2026-01-31T12:00:00Z");
  if (*time > now) return invalid("since must not be in the future");
  request.since = time;
  return std::nullopt;
}

void write_names(JsonObject& writer, std::string_view list, const std::vector<WhatIfName>& names) {
  writer.begin_list(list);
  for (const WhatIfName& name : names) {
    writer.begin_item();
    writer.number("run", name.run_id);
    writer.text("account", name.account);
    writer.text_or_null("why_then", name.why_then ? name_of(*name.why_then) : "");
    writer.text("why", name.left_alone.empty() ? std::string(name_of(name.why)) : name_of(name.left_alone));
    writer.end_object();
  }
  writer.end_list();
}

void ask(AdminContext& context, const WhatIfRequest& request, const Respond& respond) {
  context.control.what_if(request, [respond](const Result<WhatIf>& result) {
    const auto* answer = std::get_if<WhatIf>(&result);
    respond(answer != nullptr ? json_response(200, what_if_json(*answer)) : problem(std::get<Denied>(result)));
  });
}

}  // namespace

Result<WhatIfRequest> parse_what_if_body(std::string_view body, TimeMs now) {
  const auto document = parse_object(body, {"policy", "since"});
  if (const auto* denied = std::get_if<Denied>(&document)) return *denied;
  const auto& object = std::get<rapidjson::Document>(document);
  WhatIfRequest request;
  if (auto denied = read_policy(object, request)) return *std::move(denied);
  if (auto denied = read_since(object, now, request)) return *std::move(denied);
  return request;
}

Result<WhatIfRequest> parse_group_what_if_body(std::string_view body) {
  const auto document = parse_object(body, {"policy"});
  if (const auto* denied = std::get_if<Denied>(&document)) return *denied;
  WhatIfRequest request;
  if (auto denied = read_policy(std::get<rapidjson::Document>(document), request)) return *std::move(denied);
  return request;
}

void post_what_if(AdminContext& context, const AdminCall& call, const Respond& respond) {
  const auto request = parse_what_if_body(call.request.body, context.clock.now());
  if (const auto* denied = std::get_if<Denied>(&request)) return respond(problem(*denied));
  ask(context, std::get<WhatIfRequest>(request), respond);
}

void post_group_what_if(AdminContext& context, const AdminCall& call, const Respond& respond) {
  if (!is_valid_subject(call.arguments.front())) return respond(problem(404, "there is no such group"));
  auto request = parse_group_what_if_body(call.request.body);
  if (const auto* denied = std::get_if<Denied>(&request)) return respond(problem(*denied));
  std::get<WhatIfRequest>(request).group_id = call.arguments.front();
  ask(context, std::get<WhatIfRequest>(request), respond);
}

std::string what_if_json(const WhatIf& answer) {
  JsonObject writer;
  writer.number("runs", answer.runs);
  writer.number("would_remove", answer.would_remove);
  writer.number("did_remove", answer.did_remove);
  write_names(writer, "added", answer.added);
  write_names(writer, "spared", answer.spared);
  writer.number("counted_only", answer.counted_only);
  writer.number("came_back", answer.came_back);
  writer.flag("truncated", answer.truncated);
  writer.text_or_null("reason", name_of(answer.reason));
  return writer.finish();
}

}  // namespace headroom::admin
