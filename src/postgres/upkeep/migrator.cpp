#include "postgres/upkeep/migrator.h"

#include <utility>

#include "postgres/postgres_errors.h"
#include "postgres/upkeep/problem_of.h"
#include "postgres/upkeep/schema_status.h"

namespace headroom::postgres {
namespace {

// A migration may rewrite a table; that nobody answers for an hour is no migration any more.
Connection::Options patient(Connection::Options options, std::chrono::milliseconds patience) {
  options.statement_timeout = std::chrono::hours(1);
  options.lock_timeout = patience;
  options.commit_within = std::chrono::minutes(1);
  return options;
}

// Two that begin together may both make it; the second is told that it is there.
void create_version_table(Connection& connection) {
  try {
    connection.script(
        "CREATE TABLE IF NOT EXISTS schema_migration (version bigint PRIMARY KEY, name text COLLATE \"C\" NOT NULL,"
        " checksum text COLLATE \"C\" NOT NULL, applied_at bigint NOT NULL, compatible_from bigint)");
  } catch (const SqlError& error) {
    const std::string& state = error.sqlstate();
    if (state != kUniqueViolation && state != kDuplicateTable && state != kDuplicateObject) throw;
  }
}

// Tables that were made before it was kept.
void add_compatible_from(Connection& connection) {
  const bool there = connection
                         .query(
                             "SELECT 1 FROM pg_attribute WHERE attrelid = to_regclass('schema_migration')"
                             " AND attname = 'compatible_from' AND NOT attisdropped")
                         .step();
  if (!there) connection.script("ALTER TABLE schema_migration ADD COLUMN IF NOT EXISTS compatible_from bigint");
}

}  // namespace

Migrator::Migrator(Connection::Options options, std::vector<Migration> migrations, std::chrono::milliseconds patience)
    : looking_(std::move(options)), migrating_(patient(looking_, patience)), migrations_(std::move(migrations)) {}

SchemaStatus Migrator::status(std::optional<std::int64_t> sdk_app_id) const {
  Connection connection(looking_);
  try {
    return read_schema_status(connection, migrations_, sdk_app_id);
  } catch (const StorageError& error) {
    throw problem_of(error, connection.name());
  }
}

MigrateReport Migrator::up(const MigrateOptions& options) const {
  Connection connection(migrating_);
  std::string subject = connection.name();
  try {
    const SchemaStatus before = read_schema_status(connection, migrations_, options.sdk_app_id);
    MigrateReport report = planned_migration(before, options, connection.name());
    if (options.dry_run) return report;
    create_version_table(connection);
    if (!report.applied.empty()) add_compatible_from(connection);
    // Another process may have applied some of them, or all, meanwhile: it tells of those.
    for (const Migration& migration : std::exchange(report.applied, {})) {
      subject = connection.name() + ": migration " + std::to_string(migration.version) + " (" + migration.name + ")";
      if (apply(connection, migration, options.now)) report.applied.push_back(migration);
    }
    if (report.applied.empty()) report.from = report.to;
    subject = connection.name();
    if (options.sdk_app_id && !before.sdk_app_id && report.to > 0) {
      connection.query("INSERT INTO setting (key, value) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING")
          .bind(std::string_view(kSdkAppIdSetting), std::to_string(*options.sdk_app_id))
          .run();
    }
    return report;
  } catch (const StorageError& error) {
    throw problem_of(error, subject);
  }
}

// False when another has done it meanwhile.
bool Migrator::apply(Connection& connection, const Migration& migration, TimeMs now) const {
  connection.begin("BEGIN");
  try {
    connection.script("LOCK TABLE schema_migration IN EXCLUSIVE MODE");
    if (applied_version(connection) >= migration.version) {
      connection.rollback();
      return false;
    }
    connection.script(migration.sql);
    if (!connection.in_transaction()) {
      throw StorageError(StorageError::Kind::kOther, "it ends its own transaction");
    }
    connection
        .query(
            "INSERT INTO schema_migration (version, name, checksum, applied_at, compatible_from)"
            " VALUES ($1, $2, $3, $4, nullif($5::bigint, 0))")
        .bind(migration.version, migration.name, migration.checksum, now, migration.compatible_from)
        .run();
    connection.commit();
  } catch (...) {
    connection.rollback();
    throw;
  }
  return true;
}

std::vector<std::string> Migrator::verify() const {
  Connection connection(looking_);
  try {
    std::vector<std::string> problems;
    const SchemaStatus status = read_schema_status(connection, migrations_, std::nullopt);
    if (status.state == SchemaState::kAltered || status.state == SchemaState::kNewer ||
        status.state == SchemaState::kNotHeadroom || status.state == SchemaState::kEmpty) {
      problems.push_back("schema: " + (status.detail.empty() ? std::string("no schema") : status.detail));
    }
    const auto look = [&](const std::string& what, const std::string& sql) {
      Query query = connection.query(sql);
      while (query.step()) problems.push_back(what + ": " + query.text());
    };
    const std::string here = "to_regnamespace(quote_ident(current_schema()))";
    look("index is not valid",
         "SELECT c.relname FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid WHERE c.relnamespace = " +
             here + " AND NOT (i.indisvalid AND i.indisready) ORDER BY 1");
    look("constraint is not valid",
         "SELECT conname FROM pg_constraint WHERE connamespace = " + here + " AND NOT convalidated ORDER BY 1");
    return problems;
  } catch (const StorageError& error) {
    throw problem_of(error, connection.name());
  }
}

}  // namespace headroom::postgres
