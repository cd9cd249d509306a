#include "admin/text.h"

#include <rapidjson/encodings.h>
#include <rapidjson/memorystream.h>

#include <algorithm>

#include "headroom/event.h"

namespace headroom::http {
namespace {

// The length of the character at the front; 0 when there is none.
std::size_t character_length(std::string_view text) {
  rapidjson::MemoryStream stream(text.data(), text.size());
  unsigned code_point = 0;
  return rapidjson::UTF8<>::Decode(stream, &code_point) ? stream.Tell() : 0;
}

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f;
}

// Unicode's White_Space but for control characters, which no id may have, and the marks without a width that text is
// copied with.
bool is_space(unsigned code_point) {
  switch (code_point) {
    case 0xa0:
    case 0x1680:
    case 0x2028:
    case 0x2029:
    case 0x202f:
    case 0x205f:
    case 0x3000:
    case 0xfeff:
      return true;
    default:
      return code_point == 0x20 || (code_point >= 0x2000 && code_point <= 0x200d);
  }
}

}  // namespace

bool has_space_at_an_end(std::string_view text) {
  rapidjson::MemoryStream stream(text.data(), text.size());
  bool first = true;
  bool last_is_space = false;
  while (stream.Tell() < text.size()) {
    unsigned code_point = 0;
    if (!rapidjson::UTF8<>::Decode(stream, &code_point)) return false;
    last_is_space = is_space(code_point);
    if (first && last_is_space) return true;
    first = false;
  }
  return last_is_space;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = character_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string replace_invalid_utf8(std::string_view text) {
  std::string clean;
  while (!text.empty()) {
    const std::size_t length = character_length(text);
    clean += length == 0 ? std::string_view("\xEF\xBF\xBD") : text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return clean;
}

bool is_plain_text(std::string_view text) {
  return std::none_of(text.begin(), text.end(), is_control) && is_utf8(text);
}

bool is_valid_subject(std::string_view text) { return is_valid_group_id(text) && is_utf8(text); }

}  // namespace headroom::http
