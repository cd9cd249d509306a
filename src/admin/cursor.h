#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace headroom::admin {

// Which list a cursor belongs to: its kind ("runs") and its filters in one canonical text.
struct CursorScope {
  std::string kind;
  std::string filters;
};

// Behind which row the next page starts; see PageRequest.
struct CursorPlace {
  std::int64_t before_id = 0;
  std::optional<std::int64_t> rank = {};
  bool operator==(const CursorPlace&) const = default;
};

// URL-safe text that says where the next page starts. Its check sum covers the scope, so that a cursor of another list
// or of other filters, or one that was altered, is not taken. It is no secret and no permission.
std::string encode_cursor(const CursorScope& scope, const CursorPlace& place);
std::optional<CursorPlace> decode_cursor(const CursorScope& scope, std::string_view cursor);

}  // namespace headroom::admin
