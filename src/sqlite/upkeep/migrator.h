#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "headroom/types.h"
#include "sqlite/upkeep/migration.h"
#include "stored/schema.h"

namespace headroom {

// Brings a database file to a version, and says which one it has. Forward only.
class Migrator {
 public:
  explicit Migrator(std::string path, std::vector<Migration> migrations = embedded_migrations());

  // Read-only, beside a running daemon too; creates nothing. `sdk_app_id`: whose database it should be. Throws
  // DatabaseProblem when it can not be read.
  SchemaStatus status(std::optional<std::int64_t> sdk_app_id) const;

  // Throws the DatabaseProblem of a database that is not ours to migrate: another app's or program's, a newer or
  // altered one. For a look before the DatabaseLock, which would leave its file beside it. What can not be read passes.
  void refuse_others(std::optional<std::int64_t> sdk_app_id) const;

  // Each migration is one transaction with its row in schema_migration; a database that holds data is backed up first;
  // of the backups beside it the three newest stay. The caller holds the DatabaseLock. Throws DatabaseProblem.
  MigrateReport up(const MigrateOptions& options) const;

  // What is wrong with it: checksums, integrity, foreign keys. Empty: nothing. Read-only, as status.
  std::vector<std::string> verify() const;

 private:
  void apply(const MigrateReport& report, const MigrateOptions& options) const;
  bool is_still_at(int version) const;

  const std::string path_;
  const std::vector<Migration> migrations_;
};

}  // namespace headroom
