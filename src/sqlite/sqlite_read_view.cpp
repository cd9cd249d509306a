#include "sqlite/sqlite_read_view.h"

#include <sqlite3.h>

#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "sqlite/connection.h"
#include "sqlite/delayed_counts.h"
#include "sqlite/tables/delayed_queries.h"
#include "sqlite/tables/group_list.h"
#include "sqlite/tables/group_queries.h"
#include "stored/group_walk.h"

namespace headroom {
namespace {

std::unique_ptr<sqlite::Connection> open(const SqliteReadViewOptions& options) {
  auto connection = std::make_unique<sqlite::Connection>(sqlite::Connection::Options{.path = options.path,
                                                                                     .vfs = options.vfs,
                                                                                     .read_only = true,
                                                                                     .max_read = options.max_read,
                                                                                     .broken = options.broken});
  // A read-only connection can not checkpoint; this says so.
  sqlite3_db_config(connection->handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  try {
    connection->execute("PRAGMA query_only = ON");
  } catch (const SQLite::Exception& error) {
    throw sqlite::database_problem(error, options.path);
  }
  return connection;
}

// What the rows do not say yet, by the events.
void count_delayed(sqlite::Connection& connection, std::vector<Group>& groups) {
  std::unordered_set<std::string> names;
  for (const Group& group : groups) names.insert(group.group_id);
  sqlite::DelayedCounts counts;
  sqlite::visit_uncounted(connection, &names, [&](const Group& group, std::int64_t event, TimeMs at) {
    counts.add_committed(group.id, group.group_id, event, at);
  });
  for (Group& group : groups) counts.add_to(group);
}

}  // namespace

SqliteReadView::SqliteReadView(const SqliteReadViewOptions& options) : SqliteReads(open(options)) {}

std::optional<Group> SqliteReadView::find_group(const std::string& group_id) {
  return connection().read([&]() -> std::optional<Group> {
    auto group = sqlite::find_group(connection(), group_id);
    if (!group) return group;
    std::vector<Group> one = {std::move(*group)};
    count_delayed(connection(), one);
    return std::move(one.front());
  });
}

Page<Group> SqliteReadView::groups(const GroupFilter& filter, const PageRequest& page) {
  return connection().read([&] {
    auto found = sqlite::list_groups(connection(), filter, page);
    count_delayed(connection(), found.items);
    stored::put_in_order(filter, found.items);
    return found;
  });
}

}  // namespace headroom
