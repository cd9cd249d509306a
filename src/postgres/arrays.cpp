#include "postgres/arrays.h"

#include "stored/text.h"

namespace headroom::postgres {

void Array::add(std::string_view text) {
  std::string quoted = "\"";
  const auto append = [&](std::string_view part) {
    for (const char c : part) {
      if (c == '"' || c == '\\') quoted += '\\';
      quoted += c;
    }
  };
  if (stored::is_storable(text)) {
    append(text);
  } else {
    append(stored::storable(text));
  }
  add_plain(quoted += '"');
}

void Array::add(const std::array<std::uint8_t, 16>& bytes) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string digits;
  for (const std::uint8_t byte : bytes) {
    digits += kDigits[byte >> 4U];
    digits += kDigits[byte & 0xfU];
  }
  add_plain(digits);
}

}  // namespace headroom::postgres
