#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "headroom/storage.h"
#include "postgres/connection.h"

namespace headroom::postgres {

std::vector<Group> lock_groups(Connection& connection, std::span<const std::string> group_ids);
// Returns their ids, in their order. Tells which of them have become blocked, or blocked for another reason.
std::vector<std::int64_t> save_groups(Connection& connection, std::span<const Group> groups,
                                      std::vector<Group>& newly_blocked);

}  // namespace headroom::postgres
