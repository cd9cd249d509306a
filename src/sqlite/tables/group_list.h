#pragma once

#include <string>

#include "headroom/storage.h"
#include "sqlite/connection.h"
#include "sqlite/query.h"
#include "stored/rows/group_row.h"

namespace headroom::sqlite {

// How many groups one page looks at, at most, before it ends short: along the index of what it is in the order of, and
// wherever else in the file the rest of each row stands.
inline constexpr std::int64_t kLookedAtInIdOrder = 50000;
inline constexpr std::int64_t kLookedAtInOtherOrder = 5000;

using stored::kGroupColumns;
using stored::read_group;
inline const std::string kSelectGroup = "SELECT " + kGroupColumns + " FROM chat_group ";

Page<Group> list_groups(Connection& connection, const GroupFilter& filter, const PageRequest& page);

}  // namespace headroom::sqlite
