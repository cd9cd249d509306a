#pragma once

#include <SQLiteCpp/Database.h>
#include <gmock/gmock.h>

#include <optional>
#include <string>
#include <vector>

#include "sqlite/upkeep/migrator.h"
#include "stored/database_problem.h"
#include "tests/support/temp_dir.h"

namespace headroom::test {

class MigratorTest : public testing::Test {
 protected:
  using Kind = DatabaseProblem::Kind;

  static std::vector<Migration> with(std::vector<Migration> more) {
    std::vector<Migration> all = embedded_migrations();
    const int first = static_cast<int>(all.size());
    for (Migration& migration : more) {
      migration.version = static_cast<int>(all.size()) + 1;
      all.push_back(migration);
    }
    EXPECT_EQ(first, newest());
    return all;
  }
  static int newest() { return static_cast<int>(embedded_migrations().size()); }
  static Migration extra(const std::string& name = "extra") {
    return {0, name, "CREATE TABLE " + name + " (id INTEGER PRIMARY KEY) STRICT;", "sum-" + name};
  }
  static std::optional<Kind> up_problem(const Migrator& migrator, const MigrateOptions& options = {}) {
    try {
      migrator.up(options);
      return std::nullopt;
    } catch (const DatabaseProblem& problem) {
      EXPECT_THAT(problem.what(), testing::HasSubstr(".db"));
      return problem.kind();
    }
  }
  std::optional<Kind> open_problem(const SchemaStatus& status) {
    try {
      require_current(status, path_);
      return std::nullopt;
    } catch (const DatabaseProblem& problem) {
      return problem.kind();
    }
  }
  void execute(const std::string& sql) {
    SQLite::Database(path_, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE).exec(sql);
  }

  TempDir dir_;
  const std::string path_ = dir_.file("headroom.db");
};

}  // namespace headroom::test
