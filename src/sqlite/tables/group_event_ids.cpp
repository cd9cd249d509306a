#include "sqlite/tables/group_event_ids.h"

#include <unordered_set>

#include "sqlite/tables/delayed_queries.h"
#include "sqlite/tables/group_event_queries.h"

namespace headroom::sqlite {
namespace {

std::string recent_events(Connection& connection, const std::string& group_id) {
  Query query = connection.query("SELECT recent_events FROM chat_group WHERE group_id = ?");
  return query.bind(group_id).step() ? query.text() : std::string();
}

// From the row on that holds the greatest of the range.
Query moved_events(Connection& connection, const std::string& group_id, const IdRange& range) {
  Query query = connection.query(
      "SELECT ids FROM group_event WHERE group_id = ?1 AND last_id >= ?2 AND last_id <= coalesce((SELECT min(last_id)"
      " FROM group_event WHERE group_id = ?1 AND last_id >= ?3), ?3) ORDER BY last_id DESC");
  query.bind(group_id, range.first, range.last);
  return query;
}

}  // namespace

GroupEventIds::GroupEventIds(Connection& connection, const std::string& group_id, const IdRange& range)
    : range_(range), moved_(moved_events(connection, group_id, range)) {
  take(recent_events(connection, group_id));
  const std::unordered_set<std::string> of = {group_id};
  visit_uncounted(connection, &of, [&](const Group&, std::int64_t id, TimeMs) {
    if (id >= range_.first && id <= range_.last) ids_.push_back(id);
  });
}

std::optional<std::int64_t> GroupEventIds::next() {
  while (ids_.empty()) {
    if (!moved_.step()) return std::nullopt;
    take(moved_.text());
  }
  const std::int64_t id = ids_.back();
  ids_.pop_back();
  return id;
}

void GroupEventIds::take(const std::string& text) {
  for (const std::int64_t id : ids_of(text)) {
    if (id >= range_.first && id <= range_.last) ids_.push_back(id);
  }
}

}  // namespace headroom::sqlite
