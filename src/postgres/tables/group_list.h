#pragma once

#include <string>

#include "headroom/storage.h"
#include "postgres/connection.h"
#include "stored/rows/group_row.h"

namespace headroom::postgres {

inline const std::string kSelectGroup = "SELECT " + stored::kGroupColumns + " FROM chat_group ";

Page<Group> list_groups(Connection& connection, const GroupFilter& filter, const PageRequest& page);

}  // namespace headroom::postgres
