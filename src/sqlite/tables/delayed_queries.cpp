#include "sqlite/tables/delayed_queries.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "headroom/event.h"
#include "sqlite/tables/group_event_queries.h"
#include "sqlite/tables/group_queries.h"
#include "sqlite/tables/summary_queries.h"

namespace headroom::sqlite {
namespace {

// A group's row, and the newest event that one of its lists has.
struct Listed {
  GroupRow row;
  std::int64_t newest = 0;
};

std::optional<Listed> find_listed(Connection& connection, const std::string& group_id) {
  auto row = find_group_row(connection, group_id);
  if (!row) return std::nullopt;
  const auto& recent = row->recent_events;
  const std::int64_t newest = std::max(newest_moved(connection, group_id), recent.empty() ? 0 : recent.back());
  return Listed{std::move(*row), newest};
}

// In whose list an event is, by that it was counted. They grow in order: almost always the newest one says it.
bool is_counted(Connection& connection, const Listed& group, std::int64_t event) {
  if (event > group.newest) return false;
  const auto& recent = group.row.recent_events;
  return std::binary_search(recent.begin(), recent.end(), event) ||
         is_moved(connection, group.row.group.group_id, event);
}

}  // namespace

std::optional<std::int64_t> delayed_from(Connection& connection) {
  const auto from = setting(connection, kDelayedFrom);
  if (!from) return std::nullopt;
  const auto ids = ids_of(*from);
  return ids.empty() ? 0 : ids.front();
}

void visit_uncounted(Connection& connection, const std::unordered_set<std::string>* of_groups,
                     const std::function<void(const Group&, std::int64_t, TimeMs)>& visit) {
  const auto from = delayed_from(connection);
  if (!from) return;
  std::unordered_map<std::string, std::optional<Listed>> groups;
  Query query = connection.query("SELECT id, group_id, event_time, received_at FROM event WHERE id >= ? ORDER BY id");
  query.bind(*from);
  while (query.step()) {
    Event event;
    event.id = query.integer();
    event.group_id = query.text();
    event.event_time = query.optional_integer();
    event.received_at = query.integer();
    if (of_groups != nullptr && !of_groups->contains(event.group_id)) continue;
    const auto [at, is_new] = groups.try_emplace(event.group_id);
    if (is_new) at->second = find_listed(connection, event.group_id);
    const std::optional<Listed>& group = at->second;
    if (group && !is_counted(connection, *group, event.id)) visit(group->row.group, event.id, state_time(event));
  }
}

}  // namespace headroom::sqlite
