#pragma once

#include <rapidjson/document.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// Reading Chat's JSON without trusting it: a field of a wrong kind is as good as absent.
namespace headroom {

// Valid UTF-8, at most kMaxJsonDepth levels, an object. Needs no more stack for a deep text than for a flat one.
bool parse_json_object(std::string_view text, rapidjson::Document& document);

// nullptr when absent. Of a doubled name the first counts.
const rapidjson::Value* find_field(const rapidjson::Value& object, std::string_view name);
std::size_t count_fields(const rapidjson::Value& object, std::string_view name);

std::optional<std::string> string_field(const rapidjson::Value& object, std::string_view name);
// JSON integers, and strings of decimal digits: Chat is not strict about which it sends.
std::optional<std::int64_t> integer_value(const rapidjson::Value& value);
std::optional<std::int64_t> integer_field(const rapidjson::Value& object, std::string_view name);
std::optional<std::uint64_t> unsigned_field(const rapidjson::Value& object, std::string_view name);
// A count or a time: a negative one is as good as absent.
std::optional<std::int64_t> count_field(const rapidjson::Value& object, std::string_view name);

}  // namespace headroom
