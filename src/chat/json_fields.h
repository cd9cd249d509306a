#pragma once

#include <rapidjson/document.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// Reading Chat's JSON without trusting it: a field of a wrong kind is as good as absent. So is a text that is no UTF-8,
// but where it is only shown.
namespace headroom {

// At most kMaxJsonDepth levels, an object. Needs no more stack for a deep text than for a flat one. Encodings do not
// matter here: a name that was cut inside a character must not hide the other rows of an answer.
bool parse_json_object(std::string_view text, rapidjson::Document& document);

// nullptr when absent, and when the name is doubled: nobody knows which of the two is meant.
const rapidjson::Value* find_field(const rapidjson::Value& object, std::string_view name);
std::size_t count_fields(const rapidjson::Value& object, std::string_view name);

std::optional<std::string> string_field(const rapidjson::Value& object, std::string_view name);
// A text for people, as UTF-8; empty when absent.
std::string shown_field(const rapidjson::Value& object, std::string_view name);
// JSON integers, and strings of decimal digits: Chat is not strict about which it sends.
std::optional<std::int64_t> integer_value(const rapidjson::Value& value);
std::optional<std::int64_t> integer_field(const rapidjson::Value& object, std::string_view name);
std::optional<std::uint64_t> unsigned_field(const rapidjson::Value& object, std::string_view name);
// A count or a time: a negative one is as good as absent.
std::optional<std::int64_t> count_field(const rapidjson::Value& object, std::string_view name);

}  // namespace headroom
