#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <clocale>
#include <ctime>
#include <string>
#include <vector>

#include "ctl/exit.h"
#include "ctl/program.h"
#include "process/start.h"

namespace {

std::atomic<bool> stopped{false};
static_assert(std::atomic<bool>::is_always_lock_free);  // it is set by a signal

void catch_stops() {
  struct sigaction action {};
  action.sa_handler = [](int) { stopped = true; };
  for (const int signal : {SIGINT, SIGTERM}) ::sigaction(signal, &action, nullptr);
}

}  // namespace

int main(int argc, char** argv) {
  if (!headroom::open_standard_streams()) return headroom::ctl::exit_status::kRefused;
  ::signal(SIGPIPE, SIG_IGN);  // a reader that has gone does not end a change half way
  headroom::keep_memory_private();
  std::setlocale(LC_CTYPE, "C.UTF-8");  // how wide characters are; nothing else depends on where this runs
  ::tzset();
  const auto environment = headroom::environment_of(environ);
  const auto columns = headroom::ctl::columns_of(headroom::ctl::value_of(environment, "COLUMNS"));
  headroom::ctl::Output out(STDOUT_FILENO, columns), err(STDERR_FILENO, columns);
  const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
  return headroom::ctl::run_program(arguments, environment, out, err, {stopped, catch_stops});
}
