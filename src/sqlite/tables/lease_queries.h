#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "headroom/lease.h"
#include "sqlite/connection.h"

namespace headroom::sqlite {

// `now`: by the store's clock.
std::optional<std::int64_t> take_lease(Connection& connection, const LeaseClaim& claim, TimeMs now);
bool renew_lease(Connection& connection, const LeaseClaim& claim, std::int64_t fence, TimeMs now);
void give_back_lease(Connection& connection, std::int64_t fence);
bool holds_lease(Connection& connection, std::int64_t fence);

}  // namespace headroom::sqlite
