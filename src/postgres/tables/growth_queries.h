#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "headroom/storage.h"
#include "postgres/connection.h"
#include "postgres/query.h"

namespace headroom::postgres {

std::optional<Growth> find_growth(Connection& connection, const std::string& group_id);
Page<Growth> list_filling(Connection& connection, Day until, const PageRequest& page);
std::int64_t count_filling(Connection& connection, Day until);

std::int64_t save_growth(Connection& connection, const Growth& growth);
bool delete_growth(Connection& connection, const std::string& group_id);
int delete_growth_before(Connection& connection, TimeMs seen_before, int limit);
int drop_forecasts_before(Connection& connection, TimeMs seen_before, int limit);

}  // namespace headroom::postgres
