#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/server_message.h"

namespace headroom::http {

// Percent-decoding. nullopt when a `%` is not followed by two hex digits.
std::optional<std::string> decode_path_text(std::string_view text);   // `+` stands for itself
std::optional<std::string> decode_query_text(std::string_view text);  // `+` is a space

// Percent-encoding, for one segment of a path and for a value of a query: nothing but letters, digits and -._~ stays.
std::string encode_text(std::string_view text);

// The decoded segments of a path that starts with `/`: "/a/b%2Fc/" is {"a", "b/c", ""}. A `%2F` stays inside its
// segment. nullopt when it can not be decoded.
std::optional<std::vector<std::string>> split_path(std::string_view path);

struct Query {
  Fields parameters;  // in order, duplicates kept; without those that can not be decoded
  bool malformed = false;
};
Query parse_query(std::string_view text);

}  // namespace headroom::http
