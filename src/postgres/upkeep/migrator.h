#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "postgres/connection.h"
#include "postgres/upkeep/migration.h"
#include "stored/schema.h"

namespace headroom::postgres {

// Brings a database to a version, and says which one it has. Forward only. The tables are those of the schema that
// comes first in the role's search path. Every call throws DatabaseProblem.
class Migrator {
 public:
  // `patience`: for the lock of another migrator. Whoever only looks has the limits of `options`.
  static constexpr std::chrono::milliseconds kPatience{10'000};
  explicit Migrator(Connection::Options options, std::vector<Migration> migrations = embedded_migrations(),
                    std::chrono::milliseconds patience = kPatience);

  // Changes nothing, beside running daemons too. `sdk_app_id`: whose database it should be.
  SchemaStatus status(std::optional<std::int64_t> sdk_app_id) const;

  // Each migration is one transaction with its row in schema_migration, whose lock it holds: beside another one it
  // waits, and finds what that one has done. There is no backup: `backup` stays empty.
  MigrateReport up(const MigrateOptions& options) const;

  // What is wrong with it: checksums, indexes and constraints that were not made to their end. Empty: nothing.
  std::vector<std::string> verify() const;

 private:
  bool apply(Connection& connection, const Migration& migration, TimeMs now) const;

  const Connection::Options looking_;
  const Connection::Options migrating_;
  const std::vector<Migration> migrations_;
};

}  // namespace headroom::postgres
