// Who leads, and which nodes there are.
#include "sqlite/sqlite_storage.h"
#include "sqlite/tables/lease_queries.h"
#include "sqlite/tables/node_queries.h"

namespace headroom {

std::optional<std::int64_t> SqliteStorage::take_lease(const LeaseClaim& claim) {
  return write([&] { return sqlite::take_lease(connection(), claim, now_()); });
}

bool SqliteStorage::renew_lease(const LeaseClaim& claim, std::int64_t fence) {
  return write([&] { return sqlite::renew_lease(connection(), claim, fence, now_()); });
}

void SqliteStorage::give_back_lease(std::int64_t fence) {
  write([&] { sqlite::give_back_lease(connection(), fence); });
}

// The transaction has the one write lock.
bool SqliteStorage::holds_lease(std::int64_t fence) {
  return write([&] { return sqlite::holds_lease(connection(), fence); });
}

void SqliteStorage::note_node(const NodeState& node) {
  write([&] { sqlite::note_node(connection(), node, now_()); });
}

int SqliteStorage::forget_nodes(DurationMs unseen_for) {
  return write([&] { return sqlite::forget_nodes(connection(), now_() - unseen_for); });
}

int SqliteStorage::forget_former(const NodeState& node, DurationMs unseen_for) {
  return write([&] { return sqlite::forget_former(connection(), node, now_() - unseen_for); });
}

void SqliteStorage::forget_node(const std::string& id) {
  write([&] { sqlite::forget_node(connection(), id); });
}

}  // namespace headroom
