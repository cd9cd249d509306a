#include "sqlite/group_cache.h"

#include <utility>

namespace headroom::sqlite {

GroupRow* GroupCache::find(const std::string& group_id) {
  const auto found = rows_.find(group_id);
  return found == rows_.end() ? nullptr : &found->second;
}

// The one that came first gives way: under load it comes again with its next event.
GroupRow& GroupCache::put(GroupRow row) {
  const std::string group_id = row.group.group_id;
  if (const auto found = rows_.find(group_id); found != rows_.end()) return found->second = std::move(row);
  while (order_.size() >= most_) {
    rows_.erase(order_.front());
    order_.pop_front();
  }
  order_.push_back(group_id);
  return rows_.emplace(group_id, std::move(row)).first->second;
}

void GroupCache::clear() {
  rows_.clear();
  order_.clear();
}

}  // namespace headroom::sqlite
