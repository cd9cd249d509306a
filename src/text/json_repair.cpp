#include "text/json_repair.h"

#include <cstddef>
#include <utility>

#include "text/utf8.h"

namespace headroom {
namespace {

constexpr std::size_t kEscape = 6;  // \uXXXX

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
