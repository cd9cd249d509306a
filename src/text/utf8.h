#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace headroom {

struct Utf8Character {
  std::size_t length = 0;  // bytes; 0: what stands there is none (overlong, a surrogate, cut off)
  char32_t point = 0;
};
// The one that begins at `at`, which is within the text.
Utf8Character character_at(std::string_view text, std::size_t at);

// Whole characters only: no overlong form, no surrogate, nothing cut.
bool is_utf8(std::string_view text);
// What is no UTF-8 becomes U+FFFD, one for each byte.
std::string repaired_utf8(std::string_view text);
// C0, C1 and DEL: what would break a line or move the cursor.
constexpr bool is_control(char32_t point) { return point < 0x20 || (point >= 0x7f && point < 0xa0); }
// UTF-8 without control characters: fit for a log line and for JSON.
bool is_plain_text(std::string_view text);
// Whether it begins or ends with white space, which an id that was copied may bring along and nobody sees.
bool has_space_at_an_end(std::string_view text);

}  // namespace headroom
