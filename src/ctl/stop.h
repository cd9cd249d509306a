#pragma once

#include <atomic>

namespace headroom::ctl {

// Ctrl-C and SIGTERM. A command that wants to end by itself asks for them to be caught; they end all others at once.
struct Stop {
  const std::atomic<bool>& asked;
  void (*catch_signals)();
};

}  // namespace headroom::ctl
