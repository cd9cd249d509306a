#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

#include "headroom/types.h"

namespace headroom {

// Of several nodes over one store one leads: it decides, removes, sweeps and forgets. By the store's own clock.
struct LeaseClaim {
  std::string holder;                 // one start of one node
  DurationMs lasts = 30 * kSecondMs;  // from each taking and renewal on
  DurationMs drain = 0;               // calls of the holder's may go on for so long behind its end
  bool alone = false;                 // nobody else can be there: it is taken whoever had it, and has no end
};

// Another has taken the lead since this work began: nothing of it is stored, and nothing more is to be sent.
class LeaseLost : public std::runtime_error {
 public:
  LeaseLost() : std::runtime_error("another node leads") {}
};

}  // namespace headroom
