#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "headroom/types.h"

namespace headroom {

// Lists are newest first, by id. `before_id`: only rows with a smaller one.
struct PageRequest {
  int limit = 50;
  std::optional<std::int64_t> before_id;
};
template <typename T>
struct Page {
  std::vector<T> items;
  std::optional<std::int64_t> next_before_id;  // absent: that was the last page
};

// Behind this row, in a walk by a time that rows have, and by their ids where it is the same.
struct TimePosition {
  TimeMs time = 0;
  std::int64_t id = 0;
};

}  // namespace headroom
