#include "postgres/upkeep/schema_status.h"

#include "postgres/postgres_errors.h"
#include "postgres/upkeep/copy_table.h"

namespace headroom::postgres {
namespace {

constexpr int kMaxApplied = 10000;
constexpr std::string_view kUndefinedColumn = "42703";

// Tables and views of the schema in which this role makes its own.
bool has_any(Connection& connection, const std::string& of_name) {
  Query query = connection.query(
      "SELECT 1 FROM pg_class WHERE relnamespace = to_regnamespace(quote_ident(current_schema()))"
      " AND relkind IN ('r', 'p', 'v', 'm', 'f') AND ($1 = '' OR relname = $1) LIMIT 1");
  return query.bind(of_name).step();
}

std::vector<AppliedMigration> read_applied(Connection& connection) {
  // The last column came later, and is not there before a migrator has written for the first time since.
  Query query = connection.query(
      "SELECT version, name, checksum, applied_at, coalesce((to_jsonb(m) ->> 'compatible_from')::bigint, 0)"
      " FROM schema_migration AS m ORDER BY version LIMIT $1");
  query.bind(kMaxApplied);
  std::vector<AppliedMigration> applied;
  while (query.step()) {
    AppliedMigration& migration = applied.emplace_back();
    migration.version = query.small();
    migration.name = query.text();
    migration.checksum = query.text();
    migration.applied_at = query.integer();
    migration.compatible_from = query.small();
  }
  return applied;
}

std::optional<std::int64_t> read_sdk_app_id(Connection& connection) {
  if (!has_any(connection, "setting")) return std::nullopt;
  Query query = connection.query("SELECT value FROM setting WHERE key = $1");
  if (!query.bind(std::string_view(kSdkAppIdSetting)).step()) return std::nullopt;
  return app_id_of(query.text());
}

SchemaStatus not_headroom(const std::vector<Migration>& migrations) {
  SchemaStatus status;
  status.newest = static_cast<int>(migrations.size());
  status.state = SchemaState::kNotHeadroom;
  status.detail = "holds another program's tables";
  return status;
}

SchemaStatus read(Connection& connection, const std::vector<Migration>& migrations,
                  std::optional<std::int64_t> sdk_app_id) {
  const bool ours = has_any(connection, "schema_migration");
  if (!ours && has_any(connection, "")) return not_headroom(migrations);
  SchemaStatus status;
  if (ours) {
    status.applied = read_applied(connection);
    status.sdk_app_id = read_sdk_app_id(connection);
  }
  judge_schema(status, migrations, sdk_app_id);
  if (has_any(connection, kCopyTable) && status.state != SchemaState::kForeignApp) {
    status.state = SchemaState::kAltered;
    status.detail = "holds a copy that is not finished; run `headroomd copy` once more, or make the database anew";
  }
  return status;
}

}  // namespace

SchemaStatus read_schema_status(Connection& connection, const std::vector<Migration>& migrations,
                                std::optional<std::int64_t> sdk_app_id) {
  try {
    return connection.read([&] { return read(connection, migrations, sdk_app_id); });
  } catch (const SqlError& error) {
    if (error.sqlstate() != kUndefinedColumn) throw;
    return not_headroom(migrations);
  }
}

int applied_version(Connection& connection) {
  Query query = connection.query("SELECT max(version) FROM schema_migration");
  query.step();
  return static_cast<int>(query.optional_integer().value_or(0));
}

}  // namespace headroom::postgres
