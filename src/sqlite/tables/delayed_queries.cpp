#include "sqlite/tables/delayed_queries.h"

#include <algorithm>
#include <unordered_map>

#include "headroom/event.h"
#include "sqlite/tables/group_event_queries.h"
#include "sqlite/tables/group_queries.h"
#include "sqlite/tables/summary_queries.h"

namespace headroom::sqlite {
namespace {

// What an event is in the list of is what it was counted with.
bool is_counted(Connection& connection, const GroupRow& row, std::int64_t event) {
  const auto& recent = row.recent_events;
  return std::binary_search(recent.begin(), recent.end(), event) || is_moved(connection, row.group.group_id, event);
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
  std::unordered_map<std::string, std::optional<GroupRow>> rows;
  Query query = connection.query("SELECT id, group_id, event_time, received_at FROM event WHERE id >= ? ORDER BY id");
  query.bind(*from);
  while (query.step()) {
    Event event;
    event.id = query.integer();
    event.group_id = query.text();
    event.event_time = query.optional_integer();
    event.received_at = query.integer();
    if (of_groups != nullptr && !of_groups->contains(event.group_id)) continue;
    const auto [at, is_new] = rows.try_emplace(event.group_id);
    if (is_new) at->second = find_group_row(connection, event.group_id);
    if (at->second && !is_counted(connection, *at->second, event.id)) {
      visit(at->second->group, event.id, state_time(event));
    }
  }
}

}  // namespace headroom::sqlite
