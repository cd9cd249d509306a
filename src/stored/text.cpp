#include "stored/text.h"

#include "text/utf8.h"

namespace headroom::stored {

bool is_storable(std::string_view text) { return text.find('\0') == std::string_view::npos && is_utf8(text); }

std::string storable(std::string_view text) {
  std::string stored;
  const std::string repaired = repaired_utf8(text);
  for (const char c : repaired) {
    if (c == '\0') {
      stored += "\xEF\xBF\xBD";
    } else {
      stored += c;
    }
  }
  return stored;
}

}  // namespace headroom::stored
