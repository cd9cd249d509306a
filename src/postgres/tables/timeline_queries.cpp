#include "postgres/tables/timeline_queries.h"

#include <string>

namespace headroom::postgres {

// Sums of the hours that the tallies keep: what it costs does not depend on how much happened.
std::vector<TimelineBucket> timeline(Connection& connection, TimelineUnit unit, TimeMs since, TimeMs last) {
  const DurationMs span = unit == TimelineUnit::kHour ? kHourMs : kDayMs;
  const std::int64_t first = since / span;
  std::vector<TimelineBucket> buckets;
  for (std::int64_t slot = first; slot <= last / span; ++slot) {
    buckets.emplace_back().start = slot * span;
  }
  const auto add = [&](const std::string& what, std::int64_t TimelineBucket::*number) {
    Query query = connection.query(
        "SELECT slot * 3600000, value FROM tally WHERE what = $1 AND span = 3600000 AND slot >= $2 AND slot < $3");
    query.bind(what, first * span / kHourMs, (last / span + 1) * span / kHourMs);
    while (query.step()) {
      const std::int64_t at = query.integer();
      buckets.at(static_cast<std::size_t>(at / span - first)).*number += query.integer();
    }
  };
  add("event", &TimelineBucket::events);
  add("filled", &TimelineBucket::groups_filled);
  add("removal", &TimelineBucket::removals);
  return buckets;
}

}  // namespace headroom::postgres
