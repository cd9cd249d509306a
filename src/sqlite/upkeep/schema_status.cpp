#include "sqlite/upkeep/schema_status.h"

#include <SQLiteCpp/Statement.h>

#include <charconv>

#include "sqlite/database_problem.h"

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
  const std::string text = query.getColumn(0).getString();
  std::int64_t id = -1;  // what is no number is no app's
  std::from_chars(text.data(), text.data() + text.size(), id);
  return id;
}

// The first difference between what was applied and what this binary carries; empty when there is none.
std::string find_altered(const std::vector<AppliedMigration>& applied, const std::vector<Migration>& migrations) {
  for (std::size_t i = 0; i < applied.size(); ++i) {
    if (applied[i].version != static_cast<int>(i) + 1) {
      return "migration " + std::to_string(i + 1) + " was skipped";
    }
    if (i >= migrations.size()) break;
    if (applied[i].name != migrations[i].name || applied[i].checksum != migrations[i].checksum) {
      return "migration " + std::to_string(i + 1) + " (" + applied[i].name + ") is not the one of this headroomd";
    }
  }
  return {};
}

void judge(SchemaStatus& status, const std::vector<Migration>& migrations, std::optional<std::int64_t> sdk_app_id) {
  if (status.applied.empty()) {
    status.state = SchemaState::kEmpty;
  } else if (status.detail = find_altered(status.applied, migrations); !status.detail.empty()) {
    status.state = SchemaState::kAltered;
  } else if (status.version > status.newest) {
    status.state = SchemaState::kNewer;
    status.detail = "schema version " + std::to_string(status.version) + ", this headroomd knows versions up to " +
                    std::to_string(status.newest);
  } else if (sdk_app_id && status.sdk_app_id && *sdk_app_id != *status.sdk_app_id) {
    status.state = SchemaState::kForeignApp;
    status.detail =
        "belongs to chat.sdk_app_id " + std::to_string(*status.sdk_app_id) + ", not " + std::to_string(*sdk_app_id);
  } else if (status.version < status.newest) {
    status.state = SchemaState::kBehind;
    status.detail =
        "schema version " + std::to_string(status.version) + ", this headroomd needs " + std::to_string(status.newest);
  } else {
    status.state = SchemaState::kCurrent;
  }
}

}  // namespace

SchemaStatus read_schema_status(SQLite::Database& database, const std::vector<Migration>& migrations,
                                std::optional<std::int64_t> sdk_app_id) {
  SchemaStatus status;
  status.newest = static_cast<int>(migrations.size());
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
  if (!status.applied.empty()) status.version = status.applied.back().version;
  judge(status, migrations, sdk_app_id);
  for (const Migration& migration : migrations) {
    if (migration.version > status.version) status.pending.push_back(migration);
  }
  return status;
}

}  // namespace headroom::sqlite

namespace headroom {

void require_current(const SchemaStatus& status, const std::string& path) {
  using Kind = DatabaseProblem::Kind;
  const std::string prefix = path + ": ";
  switch (status.state) {
    case SchemaState::kCurrent:
      return;
    case SchemaState::kEmpty:
      throw DatabaseProblem(Kind::kBehind, prefix + "holds no schema; run `headroomd migrate up`");
    case SchemaState::kBehind:
      throw DatabaseProblem(Kind::kBehind, prefix + status.detail + "; run `headroomd migrate up`");
    case SchemaState::kNewer:
      throw DatabaseProblem(Kind::kNewer, prefix + status.detail + "; install that version");
    case SchemaState::kAltered:
      throw DatabaseProblem(Kind::kAltered, prefix + status.detail);
    case SchemaState::kForeignApp:
      throw DatabaseProblem(Kind::kForeignApp, prefix + status.detail);
    case SchemaState::kNotHeadroom:
      throw DatabaseProblem(Kind::kNotADatabase, prefix + status.detail);
  }
}

}  // namespace headroom
