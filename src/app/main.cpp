#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "app/cli.h"
#include "app/cli_exit.h"
#include "app/serve.h"

namespace {

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
  try {
    ::signal(SIGPIPE, SIG_IGN);  // a lost peer is an error of one write, not the end
    keep_memory_private();
    const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
    return headroom::run_cli(arguments, {environment_of(environ), std::cout, std::cerr, headroom::serve});
  } catch (...) {
    return headroom::exit_status::kInternal;
  }
}
