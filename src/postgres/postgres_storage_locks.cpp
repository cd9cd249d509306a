// What a transaction reads to change it is its own until the commit: no other node changes it in between.
#include <array>
#include <utility>

#include "postgres/postgres_storage.h"
#include "postgres/tables/lease_queries.h"
#include "postgres/tables/run_queries.h"

namespace headroom {

std::optional<Group> PostgresStorage::find_group(const std::string& group_id) {
  if (!connection().in_transaction()) return PostgresReads::find_group(group_id);
  const std::array ids{group_id};
  std::vector<Group> found = lock_groups(ids);
  return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
}

// The row is locked first and read then: whoever had it may have changed it.
std::optional<Run> PostgresStorage::find_run(std::int64_t id) {
  if (connection().in_transaction()) write([&] { postgres::lock_run(connection(), id); });
  return PostgresReads::find_run(id);
}

std::optional<Run> PostgresStorage::open_run(const std::string& group_id) {
  if (connection().in_transaction()) write([&] { postgres::lock_open_run(connection(), group_id); });
  return PostgresReads::open_run(group_id);
}

// One lock for all of them, as the one that is asked for may not be there: the turn, which others have already.
std::optional<std::string> PostgresStorage::setting(const std::string& key) {
  if (connection().in_transaction() && order_ == Order::kAtOnce) {
    write([&] { postgres::take_turn(connection()); });
  }
  return PostgresReads::setting(key);
}

}  // namespace headroom
