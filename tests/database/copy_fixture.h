#pragma once

#include <SQLiteCpp/Database.h>
#include <gmock/gmock.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "database/copy.h"
#include "postgres/postgres_read_view.h"
#include "postgres/upkeep/migrator.h"
#include "sqlite/sqlite_read_view.h"
#include "sqlite/sqlite_storage.h"
#include "sqlite/upkeep/migrator.h"
#include "stored/database_problem.h"
#include "tests/database/copy_samples.h"
#include "tests/storage/backend.h"
#include "tests/support/postgres_server.h"
#include "tests/support/temp_dir.h"

namespace headroom::test {

inline constexpr std::int64_t kApp = 1400000000;

struct Stop : std::runtime_error {
  Stop() : std::runtime_error("stopped") {}
};

class CopyTest : public testing::Test {
 protected:
  using Problem = DatabaseProblem::Kind;

  CopyTest() {
    Migrator(source_).up({.sdk_app_id = kApp, .now = kNow});
    SqliteStorage store({.path = source_});
    fill(store);
  }

  CopyOptions options() const {
    CopyOptions options;
    options.source = source_;
    options.target.url = target_.url();
    options.sdk_app_id = kApp;
    options.now = kNow;
    options.batch_rows = 5;
    return options;
  }
  // Why not; nothing when it was done.
  std::string refused(const CopyOptions& options, Problem kind) const {
    try {
      copy_database(options);
    } catch (const DatabaseProblem& problem) {
      EXPECT_EQ(problem.kind(), kind) << problem.what();
      return problem.what();
    }
    return {};
  }
  void copy_all() const { EXPECT_THAT(copy_database(options()).problems, testing::IsEmpty()); }
  void on_source(const std::string& sql) const { SQLite::Database(source_, SQLite::OPEN_READWRITE).exec(sql); }
  void on_target(const std::string& sql) const { PostgresServer::shared().execute(sql, target_.name()); }
  SchemaStatus status() const { return postgres::Migrator({.url = target_.url()}).status(kApp); }
  std::vector<std::string> of_source() const {
    SqliteReadView view({.path = source_});
    return told(view);
  }
  std::vector<std::string> of_target() const {
    PostgresReadView view({.url = target_.url()});
    return told(view);
  }

  const TempDir folder_;
  const std::string source_ = folder_.file("headroom.db");
  const PostgresDatabase target_;
};

}  // namespace headroom::test
