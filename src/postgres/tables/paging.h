#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

#include "postgres/connection.h"
#include "stored/paging.h"

namespace headroom::postgres {

using stored::IdRange;
using stored::ids_before;
using stored::listed;
using stored::read_page;

// Narrowed to what `spans` (event_span or run_span) knows about [since, until); empty: last < first.
inline IdRange ids_between(Connection& connection, const std::string& spans, IdRange range,
                           const std::optional<TimeMs>& since, const std::optional<TimeMs>& until) {
  if (!since && !until) return range;
  Query query =
      connection.query("SELECT min(first_id), max(last_id) FROM " + spans + " WHERE slot >= $1 AND slot <= $2");
  query.bind(since.value_or(0) / stored::kSpanMs, until.value_or(kMaxTimeMs) / stored::kSpanMs).step();
  range.first = std::max(range.first, query.optional_integer().value_or(1));
  range.last = std::min(range.last, query.optional_integer().value_or(0));
  return range;
}

}  // namespace headroom::postgres
