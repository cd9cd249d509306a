#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include "headroom/storage.h"
#include "sqlite/connection.h"

namespace headroom::sqlite {

inline constexpr int kMaxListed = 1000;
inline int listed(int limit) { return std::clamp(limit, 1, kMaxListed); }

// What event_span and run_span have a row for.
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

// Narrowed to what `spans` (event_span or run_span) knows about [since, until); empty: last < first.
inline IdRange ids_between(Connection& connection, const std::string& spans, IdRange range,
                           const std::optional<TimeMs>& since, const std::optional<TimeMs>& until) {
  if (!since && !until) return range;
  Query query = connection.query("SELECT min(first_id), max(last_id) FROM " + spans +
                                 " WHERE slot >= ?1 / 600000 AND slot <= ?2 / 600000");
  query.bind(since.value_or(0), until.value_or(kMaxTimeMs)).step();
  range.first = std::max(range.first, query.optional_integer().value_or(1));
  range.last = std::min(range.last, query.optional_integer().value_or(0));
  return range;
}

// Reads the page from `query`, which is bound and asks for one row more than the page has.
template <typename Item, typename Read>
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

}  // namespace headroom::sqlite
