#include "headroom/json_text.h"

#include <cstddef>
#include <utility>

namespace headroom {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD
constexpr std::size_t kEscape = 6;                         // \uXXXX

// Of the character at the front; 0: it is none.
std::size_t character_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead < 0xC2 || lead > 0xF4) return 0;
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  const bool overlong = (lead == 0xE0 && byte(1) < 0xA0) || (lead == 0xF0 && byte(1) < 0x90);
  const bool surrogate = lead == 0xED && byte(1) >= 0xA0;
  const bool beyond = lead == 0xF4 && byte(1) >= 0x90;
  return overlong || surrogate || beyond ? 0 : length;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

// The number of the escape \uXXXX at `at`; -1: there is none.
int escaped(std::string_view json, std::size_t at) {
  if (json.size() - at < kEscape || json[at] != '\\' || json[at + 1] != 'u') return -1;
  int number = 0;
  for (std::size_t i = at + 2; i < at + kEscape; ++i) {
    const int digit = hex_digit(json[i]);
    if (digit < 0) return -1;
    number = number * 16 + digit;
  }
  return number;
}

bool is_first_half(int number) { return number >= 0xD800 && number <= 0xDBFF; }
bool is_second_half(int number) { return number >= 0xDC00 && number <= 0xDFFF; }

// Calls `lone(position)` for each escape of half a surrogate pair.
template <typename Call>
void each_lone_half(std::string_view json, Call lone) {
  for (std::size_t at = json.find('\\'); at != std::string_view::npos; at = json.find('\\', at)) {
    const int number = escaped(json, at);
    if (number < 0) {
      at += 2;
    } else if (is_first_half(number) && at + kEscape < json.size() && is_second_half(escaped(json, at + kEscape))) {
      at += 2 * kEscape;
    } else {
      if (is_first_half(number) || is_second_half(number)) lone(at);
      at += kEscape;
    }
  }
}

}  // namespace

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = character_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string repaired_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = character_length(text);
    out += length == 0 ? kReplacement : text.substr(0, length);
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return out;
}

std::string readable_json(std::string_view json) {
  std::string out;
  each_lone_half(json, [&](std::size_t at) {
    if (out.empty()) out = json;
    out.replace(at, kEscape, "\\udc00");
  });
  return out;
}

std::string repaired_json(std::string json) {
  // In place and of the same length: the scan goes on behind it.
  each_lone_half(json, [&](std::size_t at) { json.replace(at, kEscape, "\\ufffd"); });
  return is_utf8(json) ? std::move(json) : repaired_utf8(json);
}

}  // namespace headroom
