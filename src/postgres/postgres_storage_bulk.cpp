// The verbs for many. No savepoint: a failure ends the transaction, which is one statement's work anyway.
#include <algorithm>

#include "postgres/postgres_storage.h"
#include "postgres/tables/event_batch.h"
#include "postgres/tables/group_batch.h"
#include "postgres/tables/tally_queries.h"

namespace headroom {

std::vector<Store::Arrived> PostgresStorage::insert_events(std::span<const Arrival> events) {
  require_transaction();
  auto arrived = postgres::insert_events(connection(), events);
  for (std::size_t i = 0; i < arrived.size(); ++i) {
    if (arrived[i].id) tally_.add_event(*arrived[i].id, events[i].event->received_at);
  }
  return arrived;
}

std::vector<Group> PostgresStorage::lock_groups(std::span<const std::string> group_ids) {
  require_transaction();
  return postgres::lock_groups(connection(), group_ids);
}

std::vector<std::int64_t> PostgresStorage::save_groups(std::span<const Group> groups) {
  require_transaction();
  std::vector<Group> blocked;
  auto ids = postgres::save_groups(connection(), groups, blocked);
  note_blocked(blocked);
  return ids;
}

void PostgresStorage::note_blocked(const std::vector<Group>& groups) {
  const std::size_t room = kMaxBlocked - std::min(kMaxBlocked, newly_blocked_.size());
  const auto end = groups.begin() + static_cast<std::ptrdiff_t>(std::min(room, groups.size()));
  newly_blocked_.insert(newly_blocked_.end(), groups.begin(), end);
}

int PostgresStorage::fold_counters(TimeMs over_by, int limit) {
  return write([&] { return postgres::fold_counters(connection(), over_by, limit); });
}

}  // namespace headroom
