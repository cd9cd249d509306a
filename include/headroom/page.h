#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "headroom/types.h"

namespace headroom {

// Lists are newest first, by id. `before_id`: only rows with a smaller one. A list in another order goes on behind the
// row of that id, where that one stood by `rank`: what the list is in the order of, absent where a row has none of it.
struct PageRequest {
  int limit = 50;
  std::optional<std::int64_t> before_id = {};
  std::optional<std::int64_t> rank = {};
};
// A page may be short, or empty, and not be the last.
template <typename T>
struct Page {
  std::vector<T> items;
  std::optional<std::int64_t> next_before_id = {};  // absent: that was the last page
  std::optional<std::int64_t> next_rank = {};
};

// Behind this row, in a walk by a time that rows have, and by their ids where it is the same.
struct TimePosition {
  TimeMs time = 0;
  std::int64_t id = 0;
};

}  // namespace headroom
