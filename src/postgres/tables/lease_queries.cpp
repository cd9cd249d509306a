#include "postgres/tables/lease_queries.h"

#include <string>

namespace headroom::postgres {
namespace {

const std::string kNow = "(extract(epoch FROM clock_timestamp()) * 1000)::bigint";
// $1: how long it lasts; $2: without an end.
const std::string kEnd = "CASE WHEN $2 THEN 9223372036854775807 ELSE " + kNow + " + $1 END";

}  // namespace

std::optional<std::int64_t> take_lease(Connection& connection, const LeaseClaim& claim) {
  static const std::string kTake = "UPDATE lease SET until = " + kEnd +
                                   ", holder = $3, fence = fence + 1, drain = $4"
                                   " WHERE name = 'leader' AND ($2 OR until <= " +
                                   kNow + " - drain) RETURNING fence";
  Query taken = connection.query(kTake);
  if (!taken.bind(claim.lasts, claim.alone, claim.holder, claim.drain).step()) return std::nullopt;
  return taken.integer();
}

bool renew_lease(Connection& connection, const LeaseClaim& claim, std::int64_t fence) {
  static const std::string kRenew =
      "UPDATE lease SET until = " + kEnd + " WHERE name = 'leader' AND holder = $3 AND fence = $4";
  connection.query(kRenew).bind(claim.lasts, claim.alone, claim.holder, fence).run();
  return connection.changes() > 0;
}

void give_back_lease(Connection& connection, std::int64_t fence) {
  connection.query("UPDATE lease SET until = 0, drain = 0 WHERE name = 'leader' AND fence = $1").bind(fence).run();
}

bool holds_lease(Connection& connection, std::int64_t fence) {
  Query held = connection.query("SELECT 1 FROM lease WHERE name = 'leader' AND fence = $1 FOR SHARE");
  return held.bind(fence).step();
}

void take_turn(Connection& connection) {
  connection.query("SELECT 1 FROM lease WHERE name = 'settings' FOR UPDATE").step();
}

}  // namespace headroom::postgres
