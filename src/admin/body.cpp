#include "admin/body.h"

#include <rapidjson/document.h>

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "headroom/names.h"
#include "text/time_text.h"
#include "text/utf8.h"

namespace headroom::http {
namespace {

std::string_view text_of(const rapidjson::Value& value) { return {value.GetString(), value.GetStringLength()}; }

// No nested value passes, so the depth needs no limit of its own: the parser is iterative, and the body is bounded.
Result<rapidjson::Document> parse_object(std::string_view body, std::initializer_list<std::string_view> fields) {
  rapidjson::Document document;
  if (body.empty()) {
    document.SetObject();
    return document;
  }
  // RapidJSON takes a NUL for the end of its input.
  const bool has_nul = body.find('\0') != std::string_view::npos;
  if (!has_nul) {
    document.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag>(body.data(), body.size());
  }
  if (has_nul || document.HasParseError() || !document.IsObject()) {
    return Denied{Denied::kInvalid, "the body is not a JSON object in UTF-8"};
  }
  for (auto field = document.MemberBegin(); field != document.MemberEnd(); ++field) {
    const std::string_view name = text_of(field->name);
    if (std::find(fields.begin(), fields.end(), name) == fields.end()) {
      return Denied{Denied::kInvalid, "the body has a field that is not known here: " + std::string(name)};
    }
    if (document.FindMember(field->name) != field) {
      return Denied{Denied::kInvalid, "the body has a field twice: " + std::string(name)};
    }
  }
  return document;
}

// The string of an optional field, "" when it is absent or null.
Result<std::string> read_text(const rapidjson::Document& document, const char* name) {
  const auto field = document.FindMember(name);
  if (field == document.MemberEnd() || field->value.IsNull()) return std::string();
  if (!field->value.IsString()) return Denied{Denied::kInvalid, std::string(name) + " must be a string"};
  return std::string(text_of(field->value));
}

Result<std::string> read_reason(const rapidjson::Document& document) {
  auto reason = read_text(document, "reason");
  const auto* text = std::get_if<std::string>(&reason);
  if (text != nullptr && text->size() > kMaxReasonBytes) {
    return Denied{Denied::kInvalid, "reason must not be longer than " + std::to_string(kMaxReasonBytes) + " bytes"};
  }
  if (text != nullptr && !is_plain_text(*text))
    return Denied{Denied::kInvalid, "reason must not have control characters"};
  return reason;
}

Result<std::optional<TimeMs>> read_expiry(const rapidjson::Document& document, TimeMs now) {
  const auto field = document.FindMember("expires_at");
  if (field == document.MemberEnd() || field->value.IsNull()) return std::optional<TimeMs>();
  const auto time = field->value.IsString() ? parse_time(text_of(field->value)) : std::nullopt;
  if (!time || *time > kMaxTimeMs) {
    return Denied{Denied::kInvalid, "expires_at must be null or an RFC 3339 time such as 2026-01-31T12:00:00Z"};
  }
  if (*time <= now) return Denied{Denied::kInvalid, "expires_at must be in the future"};
  return time;
}

}  // namespace

Result<RunMode> parse_run_body(std::string_view body) {
  const auto document = parse_object(body, {"mode"});
  if (const auto* denied = std::get_if<Denied>(&document)) return *denied;
  const auto text = read_text(std::get<rapidjson::Document>(document), "mode");
  const auto* word = std::get_if<std::string>(&text);
  const auto mode = word != nullptr ? named<RunMode>(*word) : std::nullopt;
  if (mode != RunMode::kPlan && mode != RunMode::kPrune)
    return Denied{Denied::kInvalid, "mode must be \"plan\" or \"prune\""};
  return *mode;
}

Result<ExemptionBody> parse_exemption_body(std::string_view body, TimeMs now) {
  const auto document = parse_object(body, {"reason", "expires_at"});
  if (const auto* denied = std::get_if<Denied>(&document)) return *denied;
  auto reason = read_reason(std::get<rapidjson::Document>(document));
  if (const auto* denied = std::get_if<Denied>(&reason)) return *denied;
  const auto expiry = read_expiry(std::get<rapidjson::Document>(document), now);
  if (const auto* denied = std::get_if<Denied>(&expiry)) return *denied;
  return ExemptionBody{std::get<std::string>(std::move(reason)), std::get<std::optional<TimeMs>>(expiry)};
}

Result<std::string> parse_reason_body(std::string_view body) {
  const auto document = parse_object(body, {"reason"});
  if (const auto* denied = std::get_if<Denied>(&document)) return *denied;
  return read_reason(std::get<rapidjson::Document>(document));
}

Result<bool> parse_sweep_body(std::string_view body) {
  const auto document = parse_object(body, {"dry_run"});
  if (const auto* denied = std::get_if<Denied>(&document)) return *denied;
  const auto& object = std::get<rapidjson::Document>(document);
  const auto field = object.FindMember("dry_run");
  if (field == object.MemberEnd()) return false;
  if (!field->value.IsBool()) return Denied{Denied::kInvalid, "dry_run must be true or false"};
  return field->value.GetBool();
}

std::optional<Denied> refuse_body(std::string_view body) {
  const auto document = parse_object(body, {});
  if (const auto* denied = std::get_if<Denied>(&document)) return *denied;
  return std::nullopt;
}

}  // namespace headroom::http
