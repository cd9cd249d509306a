#include "text/utf8.h"

#include <cstdint>
#include <cstring>

namespace headroom {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

// Calls `see(character, at)` for each character, and for each byte that belongs to none, until it returns false.
template <typename See>
void each_character(std::string_view text, See see) {
  for (std::size_t at = 0; at < text.size();) {
    const Utf8Character character = character_at(text, at);
    if (!see(character, at)) return;
    at += character.length == 0 ? 1 : character.length;
  }
}

// Unicode's White_Space but for control characters, which no id may have, and the marks without a width that text is
// copied with.
bool is_space(char32_t point) {
  switch (point) {
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
      return point == 0x20 || (point >= 0x2000 && point <= 0x200d);
  }
}

}  // namespace

Utf8Character character_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {1, lead};
  if (lead < 0xC2 || lead > 0xF4) return {};
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (text.size() - at < length) return {};
  char32_t point = lead & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {};
    point = (point << 6) | (byte(i) & 0x3FU);
  }
  const bool overlong = (length == 3 && point < 0x800) || (length == 4 && point < 0x10000);
  const bool surrogate = point >= 0xD800 && point <= 0xDFFF;
  if (overlong || surrogate || point > 0x10FFFF) return {};
  return {length, point};
}

// Most of what is looked through is ASCII, and long: eight bytes at a time.
bool is_utf8(std::string_view text) {
  constexpr std::uint64_t kBeyondAscii = 0x8080808080808080;
  for (std::size_t at = 0; at < text.size();) {
    std::uint64_t eight = kBeyondAscii;
    if (text.size() - at >= sizeof eight) std::memcpy(&eight, text.data() + at, sizeof eight);
    if ((eight & kBeyondAscii) == 0) {
      at += sizeof eight;
      continue;
    }
    const std::size_t length = character_at(text, at).length;
    if (length == 0) return false;
    at += length;
  }
  return true;
}

std::string repaired_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  each_character(text, [&](const Utf8Character& character, std::size_t at) {
    out += character.length == 0 ? kReplacement : text.substr(at, character.length);
    return true;
  });
  return out;
}

bool is_plain_text(std::string_view text) {
  bool plain = true;
  each_character(text, [&](const Utf8Character& character, std::size_t) {
    return plain = character.length > 0 && !is_control(character.point);
  });
  return plain;
}

bool has_space_at_an_end(std::string_view text) {
  bool first_is_space = false, last_is_space = false, whole = true;
  each_character(text, [&](const Utf8Character& character, std::size_t at) {
    whole = character.length > 0;
    last_is_space = whole && is_space(character.point);
    if (at == 0) first_is_space = last_is_space;
    return whole;
  });
  return whole ? first_is_space || last_is_space : first_is_space;
}

}  // namespace headroom
