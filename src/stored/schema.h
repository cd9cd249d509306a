#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "headroom/types.h"
#include "stored/migration.h"

namespace headroom {

// The setting that says whose database it is; `migrate up` stores it, `serve` where it is absent.
inline constexpr char kSdkAppIdSetting[] = "sdk_app_id";

struct AppliedMigration {
  int version = 0;
  std::string name;
  std::string checksum;
  TimeMs applied_at = 0;
  int compatible_from = 0;  // as Migration's
};

enum class SchemaState {
  kEmpty,  // no file, or nothing in it
  kBehind,
  kCurrent,
  kCompatible,   // migrated by a newer headroomd, and so that this one can use it all the same
  kNewer,        // likewise, and it can not
  kAltered,      // what was applied is not what this binary carries
  kForeignApp,   // belongs to another app
  kNotHeadroom,  // no database, or another program's
};

struct SchemaStatus {
  SchemaState state = SchemaState::kEmpty;
  int version = 0;  // 0: nothing applied
  int newest = 0;   // of this binary
  std::vector<AppliedMigration> applied;
  std::vector<Migration> pending;
  std::string detail;                      // for a person; empty when there is nothing to say
  std::optional<std::int64_t> sdk_app_id;  // as stored
};

// From what was applied and what this binary carries: state, version, newest, pending and detail. For a database that
// is headroom's, or empty.
void judge_schema(SchemaStatus& status, const std::vector<Migration>& migrations,
                  std::optional<std::int64_t> sdk_app_id);
// Of the text of that setting; what is no number is no app's.
std::int64_t app_id_of(const std::string& text);

struct MigrateOptions {
  std::optional<int> to = std::nullopt;  // absent: the newest
  bool dry_run = false;
  std::optional<std::int64_t> sdk_app_id = std::nullopt;
  TimeMs now = 0;
};
struct MigrateReport {
  int from = 0;
  int to = 0;
  std::vector<Migration> applied;  // with dry_run: those that would be
  std::string backup;              // path; empty when none was needed
};
// What `options` ask of a database of that status, which `name` names in the text of a problem. Throws DatabaseProblem
// for one that is not ours to migrate, and for a version that it can not be brought to.
MigrateReport planned_migration(const SchemaStatus& status, const MigrateOptions& options, const std::string& name);
void require_migratable(const SchemaStatus& status, const std::string& name);

// Throws the DatabaseProblem that keeps a daemon from using it (kBehind and kEmpty name the command to run); returns
// when it is current, or compatible.
void require_current(const SchemaStatus& status, const std::string& name);

}  // namespace headroom
