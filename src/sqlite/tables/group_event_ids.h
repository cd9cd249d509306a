#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sqlite/connection.h"
#include "sqlite/tables/paging.h"

namespace headroom::sqlite {

// The ids of a group in a range, the greatest first, with those that no list has yet; some may be of forgotten events.
class GroupEventIds {
 public:
  GroupEventIds(Connection& connection, const std::string& group_id, const IdRange& range);
  std::optional<std::int64_t> next();

 private:
  void take(const std::string& text);

  const IdRange range_;
  Query moved_;
  std::vector<std::int64_t> ids_;  // ascending: the next one is the last
};

}  // namespace headroom::sqlite
