#include "cli/error_lines.h"

#include <ostream>

namespace headroom {

void ErrorLines::write(const char* priority, const std::string& text) const {
  std::string line = "headroomd: " + text;
  for (char& c : line) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';  // one error, one line
  }
  out_ << (journal_ ? priority + line : line) + '\n' << std::flush;
}

}  // namespace headroom
