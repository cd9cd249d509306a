#include "stored/schema.h"

#include <algorithm>
#include <charconv>

#include "stored/database_problem.h"

namespace headroom {
namespace {

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

// Versions run side by side while nodes are upgraded one after the other: whatever is there beside what this binary
// knows has to say that it is no hindrance.
bool all_compatible(const std::vector<AppliedMigration>& applied, int newest) {
  return std::all_of(applied.begin(), applied.end(), [&](const AppliedMigration& migration) {
    return migration.version <= newest || (migration.compatible_from > 0 && migration.compatible_from <= newest);
  });
}

void judge_state(SchemaStatus& status, const std::vector<Migration>& migrations,
                 std::optional<std::int64_t> sdk_app_id) {
  if (status.applied.empty()) {
    status.state = SchemaState::kEmpty;
  } else if (status.detail = find_altered(status.applied, migrations); !status.detail.empty()) {
    status.state = SchemaState::kAltered;
  } else if (status.version > status.newest && !all_compatible(status.applied, status.newest)) {
    status.state = SchemaState::kNewer;
    status.detail = "schema version " + std::to_string(status.version) + ", this headroomd knows versions up to " +
                    std::to_string(status.newest);
  } else if (sdk_app_id && status.sdk_app_id && *sdk_app_id != *status.sdk_app_id) {
    status.state = SchemaState::kForeignApp;
    status.detail =
        "belongs to chat.sdk_app_id " + std::to_string(*status.sdk_app_id) + ", not " + std::to_string(*sdk_app_id);
  } else if (status.version > status.newest) {
    status.state = SchemaState::kCompatible;
    status.detail = "schema version " + std::to_string(status.version) + " of a newer headroomd, which this one (" +
                    std::to_string(status.newest) + ") can use";
  } else if (status.version < status.newest) {
    status.state = SchemaState::kBehind;
    status.detail =
        "schema version " + std::to_string(status.version) + ", this headroomd needs " + std::to_string(status.newest);
  } else {
    status.state = SchemaState::kCurrent;
  }
}

}  // namespace

void judge_schema(SchemaStatus& status, const std::vector<Migration>& migrations,
                  std::optional<std::int64_t> sdk_app_id) {
  status.newest = static_cast<int>(migrations.size());
  if (!status.applied.empty()) status.version = status.applied.back().version;
  judge_state(status, migrations, sdk_app_id);
  for (const Migration& migration : migrations) {
    if (migration.version > status.version) status.pending.push_back(migration);
  }
}

std::int64_t app_id_of(const std::string& text) {
  std::int64_t id = -1;
  std::from_chars(text.data(), text.data() + text.size(), id);
  return id;
}

void require_migratable(const SchemaStatus& status, const std::string& name) {
  if (status.state != SchemaState::kEmpty && status.state != SchemaState::kBehind) require_current(status, name);
}

MigrateReport planned_migration(const SchemaStatus& status, const MigrateOptions& options, const std::string& name) {
  require_migratable(status, name);
  MigrateReport report;
  report.from = status.version;
  report.to = options.to.value_or(std::max(status.version, status.newest));
  const bool there = report.to == status.version;  // of a newer headroomd, too: then nothing is to be done
  if (!there && (report.to < status.version || report.to > status.newest)) {
    throw DatabaseProblem(DatabaseProblem::Kind::kBadTarget,
                          name + ": can be migrated from version " + std::to_string(status.version) + " up to " +
                              std::to_string(status.newest) + ", not to " + std::to_string(report.to));
  }
  for (const Migration& migration : status.pending) {
    if (migration.version <= report.to) report.applied.push_back(migration);
  }
  return report;
}

void require_current(const SchemaStatus& status, const std::string& name) {
  using Kind = DatabaseProblem::Kind;
  const std::string prefix = name + ": ";
  switch (status.state) {
    case SchemaState::kCurrent:
    case SchemaState::kCompatible:
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
