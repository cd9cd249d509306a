#pragma once

#include <string>

#include "headroom/storage.h"
#include "sqlite/connection.h"
#include "sqlite/query.h"
#include "stored/group_walk.h"
#include "stored/rows/group_row.h"

namespace headroom::sqlite {

using stored::kGroupColumns;
using stored::kLookedAtInIdOrder;
using stored::kLookedAtInOtherOrder;
using stored::read_group;
inline const std::string kSelectGroup = "SELECT " + kGroupColumns + " FROM chat_group ";

Page<Group> list_groups(Connection& connection, const GroupFilter& filter, const PageRequest& page);

}  // namespace headroom::sqlite
