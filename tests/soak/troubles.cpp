#include "tests/soak/troubles.h"

#include <algorithm>

namespace headroom::soak {

const char* name_of(Trouble trouble) {
  switch (trouble) {
    case Trouble::kKill:
      return "kills of a node";
    case Trouble::kStop:
      return "ends (SIGTERM)";
    case Trouble::kFreeze:
      return "freezes (SIGSTOP)";
    case Trouble::kCutOff:
      return "partitions";
    case Trouble::kBackends:
      return "backends terminated";
    case Trouble::kLock:
      return "locks of the table of events";
    case Trouble::kPrimary:
      return "crashes of the primary";
    case Trouble::kNone:
      return "calm times";
  }
  return "";
}

Trouble Deck::draw(std::mt19937_64& random) {
  if (cards_.empty()) {
    cards_ = {Trouble::kKill,     Trouble::kStop, Trouble::kFreeze, Trouble::kCutOff,
              Trouble::kBackends, Trouble::kLock, Trouble::kPrimary};
    if (!first_) {
      cards_.insert(cards_.end(), 9, Trouble::kKill);
      cards_.push_back(Trouble::kNone);
    }
    first_ = false;
    std::shuffle(cards_.begin(), cards_.end(), random);
  }
  const Trouble trouble = cards_.back();
  cards_.pop_back();
  return trouble;
}

}  // namespace headroom::soak
