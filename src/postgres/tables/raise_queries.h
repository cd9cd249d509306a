#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "headroom/raise.h"
#include "headroom/removal.h"
#include "postgres/connection.h"

// Limits that runs set, and ceilings that Chat has shown.
namespace headroom::postgres {

RemovalUsage raise_usage(Connection& connection, TimeMs since);
std::optional<std::int64_t> learned_ceiling(Connection& connection, const std::string& group_id,
                                            std::optional<GroupType> type, TimeMs learned_after);
void learn_ceiling(Connection& connection, const LearnedCeiling& ceiling, TimeMs now);
void forget_ceilings(Connection& connection, const std::string& group_id, std::optional<GroupType> type,
                     std::int64_t limit);
int delete_ceilings_before(Connection& connection, TimeMs learned_before, int limit);

}  // namespace headroom::postgres
