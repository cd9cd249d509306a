#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "headroom/group.h"

namespace headroom::sqlite {

// A group as it is, and what its row has of it where that may be less.
struct GroupRow {
  Group group;
  std::vector<std::int64_t> recent_events;  // ascending
  std::int64_t listed_full_events = 0;      // what the index by full_events has
  std::optional<TimeMs> stored_last_full_at = {};
};

// The groups that the writer has read or written last, so that the next event of one of them need not read its row.
// Holds what the open transaction has made of them: whoever rolls it back has to clear() it.
class GroupCache {
 public:
  explicit GroupCache(std::size_t most = 16'384) : most_(most) {}

  // Null when it is not here. Valid until the next call.
  GroupRow* find(const std::string& group_id);
  GroupRow& put(GroupRow row);
  void erase(const std::string& group_id) { rows_.erase(group_id); }
  void clear();
  std::size_t size() const { return rows_.size(); }

 private:
  const std::size_t most_;
  std::unordered_map<std::string, GroupRow> rows_;
  std::deque<std::string> order_;  // in which they came; some may have gone
};

}  // namespace headroom::sqlite
