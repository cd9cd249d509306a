#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "cli/cli.h"
#include "cli/exit.h"
#include "daemon/journal_stream.h"
#include "daemon/serve.h"

namespace {

// A closed standard stream is the next file's number, and the log would be written into the database. Output stays one
// that fails: an answer that is lost is no success.
bool open_standard_streams() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(fd, F_GETFD) >= 0) continue;
    if (::open("/dev/null", fd == STDOUT_FILENO ? O_RDONLY : O_RDWR) != fd) return false;
  }
  return true;
}

// A core file or a debugger of the same user would show the secrets.
void keep_memory_private() {
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

std::map<std::string, std::string> environment_of(char** variables) {
  std::map<std::string, std::string> environment;
  for (; variables != nullptr && *variables != nullptr; ++variables) {
    const std::string variable = *variables;
    const auto equals = variable.find('=');
    if (equals != std::string::npos) environment.emplace(variable.substr(0, equals), variable.substr(equals + 1));
  }
  return environment;
}

}  // namespace

int main(int argc, char** argv) {
  if (!open_standard_streams()) return headroom::exit_status::kFailure;
  try {
    ::signal(SIGPIPE, SIG_IGN);  // a lost peer is an error of one write, not the end
    keep_memory_private();
    const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
    const headroom::ErrorLines errors(std::cerr, headroom::goes_to_journal(STDERR_FILENO));
    return headroom::run_cli(arguments, {environment_of(environ), std::cout, errors, headroom::serve});
  } catch (...) {
    return headroom::exit_status::kInternal;
  }
}
