#pragma once

#include <cstdint>
#include <optional>

#include "headroom/lease.h"
#include "postgres/connection.h"

namespace headroom::postgres {

// By the database's clock as it is now, not as it was when the transaction began.
std::optional<std::int64_t> take_lease(Connection& connection, const LeaseClaim& claim);
bool renew_lease(Connection& connection, const LeaseClaim& claim, std::int64_t fence);
void give_back_lease(Connection& connection, std::int64_t fence);
// Locks the row: who would take the lease waits for the transaction's end.
bool holds_lease(Connection& connection, std::int64_t fence);
// Of who reads settings to change them, and of all who lock more than what stands in one order: until the
// transaction's end.
void take_turn(Connection& connection);

}  // namespace headroom::postgres
