#pragma once

#include <string>
#include <string_view>

namespace headroom::http {

bool is_utf8(std::string_view text);
// Each byte that belongs to no character becomes U+FFFD.
std::string replace_invalid_utf8(std::string_view text);
// No control characters, and UTF-8: fit for a log line and for JSON.
bool is_plain_text(std::string_view text);
// Whether it begins or ends with white space, which an id that was copied may bring along and nobody sees.
bool has_space_at_an_end(std::string_view text);
// What a group id or an account may be: plain text of 1 to 128 bytes.
bool is_valid_subject(std::string_view text);

}  // namespace headroom::http
