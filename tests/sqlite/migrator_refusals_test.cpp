// Databases that are not for this headroomd to migrate.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "sqlite/sqlite_storage.h"
#include "tests/sqlite/migrator_fixture.h"
#include "tests/storage/backend.h"

namespace headroom::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::int64_t kApp = 1400000000;

TEST_F(MigratorTest, OthersAreRefusedBeforeALockIsTaken) {
  Migrator(path_).up({.sdk_app_id = kApp, .now = kNow});
  EXPECT_NO_THROW(Migrator(path_).refuse_others(kApp));
  EXPECT_NO_THROW(Migrator(path_, with({extra()})).refuse_others(kApp));
  EXPECT_NO_THROW(Migrator(dir_.file("none.db")).refuse_others(kApp));
  EXPECT_THROW(Migrator(path_).refuse_others(kApp + 1), DatabaseProblem);
}

TEST_F(MigratorTest, TargetsOutOfRangeAreRefused) {
  Migrator(path_, with({extra()})).up({.now = kNow});
  const Migrator migrator(path_, with({extra()}));
  EXPECT_EQ(up_problem(migrator, {.to = newest()}), Kind::kBadTarget);  // there is no way down
  EXPECT_EQ(up_problem(migrator, {.to = newest() + 2}), Kind::kBadTarget);
  EXPECT_EQ(up_problem(migrator, {.to = -1}), Kind::kBadTarget);
  EXPECT_EQ(up_problem(migrator, {.to = newest() + 1}), std::nullopt);
}

TEST_F(MigratorTest, ANewerDatabaseIsRefused) {
  Migrator(path_, with({extra()})).up({.now = kNow});
  const Migrator migrator(path_);
  EXPECT_EQ(migrator.status(kApp).state, SchemaState::kNewer);
  EXPECT_EQ(open_problem(migrator.status(kApp)), Kind::kNewer);
  EXPECT_EQ(up_problem(migrator), Kind::kNewer);
  EXPECT_THAT(migrator.verify(), ElementsAre(HasSubstr("schema version")));
}

TEST_F(MigratorTest, AnAlteredMigrationIsRefused) {
  Migrator(path_).up({.now = kNow});
  for (const bool rename : {false, true}) {
    std::vector<Migration> altered = with({extra()});
    (rename ? altered[0].name : altered[0].checksum) += "x";
    const Migrator migrator(path_, altered);
    EXPECT_EQ(migrator.status(kApp).state, SchemaState::kAltered);
    EXPECT_EQ(open_problem(migrator.status(kApp)), Kind::kAltered);
    EXPECT_EQ(up_problem(migrator), Kind::kAltered);
    EXPECT_THAT(migrator.verify(), ElementsAre(HasSubstr("migration 1 (initial)")));
  }
  EXPECT_THAT(dir_.listing(), ElementsAre("headroom.db"));
}

TEST_F(MigratorTest, ASkippedMigrationIsAltered) {
  Migrator(path_, with({extra()})).up({.now = kNow});
  execute("DELETE FROM schema_migration WHERE version = 1");
  EXPECT_EQ(Migrator(path_, with({extra()})).status(kApp).state, SchemaState::kAltered);
}

TEST_F(MigratorTest, AnotherAppsDatabaseIsRefused) {
  const Migrator migrator(path_);
  migrator.up({.sdk_app_id = kApp, .now = kNow});
  EXPECT_EQ(migrator.status(kApp + 1).state, SchemaState::kForeignApp);
  EXPECT_EQ(open_problem(migrator.status(kApp + 1)), Kind::kForeignApp);
  EXPECT_EQ(up_problem(migrator, {.sdk_app_id = kApp + 1}), Kind::kForeignApp);
  EXPECT_EQ(migrator.status(std::nullopt).state, SchemaState::kCurrent);
}

TEST_F(MigratorTest, TheAppIsStoredLaterWhereItIsAbsent) {
  const Migrator migrator(path_);
  migrator.up({.now = kNow});
  EXPECT_EQ(migrator.status(kApp).sdk_app_id, std::nullopt);
  EXPECT_THAT(migrator.up({.sdk_app_id = kApp, .now = kNow}).applied, IsEmpty());
  EXPECT_EQ(migrator.status(kApp).sdk_app_id, kApp);
}

TEST_F(MigratorTest, AnotherProgramsDatabaseIsRefused) {
  execute("CREATE TABLE theirs (id INTEGER)");
  const Migrator migrator(path_);
  EXPECT_EQ(migrator.status(kApp).state, SchemaState::kNotHeadroom);
  EXPECT_EQ(open_problem(migrator.status(kApp)), Kind::kNotADatabase);
  EXPECT_EQ(up_problem(migrator), Kind::kNotADatabase);
  execute("CREATE TABLE schema_migration (id INTEGER)");
  EXPECT_EQ(migrator.status(kApp).state, SchemaState::kNotHeadroom);
}

TEST_F(MigratorTest, WhatIsNoDatabaseIsRefusedAndStays) {
  std::ofstream(path_) << std::string(5000, 'x');
  const Migrator migrator(path_);
  EXPECT_EQ(migrator.status(kApp).state, SchemaState::kNotHeadroom);
  EXPECT_EQ(up_problem(migrator), Kind::kNotADatabase);
  EXPECT_EQ(std::filesystem::file_size(path_), 5000u);
  const Migrator folder(dir_.path());
  EXPECT_EQ(folder.status(kApp).state, SchemaState::kNotHeadroom);
}

TEST_F(MigratorTest, AnEmptyFileIsEmpty) {
  std::ofstream{path_};
  EXPECT_EQ(Migrator(path_).status(kApp).state, SchemaState::kEmpty);
  EXPECT_EQ(Migrator(path_).up({.now = kNow}).backup, "");
  EXPECT_EQ(Migrator(path_).status(kApp).state, SchemaState::kCurrent);
}

TEST_F(MigratorTest, AMissingFolderIsAnError) {
  EXPECT_EQ(up_problem(Migrator(dir_.file("no/where.db"))), Kind::kMissing);
}

TEST_F(MigratorTest, TheWriterOpensOnlyWhatIsThere) {
  try {
    SqliteStorage storage({.path = path_});
    ADD_FAILURE();
  } catch (const DatabaseProblem& problem) {
    EXPECT_EQ(problem.kind(), Kind::kMissing);
  }
  EXPECT_THAT(dir_.listing(), IsEmpty());
}

}  // namespace
}  // namespace headroom::test
