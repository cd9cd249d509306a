#include "admin/body_fields.h"

#include <rapidjson/reader.h>

#include <algorithm>

#include "text/time_text.h"
#include "text/utf8.h"

namespace headroom::admin {
namespace {

constexpr unsigned kParseFlags = rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag;

// The outermost field in which the parser gave up; empty: in none.
class LastField : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, LastField> {
 public:
  bool Key(const char* text, rapidjson::SizeType length, bool) {
    if (depth_ == 1) name.assign(text, length);
    return true;
  }
  bool StartObject() { return ++depth_ > 0; }
  bool EndObject(rapidjson::SizeType) { return --depth_ >= 0; }
  bool StartArray() { return ++depth_ > 0; }
  bool EndArray(rapidjson::SizeType) { return --depth_ >= 0; }

  std::string name;

 private:
  int depth_ = 0;
};

Denied not_known(std::string_view name) {
  return {Denied::kInvalid, "the body has a field that is not known here: " + std::string(name)};
}

// A number beyond what a double holds is JSON all the same: it is said what is wrong with it.
Denied unreadable(std::string_view body, const rapidjson::Document& document, JsonFields fields) {
  const Denied no_object{Denied::kInvalid, "the body is not a JSON object in UTF-8"};
  if (!document.HasParseError()) return no_object;
  const std::string where = " (byte " + std::to_string(document.GetErrorOffset()) + ")";
  LastField last;
  rapidjson::MemoryStream stream(body.data(), body.size());
  rapidjson::Reader().Parse<kParseFlags>(stream, last);
  if (document.GetParseError() != rapidjson::kParseErrorNumberTooBig || last.name.empty())
    return {Denied::kInvalid, no_object.detail + where};
  if (std::find(fields.begin(), fields.end(), last.name) == fields.end()) return not_known(last.name);
  return {Denied::kInvalid, "a number in " + last.name + " is too large" + where};
}

}  // namespace

std::string_view text_of(const rapidjson::Value& value) { return {value.GetString(), value.GetStringLength()}; }

// The depth needs no limit of its own: the parser is iterative, and the body is bounded.
Result<rapidjson::Document> parse_object(std::string_view body, JsonFields fields) {
  rapidjson::Document document;
  if (body.empty()) {
    document.SetObject();
    return document;
  }
  // RapidJSON takes a NUL for the end of its input.
  const bool has_nul = body.find('\0') != std::string_view::npos;
  if (!has_nul) {
    document.Parse<kParseFlags>(body.data(), body.size());
  }
  if (has_nul || document.HasParseError() || !document.IsObject()) return unreadable(body, document, fields);
  if (auto denied = refuse_fields(document, fields)) return *std::move(denied);
  return document;
}

std::optional<Denied> refuse_fields(const rapidjson::Value& object, JsonFields fields) {
  for (auto field = object.MemberBegin(); field != object.MemberEnd(); ++field) {
    const std::string_view name = text_of(field->name);
    if (std::find(fields.begin(), fields.end(), name) == fields.end()) {
      return not_known(name);
    }
    if (object.FindMember(field->name) != field) {
      return Denied{Denied::kInvalid, "the body has a field twice: " + std::string(name)};
    }
  }
  return std::nullopt;
}

Result<std::string> read_text(const rapidjson::Value& object, const char* name) {
  const auto field = object.FindMember(name);
  if (field == object.MemberEnd() || field->value.IsNull()) return std::string();
  if (!field->value.IsString()) return Denied{Denied::kInvalid, std::string(name) + " must be a string"};
  return std::string(text_of(field->value));
}

Result<bool> read_flag(const rapidjson::Value& object, const char* name) {
  const auto field = object.FindMember(name);
  if (field == object.MemberEnd()) return false;
  if (!field->value.IsBool()) return Denied{Denied::kInvalid, std::string(name) + " must be true or false"};
  return field->value.GetBool();
}

Result<std::string> read_reason(const rapidjson::Value& object) {
  auto reason = read_text(object, "reason");
  const auto* text = std::get_if<std::string>(&reason);
  if (text != nullptr && text->size() > kMaxReasonBytes) {
    return Denied{Denied::kInvalid, "reason must not be longer than " + std::to_string(kMaxReasonBytes) + " bytes"};
  }
  if (text != nullptr && !is_plain_text(*text))
    return Denied{Denied::kInvalid, "reason must not have control characters"};
  return reason;
}

Result<std::optional<TimeMs>> read_expiry(const rapidjson::Value& object, TimeMs now) {
  const auto field = object.FindMember("expires_at");
  if (field == object.MemberEnd() || field->value.IsNull()) return std::optional<TimeMs>();
  const auto time = field->value.IsString() ? parse_time(text_of(field->value)) : std::nullopt;
  if (!time || *time > kMaxTimeMs) {
    return Denied{Denied::kInvalid, "expires_at must be null or an RFC 3339 time such as 2026-01-31T12:00:00Z"};
  }
  if (*time <= now) return Denied{Denied::kInvalid, "expires_at must be in the future"};
  return time;
}

}  // namespace headroom::admin
