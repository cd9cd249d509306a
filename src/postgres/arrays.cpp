#include "postgres/arrays.h"

#include "stored/text.h"
#include "text/hex.h"

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

void Array::add(const std::array<std::uint8_t, 16>& bytes) { add_plain(hex_of(bytes)); }

}  // namespace headroom::postgres
