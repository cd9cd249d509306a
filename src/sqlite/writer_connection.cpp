#include "sqlite/writer_connection.h"

#include <sqlite3.h>

#include "sqlite/checkpoint.h"
#include "stored/database_problem.h"

namespace headroom::sqlite {
namespace {

// What stays of a log file that a slow reader or a burst made grow.
constexpr int kMaxIdleLogBytes = 64 * 1024 * 1024;

// Each event writes two or three random pages. A batch of them must fit, or SQLite writes some of them twice, and so
// should the inner pages of the indexes on group ids.
constexpr int kCacheKib = 12 * 1024;

void configure(Connection& connection) {
  {
    Query mode = connection.query("PRAGMA journal_mode = WAL");
    if (!mode.step() || mode.text() != "wal") throw SQLite::Exception("write-ahead log refused", SQLITE_CANTOPEN);
  }
  connection.execute("PRAGMA synchronous = FULL");
  connection.execute("PRAGMA wal_autocheckpoint = 0");
  connection.execute("PRAGMA journal_size_limit = " + std::to_string(kMaxIdleLogBytes));
  connection.execute("PRAGMA cache_size = -" + std::to_string(kCacheKib));
  connection.execute("PRAGMA foreign_keys = ON");
}

}  // namespace

std::unique_ptr<Connection> open_writer(const std::string& path, const std::string& vfs) {
  auto connection = std::make_unique<Connection>(Connection::Options{.path = path, .vfs = vfs, .read_only = false});
  try {
    configure(*connection);
    settle_log(*connection);
  } catch (const SQLite::Exception& error) {
    throw database_problem(error, path);
  }
  return connection;
}

void leave_as_it_is(Connection& connection) noexcept {
  sqlite3_db_config(connection.handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
}

std::unique_ptr<Connection> open_reader(const std::string& path, const std::string& vfs) {
  return std::make_unique<Connection>(Connection::Options{.path = path, .vfs = vfs});
}

}  // namespace headroom::sqlite
