#include "cli/error_lines.h"

#include <algorithm>
#include <cstddef>
#include <ostream>

#include "text/utf8.h"

namespace headroom {

std::string one_line(const std::string& text) {
  std::string line;
  for (std::size_t at = 0; at < text.size();) {
    const Utf8Character character = character_at(text, at);
    const std::size_t length = std::max<std::size_t>(character.length, 1);
    if (character.length == 0) {
      line += '?';
    } else if (is_control(character.point)) {
      line += ' ';
    } else {
      line += text.substr(at, length);
    }
    at += length;
  }
  return line;
}

void ErrorLines::write(const char* priority, const std::string& text) const {
  const std::string line = "headroomd: " + one_line(text);
  out_ << (journal_ ? priority + line : line) + '\n' << std::flush;
}

}  // namespace headroom
