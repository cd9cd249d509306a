#pragma once

#include <random>
#include <vector>

namespace headroom::soak {

// What becomes of several nodes and of their database.
enum class Trouble { kKill, kStop, kFreeze, kCutOff, kBackends, kLock, kPrimary, kNone };
const char* name_of(Trouble trouble);

// Which comes next: first each of them once, then ten kills of a node to one of each other, and a calm time, shuffled.
class Deck {
 public:
  Trouble draw(std::mt19937_64& random);

 private:
  bool first_ = true;
  std::vector<Trouble> cards_;
};

}  // namespace headroom::soak
