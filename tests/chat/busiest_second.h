#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "headroom/types.h"

namespace headroom::test {

// The most calls that any second saw, wherever it began.
inline std::size_t busiest_second(std::vector<TimeMs> calls) {
  std::ranges::sort(calls);
  std::size_t most = 0;
  std::size_t first = 0;
  for (std::size_t last = 0; last < calls.size(); ++last) {
    while (calls[last] - calls[first] >= kSecondMs) ++first;
    most = std::max(most, last - first + 1);
  }
  return most;
}

}  // namespace headroom::test
