#pragma once

#include <cstdint>

#include "headroom/read_view.h"
#include "postgres/connection.h"
#include "stored/group_walk.h"

namespace headroom::postgres {

// The first `limit` groups that `filter` shows behind that place, of no more than `look_at` groups.
stored::GroupWalk walk_groups(Connection& connection, const GroupFilter& filter, const PageRequest& page,
                              std::int64_t look_at);

}  // namespace headroom::postgres
