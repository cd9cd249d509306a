#include "sqlite/upkeep/schema_status.h"

#include <SQLiteCpp/Statement.h>

#include "stored/database_problem.h"

namespace headroom::sqlite {
namespace {

constexpr int kMaxApplied = 10000;

bool has_tables(SQLite::Database& database) {
  SQLite::Statement query(database, "SELECT 1 FROM sqlite_schema LIMIT 1");
  return query.executeStep();
}

std::vector<AppliedMigration> read_applied(SQLite::Database& database) {
  SQLite::Statement query(database,
                          "SELECT version, name, checksum, applied_at FROM schema_migration ORDER BY version LIMIT ?");
  query.bind(1, kMaxApplied);
  std::vector<AppliedMigration> applied;
  while (query.executeStep()) {
    applied.push_back({query.getColumn(0).getInt(), query.getColumn(1).getString(), query.getColumn(2).getString(),
                       query.getColumn(3).getInt64()});
  }
  return applied;
}

std::optional<std::int64_t> read_sdk_app_id(SQLite::Database& database) {
  if (!database.tableExists("setting")) return std::nullopt;
  SQLite::Statement query(database, "SELECT value FROM setting WHERE key = ?");
  query.bind(1, kSdkAppIdSetting);
  if (!query.executeStep()) return std::nullopt;
  return app_id_of(query.getColumn(0).getString());
}

}  // namespace

SchemaStatus read_schema_status(SQLite::Database& database, const std::vector<Migration>& migrations,
                                std::optional<std::int64_t> sdk_app_id) {
  SchemaStatus status;
  const bool ours = database.tableExists("schema_migration");
  if (!ours && has_tables(database)) {
    status.state = SchemaState::kNotHeadroom;
    status.detail = "holds another program's tables";
    return status;
  }
  if (ours) {
    status.applied = read_applied(database);
    status.sdk_app_id = read_sdk_app_id(database);
  }
  judge_schema(status, migrations, sdk_app_id);
  return status;
}

}  // namespace headroom::sqlite
