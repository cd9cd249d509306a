#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace headroom::ctl {

// A stream of the process. What is written to it is safe already; what can not be written is remembered.
class Output {
 public:
  explicit Output(int fd);
  ~Output() { flush(); }
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  void write(std::string_view text);
  void flush();

  int error() const { return error_; }  // an errno; 0: all that was written has gone out
  bool is_terminal() const { return terminal_; }
  // Of the terminal as it is now; none when it is no terminal.
  std::optional<std::size_t> columns() const;

 private:
  const int fd_;
  const bool terminal_;
  int error_ = 0;
  std::string waiting_;
};

}  // namespace headroom::ctl
