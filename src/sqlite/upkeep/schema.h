#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "headroom/types.h"
#include "sqlite/upkeep/migration.h"

namespace headroom {

// The setting that says whose database it is; `migrate up` stores it, `serve` where it is absent.
inline constexpr char kSdkAppIdSetting[] = "sdk_app_id";

struct AppliedMigration {
  int version = 0;
  std::string name;
  std::string checksum;
  TimeMs applied_at = 0;
};

enum class SchemaState {
  kEmpty,  // no file, or nothing in it
  kBehind,
  kCurrent,
  kNewer,        // migrated by a newer headroomd
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

// Throws the DatabaseProblem that keeps a daemon from using it (kBehind and kEmpty name the command to run); returns
// when it is current.
void require_current(const SchemaStatus& status, const std::string& path);

}  // namespace headroom
