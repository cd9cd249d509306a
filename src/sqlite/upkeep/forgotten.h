#pragma once

#include <cstdint>

namespace headroom {

// What stands in the database that was put aside, and not in the one that took its place.
struct Forgotten {
  std::int64_t events = 0;
  std::int64_t removals = 0;
  std::int64_t audit = 0;
};

}  // namespace headroom
