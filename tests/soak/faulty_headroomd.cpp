// headroomd on a disk that fails on demand: the daemon's own code over a VFS that faults can be put into. Without
// HEADROOM_FAULTS, the path of the control socket, it is headroomd. HEADROOM_POWER=1 also notes what a power cut loses.
#include <signal.h>

#include <cstdlib>
#include <iostream>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cli/cli.h"
#include "daemon/serve.h"
#include "tests/soak/fault_control.h"

int main(int argc, char** argv) {
  ::signal(SIGPIPE, SIG_IGN);
  std::optional<headroom::test::FaultVfs> faults;
  std::optional<headroom::soak::FaultControl> control;
  if (const char* socket = std::getenv("HEADROOM_FAULTS")) {
    faults.emplace(headroom::test::FaultVfs::Role::kDefault);
    if (std::getenv("HEADROOM_POWER") != nullptr) faults->track_unsynced();
    control.emplace(*faults, socket);
  }
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  return headroom::run_cli(arguments, {{}, std::cout, std::cerr, headroom::serve});
}
