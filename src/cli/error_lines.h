#pragma once

#include <iosfwd>
#include <string>

namespace headroom {

// The text as it may be shown on a terminal: one line, nothing that it obeys, `?` for what is no UTF-8.
std::string one_line(const std::string& text);

// What a subcommand says on standard error: one line each, with `headroomd: ` in front.
class ErrorLines {
 public:
  // `journal`: lines start with the journal's priority, so that `journalctl -p warning` shows them.
  ErrorLines(std::ostream& out, bool journal = false) : out_(out), journal_(journal) {}

  void error(const std::string& text) const { write("<3>", text); }
  void warning(const std::string& text) const { write("<4>", "warning: " + text); }

 private:
  void write(const char* priority, const std::string& text) const;

  std::ostream& out_;
  const bool journal_;
};

}  // namespace headroom
