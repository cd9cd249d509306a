#include "sqlite/upkeep/migrator.h"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Statement.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <utility>

#include "sqlite/database_path.h"
#include "sqlite/file_descriptor.h"
#include "sqlite/integrity.h"
#include "sqlite/quiet_reader.h"
#include "sqlite/sqlite_errors.h"
#include "sqlite/upkeep/backup.h"
#include "sqlite/upkeep/schema_status.h"
#include "stored/database_problem.h"

namespace headroom {
namespace {

constexpr int kBusyMs = 5000;
constexpr int kMaxBackups = 10000;
// Other programs' tables by that name make the query fail, not the database.
constexpr int kNoSuchColumn = SQLITE_ERROR;

// Only its owner may read it; SQLite would go by the umask. An existing file stays as it is.
void create_private(const std::string& path) {
  const FileDescriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
}

SQLite::Database open_for_migration(const std::string& path, const std::string& shown) {
  create_private(path);
  SQLite::Database database(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, kBusyMs);
  if (sqlite3_db_readonly(database.getHandle(), "main") == 1) {
    throw DatabaseProblem(DatabaseProblem::Kind::kNoPermission, shown + ": no permission to write to it");
  }
  // Foreign keys are checked as a whole after each migration, so that one may rebuild a table.
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = OFF");
  return database;
}

void require_foreign_keys(SQLite::Database& database) {
  SQLite::Statement check(database, "PRAGMA foreign_key_check");
  if (check.executeStep()) throw SQLite::Exception("it breaks a foreign key", SQLITE_CONSTRAINT);
}

void record(SQLite::Database& database, const Migration& migration, TimeMs now) {
  SQLite::Statement row(database,
                        "INSERT INTO schema_migration (version, name, checksum, applied_at) VALUES (?, ?, ?, ?)");
  row.bind(1, migration.version);
  row.bind(2, migration.name);
  row.bind(3, migration.checksum);
  row.bind(4, now);
  row.exec();
}

void store_sdk_app_id(SQLite::Database& database, std::int64_t sdk_app_id) {
  SQLite::Statement row(database, "INSERT INTO setting (key, value) VALUES (?, ?) ON CONFLICT (key) DO NOTHING");
  row.bind(1, kSdkAppIdSetting);
  row.bind(2, std::to_string(sdk_app_id));
  row.exec();
}

void apply(SQLite::Database& database, const Migration& migration, const MigrateOptions& options) {
  database.exec("BEGIN IMMEDIATE");
  try {
    database.exec(
        "CREATE TABLE IF NOT EXISTS schema_migration (version INTEGER PRIMARY KEY, name TEXT NOT NULL,"
        " checksum TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT");
    database.exec(migration.sql);
    if (sqlite3_get_autocommit(database.getHandle()) != 0) {
      throw SQLite::Exception("it ends its own transaction", SQLITE_MISUSE);
    }
    require_foreign_keys(database);
    record(database, migration, options.now);
    database.exec("COMMIT");
  } catch (const SQLite::Exception&) {
    if (sqlite3_get_autocommit(database.getHandle()) == 0) database.tryExec("ROLLBACK");
    throw;
  }
}

void apply_all(const std::string& path, const std::vector<Migration>& migrations, const MigrateOptions& options) {
  std::string subject = path;
  try {
    SQLite::Database database = open_for_migration(real_database_path(path).string(), path);
    for (const Migration& migration : migrations) {
      subject = path + ": migration " + std::to_string(migration.version) + " (" + migration.name + ")";
      apply(database, migration, options);
    }
    subject = path;
    if (options.sdk_app_id && database.tableExists("setting")) store_sdk_app_id(database, *options.sdk_app_id);
  } catch (const SQLite::Exception& error) {
    throw sqlite::database_problem(error, path, subject);
  }
}

// FILE.before-N.bak, or the first of .1, .2, … that is free.
std::string back_up(const std::string& path, int version) {
  const std::string first = path + ".before-" + std::to_string(version) + ".bak";
  for (int i = 0; i < kMaxBackups; ++i) {
    const std::string target = i == 0 ? first : first + "." + std::to_string(i);
    try {
      return backup_database(path, target).path;
    } catch (const DatabaseProblem& problem) {
      if (problem.kind() != DatabaseProblem::Kind::kExists) throw;
    }
  }
  throw DatabaseProblem(DatabaseProblem::Kind::kExists, first + ": there are too many backups of this version");
}

}  // namespace

Migrator::Migrator(std::string path, std::vector<Migration> migrations)
    : path_(std::move(path)), migrations_(std::move(migrations)) {}

SchemaStatus Migrator::status(std::optional<std::int64_t> sdk_app_id) const {
  SchemaStatus status;
  status.newest = static_cast<int>(migrations_.size());
  status.pending = migrations_;
  try {
    sqlite::read_quietly(path_, [&](SQLite::Database& database) {
      try {
        status = sqlite::read_schema_status(database, migrations_, sdk_app_id);
      } catch (const SQLite::Exception& error) {
        if (error.getExtendedErrorCode() != kNoSuchColumn) throw;
        status.state = SchemaState::kNotHeadroom;
        status.detail = "holds another program's tables";
      }
    });
  } catch (const DatabaseProblem& problem) {
    if (problem.kind() == DatabaseProblem::Kind::kNotADatabase) {
      status.state = SchemaState::kNotHeadroom;
      status.detail = "is not a SQLite database";
    } else if (problem.kind() != DatabaseProblem::Kind::kMissing) {
      throw;
    }
  }
  return status;
}

MigrateReport Migrator::up(const MigrateOptions& options) const {
  const SchemaStatus before = status(options.sdk_app_id);
  MigrateReport report = planned_migration(before, options, path_);
  if (options.dry_run) return report;
  if (report.from > 0 && !report.applied.empty()) report.backup = back_up(path_, report.from);
  const bool app_id_missing = options.sdk_app_id && !before.sdk_app_id && report.to > 0;
  if (!report.applied.empty() || app_id_missing) apply(report, options);
  if (!report.backup.empty()) thin_out_backups(path_);
  return report;
}

// A start that fails each time must not fill the disk with backups of a database that nothing has changed.
void Migrator::apply(const MigrateReport& report, const MigrateOptions& options) const {
  try {
    apply_all(path_, report.applied, options);
  } catch (...) {
    if (!report.backup.empty() && is_still_at(report.from)) ::unlink(report.backup.c_str());
    throw;
  }
}

bool Migrator::is_still_at(int version) const {
  try {
    return status(std::nullopt).version == version;
  } catch (const DatabaseProblem&) {
    return false;
  }
}

void Migrator::refuse_others(std::optional<std::int64_t> sdk_app_id) const {
  SchemaStatus found;
  try {
    found = status(sdk_app_id);
  } catch (const DatabaseProblem&) {
    return;  // what is wrong with it is for those to say who come to use it
  }
  require_migratable(found, path_);
}

std::vector<std::string> Migrator::verify() const {
  std::vector<std::string> problems;
  const auto check = [&](SQLite::Database& database) {
    problems.clear();
    const SchemaStatus status = sqlite::read_schema_status(database, migrations_, std::nullopt);
    if (status.state == SchemaState::kAltered || status.state == SchemaState::kNewer ||
        status.state == SchemaState::kNotHeadroom || status.state == SchemaState::kEmpty) {
      problems.push_back("schema: " + (status.detail.empty() ? std::string("no schema") : status.detail));
    }
    for (std::string& problem : sqlite::find_damage(database)) problems.push_back(std::move(problem));
  };
  try {
    sqlite::read_quietly(path_, check);
  } catch (const DatabaseProblem& problem) {
    if (problem.kind() != DatabaseProblem::Kind::kCorrupt) throw;
    problems.push_back(std::string("integrity: ") + problem.what());
  }
  return problems;
}

}  // namespace headroom
