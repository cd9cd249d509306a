#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace headroom::ctl {

// A stream of the process. What is written to it is safe already; what can not be written is remembered.
class Output {
 public:
  // `columns`: as which width a terminal is to be taken; its own when there is none.
  explicit Output(int fd, std::optional<std::size_t> columns = std::nullopt);
  ~Output() { flush(); }
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  void write(std::string_view text);
  void flush();
  // Waits for so long, or until nobody reads it any more, which is then an error as if something had been written.
  void wait(std::chrono::milliseconds time);

  int error() const { return error_; }  // an errno; 0: all that was written has gone out
  bool is_terminal() const { return terminal_; }
  // Of the terminal, as it is now if nobody has said; none when it is no terminal.
  std::optional<std::size_t> columns() const;

 private:
  const int fd_;
  const bool terminal_;
  const std::optional<std::size_t> given_columns_;
  int error_ = 0;
  std::string waiting_;
};

// The width that the variable COLUMNS asks for; none when it is no number above 0.
std::optional<std::size_t> columns_of(std::string_view variable);

}  // namespace headroom::ctl
