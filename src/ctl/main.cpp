#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <clocale>
#include <ctime>
#include <string>
#include <vector>

#include "ctl/exit.h"
#include "ctl/program.h"

namespace {

std::atomic<bool> stopped{false};
static_assert(std::atomic<bool>::is_always_lock_free);  // it is set by a signal

void catch_stops() {
  struct sigaction action {};
  action.sa_handler = [](int) { stopped = true; };
  for (const int signal : {SIGINT, SIGTERM}) ::sigaction(signal, &action, nullptr);
}

// A closed standard stream is the next socket's number, and what is printed would go to the daemon. Output stays one
// that fails: an answer that is lost is no success.
bool open_standard_streams() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(fd, F_GETFD) >= 0) continue;
    if (::open("/dev/null", fd == STDOUT_FILENO ? O_RDONLY : O_RDWR) != fd) return false;
  }
  return true;
}

// A core file or a debugger of the same user would show the token.
void keep_memory_private() {
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

headroom::ctl::Environment environment_of(char** variables) {
  headroom::ctl::Environment environment;
  for (; variables != nullptr && *variables != nullptr; ++variables) {
    const std::string variable = *variables;
    const auto equals = variable.find('=');
    if (equals != std::string::npos) environment.emplace(variable.substr(0, equals), variable.substr(equals + 1));
  }
  return environment;
}

}  // namespace

int main(int argc, char** argv) {
  if (!open_standard_streams()) return headroom::ctl::exit_status::kRefused;
  ::signal(SIGPIPE, SIG_IGN);  // a reader that has gone does not end a change half way
  keep_memory_private();
  std::setlocale(LC_CTYPE, "C.UTF-8");  // how wide characters are; nothing else depends on where this runs
  ::tzset();
  headroom::ctl::Output out(STDOUT_FILENO), err(STDERR_FILENO);
  const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
  return headroom::ctl::run_program(arguments, environment_of(environ), out, err, {stopped, catch_stops});
}
