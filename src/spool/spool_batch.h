#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "headroom/event.h"

namespace headroom {

struct SpoolBatch {
  std::vector<std::int64_t> ids;  // ascending, of the events at the same places
  std::vector<Event> events;
  std::vector<std::string> whys;  // of those that were refused
};

}  // namespace headroom
