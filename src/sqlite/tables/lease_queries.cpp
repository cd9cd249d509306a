#include "sqlite/tables/lease_queries.h"

#include <limits>

namespace headroom::sqlite {
namespace {

TimeMs end_of(const LeaseClaim& claim, TimeMs now) {
  return claim.alone ? std::numeric_limits<TimeMs>::max() : now + claim.lasts;
}

}  // namespace

std::optional<std::int64_t> take_lease(Connection& connection, const LeaseClaim& claim, TimeMs now) {
  connection
      .query(
          "UPDATE lease SET holder = ?1, fence = fence + 1, until = ?2, drain = ?3"
          " WHERE name = 'leader' AND (?4 OR until <= ?5 - drain)")
      .bind(claim.holder, end_of(claim, now), claim.drain, claim.alone, now)
      .run();
  if (connection.changes() == 0) return std::nullopt;
  Query fence = connection.query("SELECT fence FROM lease WHERE name = 'leader'");
  fence.step();
  return fence.integer();
}

bool renew_lease(Connection& connection, const LeaseClaim& claim, std::int64_t fence, TimeMs now) {
  connection.query("UPDATE lease SET until = ? WHERE name = 'leader' AND fence = ? AND holder = ?")
      .bind(end_of(claim, now), fence, claim.holder)
      .run();
  return connection.changes() > 0;
}

void give_back_lease(Connection& connection, std::int64_t fence) {
  connection.query("UPDATE lease SET until = 0, drain = 0 WHERE name = 'leader' AND fence = ?").bind(fence).run();
}

bool holds_lease(Connection& connection, std::int64_t fence) {
  Query held = connection.query("SELECT 1 FROM lease WHERE name = 'leader' AND fence = ?");
  return held.bind(fence).step();
}

}  // namespace headroom::sqlite
