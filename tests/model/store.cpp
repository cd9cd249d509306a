#include "tests/model/store.h"

#include <sqlite3.h>

#include <limits>
#include <stdexcept>
#include <utility>

#include "sqlite/upkeep/migrator.h"
#include "tests/model/quick_vfs.h"

namespace headroom::model {
namespace {

// Counting its memory takes SQLite a lock at each allocation, and one thread needs no locks. Before its first use.
void set_up_sqlite() {
  static const bool done = [] {
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
    register_quick_vfs();
    return true;
  }();
  if (!done) throw std::runtime_error("SQLite is not set up");
}

// Most commits change a row or two of a page: of a small one less is copied, and summed up in the log.
void make_pages_small(const std::string& path) {
  SQLite::Database database(path, SQLite::OPEN_READWRITE);
  database.exec("PRAGMA journal_mode = DELETE; PRAGMA page_size = 1024; VACUUM");
}

}  // namespace

Store::Store() : path_(folder_.file("world.db")) {
  set_up_sqlite();
  MigrateOptions options;
  options.sdk_app_id = 1400000000;
  options.now = 1;
  Migrator(path_).up(options);
  make_pages_small(path_);
  open_storage(false);
  open_storage(true);
  open_view();
  const int flags = SQLite::OPEN_READWRITE | SQLite::OPEN_NOMUTEX;
  cleaner_ = std::make_unique<SQLite::Database>(path_, flags, 0, kQuickVfs);
  sqlite3_db_config(cleaner_->getHandle(), SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  cleaner_->exec("PRAGMA foreign_keys = OFF; PRAGMA temp_store = MEMORY");
  remember_initial_rows();
}

Store::~Store() = default;

void Store::open_storage(bool delays) {
  SqliteStorageOptions storage{path_, kQuickVfs};
  storage.now = [this] { return now_(); };
  storage.checkpoints.growth = std::numeric_limits<std::int64_t>::max();  // it would do so while tasks write
  storage.delay_from = delays ? 1 : std::numeric_limits<std::size_t>::max();
  storages_[delays] = std::make_unique<SqliteStorage>(storage);
  queues_[delays] = std::make_unique<OrderQueue>(*storages_[delays]);
}

void Store::open_view() {
  // No limit in real time: that would be no replay.
  view_ = std::make_shared<SqliteReadView>(
      SqliteReadViewOptions{.path = path_, .vfs = kQuickVfs, .max_read = std::chrono::milliseconds{0}});
}

void Store::reopen() {
  queues_[delays_].reset();
  view_.reset();
  storages_[delays_].reset();
  open_storage(delays_);
  open_view();
}

void Store::remember_initial_rows() {
  std::vector<std::string> tables;
  SQLite::Statement names(*cleaner_, "SELECT name FROM sqlite_master WHERE type = 'table'");
  while (names.executeStep()) tables.push_back(names.getColumn(0).getString());
  names.reset();
  const auto at_clear = [this](const std::string& sql) { at_clear_.emplace_back(*cleaner_, sql); };
  at_clear("BEGIN");
  for (const std::string& table : tables) {
    const std::string copy = "temp.initial_" + table;
    const bool has_rows = cleaner_->execAndGet("SELECT count(*) FROM main." + table).getInt() > 0;
    at_clear("DELETE FROM main." + table);
    if (!has_rows) continue;
    cleaner_->exec("CREATE TABLE " + copy + " AS SELECT * FROM main." + table);
    at_clear("INSERT INTO main." + table + " SELECT * FROM " + copy);
  }
  at_clear("COMMIT");
}

void Store::clear(std::function<TimeMs()> now, bool delays) {
  while (storage().has_delayed()) storage().write_delayed();
  now_ = std::move(now);
  delays_ = delays;
  for (SQLite::Statement& statement : at_clear_) {
    statement.exec();
    statement.reset();
  }
}

}  // namespace headroom::model
