#pragma once

#include <sys/types.h>

#include <map>
#include <string>
#include <vector>

namespace headroom::test {

using Variables = std::map<std::string, std::string>;  // the whole environment of a program

struct CommandRun {
  int status = -1;  // 128 + the signal that ended it
  std::string out;
  std::string err;
};
// Runs a program to its end, without a terminal.
CommandRun run_command(const std::vector<std::string>& program, const Variables& environment,
                       const std::string& input = "");

// A program on a terminal of its own. Every wait ends after 20 s.
class TerminalProcess {
 public:
  TerminalProcess(const std::vector<std::string>& program, const Variables& environment, unsigned short columns = 80);
  ~TerminalProcess();  // kills it
  TerminalProcess(const TerminalProcess&) = delete;
  TerminalProcess& operator=(const TerminalProcess&) = delete;

  // Whether the text appears, behind what an earlier call has found.
  bool shows(const std::string& text);
  void type(const std::string& text) const;
  void signal(int number) const;
  int wait();  // the exit status, 128 + the signal, or -1
  // All that has appeared, lines ending with \n.
  std::string screen() const;

 private:
  bool read_some(int timeout_ms);

  pid_t pid_ = -1;
  int fd_ = -1;
  std::string output_;
  std::size_t found_ = 0;
};

}  // namespace headroom::test
