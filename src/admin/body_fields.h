#pragma once

#include <rapidjson/document.h>

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "headroom/denied.h"
#include "headroom/types.h"

// The fields of JSON bodies. What is wrong with one is a Denied that is kInvalid and names it.
namespace headroom::admin {

inline constexpr std::size_t kMaxReasonBytes = 1024;

using JsonFields = std::initializer_list<std::string_view>;

std::string_view text_of(const rapidjson::Value& value);

// An object of these fields, each at most once. An empty body is one without fields.
Result<rapidjson::Document> parse_object(std::string_view body, JsonFields fields);
std::optional<Denied> refuse_fields(const rapidjson::Value& object, JsonFields fields);

// The string of an optional field, "" when it is absent or null.
Result<std::string> read_text(const rapidjson::Value& object, const char* name);
Result<bool> read_flag(const rapidjson::Value& object, const char* name);  // false when it is absent
Result<std::string> read_reason(const rapidjson::Value& object);
Result<std::optional<TimeMs>> read_expiry(const rapidjson::Value& object, TimeMs now);

}  // namespace headroom::admin
