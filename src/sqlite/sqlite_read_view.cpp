#include "sqlite/sqlite_read_view.h"

#include <sqlite3.h>

#include "sqlite/connection.h"

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

}  // namespace

SqliteReadView::SqliteReadView(const SqliteReadViewOptions& options)
    : SqliteReads(open(options)), before_counts_(options.before_counts) {}

std::optional<Group> SqliteReadView::find_group(const std::string& group_id) {
  get_ready();
  return SqliteReads::find_group(group_id);
}

Page<Group> SqliteReadView::groups(const GroupFilter& filter, const PageRequest& page) {
  get_ready();
  return SqliteReads::groups(filter, page);
}

Page<Event> SqliteReadView::events(const EventFilter& filter, const PageRequest& page) {
  if (filter.group_id) get_ready();
  return SqliteReads::events(filter, page);
}

}  // namespace headroom
