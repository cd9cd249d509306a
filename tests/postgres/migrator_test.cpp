#include "postgres/upkeep/migrator.h"

#include <gmock/gmock.h>

#include <atomic>
#include <future>
#include <thread>

#include "postgres/postgres_storage.h"
#include "stored/database_problem.h"
#include "tests/support/kind_of.h"
#include "tests/support/postgres_server.h"

namespace headroom::postgres {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using Problem = DatabaseProblem::Kind;

class PostgresMigratorTest : public testing::Test {
 protected:
  static int newest() { return static_cast<int>(embedded_migrations().size()); }
  static std::vector<Migration> with(const std::string& sql, int compatible_from = 0) {
    std::vector<Migration> all = embedded_migrations();
    all.push_back({newest() + 1, "more", sql, "c", compatible_from});
    return all;
  }
  Connection::Options options() const { return {.url = database_.url()}; }
  Migrator migrator() const { return Migrator(options()); }
  template <typename Call>
  static DatabaseProblem problem_of(Call&& call) {
    try {
      call();
    } catch (const DatabaseProblem& problem) {
      return problem;
    }
    throw std::logic_error("no problem");
  }
  std::string one(const std::string& sql) const {
    Connection connection(options());
    Query query = connection.query(sql);
    return query.step() ? query.text() : "no row";
  }

  const test::PostgresDatabase database_;
};

TEST_F(PostgresMigratorTest, MigratesAnEmptyDatabaseAndSaysSo) {
  EXPECT_EQ(migrator().status(1).state, SchemaState::kEmpty);
  EXPECT_EQ(migrator().status(1).pending.size(), embedded_migrations().size());
  const MigrateReport dry = migrator().up({.dry_run = true});
  EXPECT_EQ(dry.to, newest());
  EXPECT_EQ(migrator().status(1).state, SchemaState::kEmpty);
  const MigrateReport report = migrator().up({.sdk_app_id = 1400000000, .now = 5});
  EXPECT_EQ(report.from, 0);
  EXPECT_EQ(report.applied.size(), embedded_migrations().size());
  const SchemaStatus status = migrator().status(1400000000);
  EXPECT_EQ(status.state, SchemaState::kCurrent);
  EXPECT_EQ(status.version, newest());
  EXPECT_EQ(status.sdk_app_id, 1400000000);
  ASSERT_EQ(status.applied.size(), embedded_migrations().size());
  EXPECT_EQ(status.applied[0].checksum, embedded_migrations()[0].checksum);
  EXPECT_EQ(status.applied[0].applied_at, 5);
  EXPECT_THAT(migrator().up({.sdk_app_id = 1400000000}).applied, IsEmpty());
  EXPECT_THAT(migrator().verify(), IsEmpty());
}

TEST_F(PostgresMigratorTest, GoesStepByStep) {
  migrator().up({.to = 3});
  EXPECT_EQ(migrator().status({}).state, SchemaState::kBehind);
  EXPECT_EQ(migrator().status({}).version, 3);
  EXPECT_EQ(problem_of([&] { migrator().up({.to = 2}); }).kind(), Problem::kBadTarget);
  EXPECT_EQ(problem_of([&] { migrator().up({.to = newest() + 1}); }).kind(), Problem::kBadTarget);
  EXPECT_EQ(migrator().up({}).from, 3);
  EXPECT_EQ(migrator().status({}).state, SchemaState::kCurrent);
}

TEST_F(PostgresMigratorTest, RefusesWhatIsNotItsOwn) {
  migrator().up({.sdk_app_id = 1});
  EXPECT_EQ(problem_of([&] { migrator().up({.sdk_app_id = 2}); }).kind(), Problem::kForeignApp);
  Migrator(options(), with("CREATE TABLE more (a bigint)")).up({});
  EXPECT_EQ(migrator().status({}).state, SchemaState::kNewer);
  EXPECT_EQ(problem_of([&] { migrator().up({}); }).kind(), Problem::kNewer);
  Connection connection(options());
  connection.script("UPDATE schema_migration SET checksum = 'x' WHERE version = 2");
  EXPECT_EQ(migrator().status({}).state, SchemaState::kAltered);
  EXPECT_THAT(migrator().verify().at(0), HasSubstr("migration 2 (run_life)"));
}

TEST_F(PostgresMigratorTest, ANewerOneThatSaysSoIsUsed) {
  migrator().up({.sdk_app_id = 1});
  const Migrator newer(options(), with("CREATE TABLE more (a bigint)", newest()));
  newer.up({});
  EXPECT_EQ(newer.status(1).state, SchemaState::kCurrent);
  EXPECT_EQ(migrator().status(1).state, SchemaState::kCompatible);
  EXPECT_EQ(migrator().status(1).applied.back().compatible_from, newest());
  EXPECT_EQ(migrator().status(2).state, SchemaState::kForeignApp);
  EXPECT_THAT(migrator().up({.sdk_app_id = 1}).applied, IsEmpty()) << "as `database.auto_migrate` does at each start";
  EXPECT_THAT(migrator().verify(), IsEmpty());
  EXPECT_EQ(PostgresStorage(options()).schema().state, SchemaState::kCompatible) << "as a running daemon asks";
  std::vector<Migration> older = embedded_migrations();
  older.pop_back();
  EXPECT_EQ(Migrator(options(), older).status(1).state, SchemaState::kNewer);
}

// Of a database that a version made which did not keep it.
TEST_F(PostgresMigratorTest, WhatANewerOneSaysIsKeptInAnOldTable) {
  migrator().up({});
  Connection connection(options());
  connection.script("ALTER TABLE schema_migration DROP COLUMN compatible_from");
  EXPECT_EQ(migrator().status({}).state, SchemaState::kCurrent);
  EXPECT_THAT(migrator().up({}).applied, IsEmpty());
  EXPECT_EQ(one("SELECT 1 FROM pg_attribute WHERE attname = 'compatible_from'"), "no row") << "nothing was to be done";
  Migrator(options(), with("CREATE TABLE more (a bigint)", newest())).up({});
  EXPECT_EQ(migrator().status({}).state, SchemaState::kCompatible);
  EXPECT_EQ(one("SELECT count(compatible_from) FROM schema_migration"), "1");
}

TEST_F(PostgresMigratorTest, LeavesOtherProgramsAlone) {
  Connection connection(options());
  connection.script("CREATE TABLE schema_migration (version_number int)");
  EXPECT_EQ(migrator().status({}).state, SchemaState::kNotHeadroom);
  connection.script("DROP TABLE schema_migration; CREATE VIEW theirs AS SELECT 1");
  EXPECT_EQ(problem_of([&] { migrator().up({}); }).kind(), Problem::kNotADatabase);
  EXPECT_EQ(one("SELECT count(*) FROM pg_class WHERE relname = 'schema_migration'"), "0");
  connection.script("DROP VIEW theirs; CREATE SCHEMA theirs; CREATE TABLE theirs.t (a int)");
  migrator().up({});
  EXPECT_EQ(migrator().status({}).state, SchemaState::kCurrent) << "another schema of the same database is its own";
}

TEST_F(PostgresMigratorTest, OneThatFailsLeavesNothing) {
  migrator().up({});
  const Migrator failing(options(), with("CREATE TABLE more (a bigint); SELECT 1 / 0"));
  const DatabaseProblem problem = problem_of([&] { failing.up({}); });
  EXPECT_EQ(problem.kind(), Problem::kFailed);
  EXPECT_THAT(problem.what(), HasSubstr("migration " + std::to_string(newest() + 1) + " (more): division by zero"));
  EXPECT_EQ(one("SELECT count(*) FROM pg_class WHERE relname = 'more'"), "0");
  EXPECT_EQ(failing.status({}).version, newest());
  const Migrator ending(options(), with("CREATE TABLE more (a bigint); COMMIT"));
  EXPECT_THAT(problem_of([&] { ending.up({}); }).what(), HasSubstr("ends its own transaction"));
}

TEST_F(PostgresMigratorTest, BesideAnotherItWaitsAndFindsItDone) {
  std::vector<std::thread> threads;
  std::atomic<std::size_t> applied = 0;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] {
      try {
        const MigrateReport report = migrator().up({.sdk_app_id = 1});
        applied += report.applied.size();
        EXPECT_EQ(report.from, report.applied.empty() ? newest() : 0) << "who has nothing to do says at which version";
      } catch (const DatabaseProblem& problem) {
        ADD_FAILURE() << problem.what();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(migrator().status(1).state, SchemaState::kCurrent);
  EXPECT_EQ(applied, embedded_migrations().size()) << "each is told of by the one that applied it";
}

TEST_F(PostgresMigratorTest, BesideOneThatStaysItIsHeld) {
  constexpr std::chrono::milliseconds kShort{100};
  migrator().up({});
  Connection holder({.url = database_.url(), .idle_timeout = std::chrono::minutes(1)});
  holder.begin("BEGIN");
  holder.script("LOCK TABLE schema_migration IN EXCLUSIVE MODE");
  const auto begun = std::chrono::steady_clock::now();
  const DatabaseProblem problem =
      problem_of([&] { Migrator(options(), with("CREATE TABLE more (a bigint)"), kShort).up({}); });
  EXPECT_EQ(problem.kind(), Problem::kLocked);
  EXPECT_THAT(problem.what(), HasSubstr("held by another process"));
  EXPECT_GE(std::chrono::steady_clock::now() - begun, kShort);
  EXPECT_EQ(migrator().status({}).state, SchemaState::kCurrent) << "who only looks does not wait";
}

TEST_F(PostgresMigratorTest, WithoutPermissionNothingIsMade) {
  auto& server = test::PostgresServer::shared();
  server.execute("CREATE ROLE reader LOGIN");
  Connection::Options reader{.url = database_.url("reader")};
  EXPECT_EQ(problem_of([&] { Migrator(reader).up({}); }).kind(), Problem::kNoPermission);
  server.execute("DROP ROLE reader");
}

TEST_F(PostgresMigratorTest, VerifyNamesWhatWasNotMadeToItsEnd) {
  migrator().up({});
  Connection connection(options());
  connection.script(
      "ALTER TABLE audit ADD CONSTRAINT later CHECK (at > 5) NOT VALID;"
      " UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'run_open'::regclass");
  EXPECT_THAT(migrator().verify(),
              testing::ElementsAre("index is not valid: run_open", "constraint is not valid: later"));
}

TEST_F(PostgresMigratorTest, AServerThatIsNotThere) {
  const Migrator nowhere({.url = "postgresql://headroom@/x?host=/nonexistent"});
  EXPECT_EQ(problem_of([&] { nowhere.status({}); }).kind(), Problem::kUnavailable);
  EXPECT_EQ(problem_of([&] { nowhere.up({}); }).kind(), Problem::kUnavailable);
  EXPECT_EQ(problem_of([&] { nowhere.verify(); }).kind(), Problem::kUnavailable);
}

}  // namespace
}  // namespace headroom::postgres
