#include "tests/storage/backend.h"

#include "postgres/postgres_read_view.h"
#include "postgres/postgres_storage.h"
#include "postgres/upkeep/migrator.h"
#include "sqlite/sqlite_read_view.h"
#include "sqlite/sqlite_storage.h"
#include "sqlite/upkeep/migrator.h"
#include "tests/support/postgres_server.h"
#include "tests/support/temp_dir.h"

namespace headroom::test {
namespace {

// `delay_from`: see there; with 1 what can be written later is, which nobody who asks is to see.
class SqliteBackend final : public Backend {
 public:
  explicit SqliteBackend(std::size_t delay_from) : options_{.path = path_, .delay_from = delay_from} {
    Migrator(path_).up({.sdk_app_id = 1400000000, .now = kNow});
    open();
  }
  Store& storage() override { return *storage_; }
  std::unique_ptr<ReadView> open_view() override {
    return std::make_unique<SqliteReadView>(SqliteReadViewOptions{.path = path_});
  }
  std::unique_ptr<Store> open_second() override { return std::make_unique<SqliteStorage>(options_); }
  void reopen() override {
    storage_.reset();
    open();
  }

 private:
  void open() { storage_ = std::make_unique<SqliteStorage>(options_); }

  TempDir dir_;
  const std::string path_ = dir_.file("headroom.db");
  const SqliteStorageOptions options_;
  std::unique_ptr<SqliteStorage> storage_;
};

// Empties every table, without its triggers, and lets the ids begin anew: a new database costs a hundred times as much.
constexpr char kEmptied[] = R"(
  SET session_replication_role = replica;
  DO $$
  DECLARE
    of_table name;
  BEGIN
    FOR of_table IN SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
                      AND relname NOT IN ('schema_migration', 'group_counter', 'lease') LOOP
      EXECUTE format('DELETE FROM %I', of_table);
    END LOOP;
    UPDATE group_counter SET value = 0;
    UPDATE lease SET holder = '', fence = 0, until = 0, drain = 0;
    PERFORM setval(oid::regclass, 1, false) FROM pg_class
      WHERE relnamespace = 'public'::regnamespace AND relkind = 'S';
  END
  $$)";

// Of all tests, one after the other; as it was when it had been migrated.
const std::string& migrated_database() {
  static const std::string name = [] {
    const std::string made = PostgresServer::shared().create();
    postgres::Migrator({.url = PostgresServer::shared().url(made)}).up({.sdk_app_id = 1400000000, .now = kNow});
    return made;
  }();
  return name;
}

class PostgresBackend final : public Backend {
 public:
  PostgresBackend() {
    PostgresServer::shared().execute(kEmptied, migrated_database());
    open();
  }
  Store& storage() override { return *storage_; }
  std::unique_ptr<ReadView> open_view() override {
    return std::make_unique<PostgresReadView>(postgres::Connection::Options{.url = url_});
  }
  std::unique_ptr<Store> open_second() override {
    return std::make_unique<PostgresStorage>(postgres::Connection::Options{.url = url_}, "second");
  }
  void reopen() override {
    storage_.reset();
    open();
  }

 private:
  void open() { storage_ = std::make_unique<PostgresStorage>(postgres::Connection::Options{.url = url_}); }

  const std::string url_ = PostgresServer::shared().url(migrated_database());
  std::unique_ptr<PostgresStorage> storage_;
};

}  // namespace

std::vector<BackendKind> backend_kinds() {
  return {{"Sqlite", [] { return std::make_unique<SqliteBackend>(SqliteStorageOptions{}.delay_from); }},
          {"SqliteDelaying", [] { return std::make_unique<SqliteBackend>(1); }},
          {"Postgres", [] { return std::make_unique<PostgresBackend>(); }}};
}

}  // namespace headroom::test
