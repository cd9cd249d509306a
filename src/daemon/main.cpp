#include <signal.h>
#include <unistd.h>

#include <iostream>
#include <string>
#include <vector>

#include "cli/cli.h"
#include "cli/exit.h"
#include "daemon/journal_stream.h"
#include "daemon/serve.h"
#include "process/start.h"

int main(int argc, char** argv) {
  if (!headroom::open_standard_streams()) return headroom::exit_status::kFailure;
  try {
    ::signal(SIGPIPE, SIG_IGN);  // a lost peer is an error of one write, not the end
    headroom::keep_memory_private();
    const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
    const headroom::ErrorLines errors(std::cerr, headroom::goes_to_journal(STDERR_FILENO));
    return headroom::run_cli(arguments, {headroom::environment_of(environ), std::cout, errors, headroom::serve});
  } catch (...) {
    return headroom::exit_status::kInternal;
  }
}
