#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "headroom/read_view.h"
#include "sqlite/connection.h"

namespace headroom::sqlite {

// Where a walk through the groups stands: the id, and what the list is in the order of; absent where it has none of it.
struct GroupPlace {
  std::int64_t id = 0;
  std::optional<std::int64_t> rank;
};
struct GroupWalk {
  std::vector<std::int64_t> shown;  // ids, in order
  std::optional<GroupPlace> next;   // where the next page begins; absent: there is no more
};

// The first `limit` groups that `filter` shows behind that place, of no more than `look_at` groups.
GroupWalk walk_groups(Connection& connection, const GroupFilter& filter, const PageRequest& page, std::int64_t look_at);

}  // namespace headroom::sqlite
