#include "sqlite/connection.h"

#include <sqlite3.h>

#include <filesystem>

namespace headroom::sqlite {
namespace {

// Another process's lock is only ever held for moments: its own recovery, or a backup that begins.
constexpr int kWriterBusyMs = 2000;
constexpr int kReaderBusyMs = 500;
constexpr int kOpsPerDeadlineCheck = 1000;

// SQLite counts what it allocates, under a lock of all its connections, for limits that nobody sets here. It can be told
// otherwise only before its first use, hence before main().
[[maybe_unused]] const int kWithoutStatistics = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);

SQLite::Database open(const Connection::Options& options) {
  // Absolute, so that SQLite takes no name for a URI or for a database in memory.
  const std::string path = std::filesystem::absolute(options.path).string();
  const int flags = (options.read_only ? SQLite::OPEN_READONLY : SQLite::OPEN_READWRITE) | SQLite::OPEN_NOMUTEX;
  try {
    SQLite::Database database(path, flags, options.read_only ? kReaderBusyMs : kWriterBusyMs, options.vfs);
    if (!options.read_only && sqlite3_db_readonly(database.getHandle(), "main") == 1) {
      throw DatabaseProblem(DatabaseProblem::Kind::kNoPermission, options.path + ": no permission to write to it");
    }
    return database;
  } catch (const SQLite::Exception& error) {
    throw database_problem(error, options.path);
  }
}

}  // namespace

Connection::Connection(const Options& options)
    : max_read_(options.max_read), broken_(options.broken), database_(open(options)) {}

Connection::~Connection() = default;

Query Connection::query(const std::string& sql) { return Query(statement(sql)); }

SQLite::Statement& Connection::statement(const std::string& sql) {
  auto found = statements_.find(sql);
  if (found == statements_.end()) {
    found = statements_.emplace(sql, std::make_unique<SQLite::Statement>(database_, sql)).first;
  }
  return *found->second;
}

bool Connection::in_transaction() const { return sqlite3_get_autocommit(database_.getHandle()) == 0; }

Connection::Deadline::Deadline(Connection& connection) : connection_(connection) {
  if (connection_.max_read_.count() == 0) return;
  connection_.read_until_ = std::chrono::steady_clock::now() + connection_.max_read_;
  const auto is_over = [](void* of) {
    return std::chrono::steady_clock::now() >= static_cast<Connection*>(of)->read_until_ ? 1 : 0;
  };
  sqlite3_progress_handler(connection_.handle(), kOpsPerDeadlineCheck, is_over, &connection_);
}

Connection::Deadline::~Deadline() {
  if (connection_.max_read_.count() != 0) sqlite3_progress_handler(connection_.handle(), 0, nullptr, nullptr);
}

Connection::Snapshot::Snapshot(Connection& connection) : connection_(connection) {
  if (connection_.in_transaction()) return;
  connection_.execute("BEGIN");
  own_ = true;
}

Connection::Snapshot::~Snapshot() {
  if (!own_ || !connection_.in_transaction()) return;
  try {
    connection_.execute("ROLLBACK");  // nothing was written
  } catch (const std::exception&) {
    // Nothing more can be done; the next BEGIN reports it.
  }
}

}  // namespace headroom::sqlite
