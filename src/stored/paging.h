#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include "headroom/page.h"
#include "headroom/types.h"

namespace headroom::stored {

inline constexpr int kMaxListed = 1000;
inline int listed(int limit) { return std::clamp(limit, 1, kMaxListed); }

// What event_span, run_span and removal_span have a row for.
inline constexpr TimeMs kSpanMs = 10 * kMinuteMs;

// Ids that a list may hold, both ends included.
struct IdRange {
  std::int64_t first = 0;
  std::int64_t last = std::numeric_limits<std::int64_t>::max();
};

inline IdRange ids_before(const PageRequest& page) {
  IdRange range;
  if (page.before_id) range.last = std::max<std::int64_t>(*page.before_id, 1) - 1;
  return range;
}

// Reads the page from `query`, which is bound and asks for one row more than the page has.
template <typename Item, typename Query, typename Read>
Page<Item> read_page(Query& query, const PageRequest& page, Read&& read) {
  Page<Item> result;
  const auto limit = static_cast<std::size_t>(listed(page.limit));
  while (query.step()) {
    if (result.items.size() == limit) {
      result.next_before_id = result.items.back().id;
      break;
    }
    result.items.push_back(read(query));
  }
  return result;
}

}  // namespace headroom::stored
