#include "sqlite/upkeep/migrator.h"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <gmock/gmock.h>
#include <openssl/sha.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>

#include "sqlite/sqlite_storage.h"
#include "stored/run_json.h"
#include "tests/sqlite/migrator_fixture.h"
#include "tests/storage/backend.h"

namespace headroom::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr std::int64_t kApp = 1400000000;

TEST_F(MigratorTest, TheEmbeddedOnesAreNumberedAndChecked) {
  int version = 0;
  for (const Migration& migration : embedded_migrations()) {
    EXPECT_EQ(migration.version, ++version);
    EXPECT_FALSE(migration.name.empty());
    unsigned char digest[SHA256_DIGEST_LENGTH];
    SHA256(reinterpret_cast<const unsigned char*>(migration.sql.data()), migration.sql.size(), digest);
    std::string hex;
    for (const unsigned char byte : digest) {
      hex += "0123456789abcdef"[byte >> 4];
      hex += "0123456789abcdef"[byte & 15];
    }
    EXPECT_EQ(migration.checksum, hex);
  }
  EXPECT_GE(version, 1);
}

TEST_F(MigratorTest, AMissingFileIsEmptyAndStaysMissing) {
  const SchemaStatus status = Migrator(path_).status(kApp);
  EXPECT_EQ(status.state, SchemaState::kEmpty);
  EXPECT_EQ(status.version, 0);
  EXPECT_EQ(status.newest, newest());
  EXPECT_EQ(status.pending.size(), static_cast<std::size_t>(newest()));
  EXPECT_THAT(dir_.listing(), IsEmpty());
  EXPECT_EQ(open_problem(status), Kind::kBehind);
  EXPECT_EQ(Migrator(dir_.file("no/where.db")).status(kApp).state, SchemaState::kEmpty);
  EXPECT_THROW(Migrator(path_).verify(), DatabaseProblem);
  EXPECT_THAT(dir_.listing(), IsEmpty());
}

TEST_F(MigratorTest, UpMakesItCurrent) {
  const Migrator migrator(path_);
  const MigrateReport report = migrator.up({.sdk_app_id = kApp, .now = kNow});
  EXPECT_EQ(report.from, 0);
  EXPECT_EQ(report.to, newest());
  EXPECT_EQ(report.applied.size(), static_cast<std::size_t>(newest()));
  EXPECT_EQ(report.backup, "");
  EXPECT_THAT(dir_.listing(), ElementsAre("headroom.db"));
  struct stat file {};
  ASSERT_EQ(::stat(path_.c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 0777, 0600u);

  const SchemaStatus status = migrator.status(kApp);
  EXPECT_EQ(status.state, SchemaState::kCurrent);
  EXPECT_EQ(status.version, newest());
  EXPECT_EQ(status.sdk_app_id, kApp);
  EXPECT_THAT(status.pending, IsEmpty());
  ASSERT_EQ(status.applied.size(), embedded_migrations().size());
  EXPECT_EQ(status.applied[0].name, "initial");
  EXPECT_EQ(status.applied[0].applied_at, kNow);
  EXPECT_EQ(status.applied[0].checksum, embedded_migrations()[0].checksum);
  EXPECT_EQ(open_problem(status), std::nullopt);
  EXPECT_THAT(migrator.verify(), IsEmpty());
  EXPECT_THAT(dir_.listing(), ElementsAre("headroom.db"));  // reading leaves nothing behind

  const MigrateReport again = migrator.up({.sdk_app_id = kApp, .now = kNow});
  EXPECT_THAT(again.applied, IsEmpty());
  EXPECT_EQ(again.backup, "");
}

TEST_F(MigratorTest, WorksBesideAWriter) {
  const Migrator migrator(path_);
  migrator.up({.now = kNow});
  SqliteStorage storage({.path = path_});
  storage.begin();
  storage.put_setting(kSdkAppIdSetting, std::to_string(kApp));
  EXPECT_EQ(migrator.status(kApp).sdk_app_id, std::nullopt);
  storage.commit();
  EXPECT_EQ(migrator.status(kApp).sdk_app_id, kApp);  // from the log
  const auto log_size = std::filesystem::file_size(path_ + "-wal");
  EXPECT_THAT(migrator.verify(), IsEmpty());
  EXPECT_EQ(std::filesystem::file_size(path_ + "-wal"), log_size);
}

TEST_F(MigratorTest, DryRunChangesNothing) {
  const MigrateReport report = Migrator(path_).up({.dry_run = true, .sdk_app_id = kApp});
  EXPECT_EQ(report.applied.size(), static_cast<std::size_t>(newest()));
  EXPECT_THAT(dir_.listing(), IsEmpty());
}

TEST_F(MigratorTest, BehindIsBackedUpAndMigrated) {
  Migrator(path_).up({.now = kNow});
  const Migrator newer(path_, with({extra("one"), extra("two")}));
  EXPECT_EQ(newer.status(kApp).state, SchemaState::kBehind);
  EXPECT_EQ(open_problem(newer.status(kApp)), Kind::kBehind);
  const std::string backup = path_ + ".before-" + std::to_string(newest()) + ".bak";

  MigrateReport report = newer.up({.to = newest() + 1, .now = kNow});
  EXPECT_EQ(report.backup, backup);
  EXPECT_EQ(report.applied.size(), 1u);
  EXPECT_EQ(newer.status(kApp).version, newest() + 1);
  EXPECT_EQ(Migrator(backup).status(kApp).state, SchemaState::kCurrent);
  struct stat file {};
  ASSERT_EQ(::stat(backup.c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 0777, 0600u);

  report = newer.up({.now = kNow});
  EXPECT_EQ(report.backup, path_ + ".before-" + std::to_string(newest() + 1) + ".bak");
  EXPECT_EQ(newer.status(kApp).state, SchemaState::kCurrent);
}

TEST_F(MigratorTest, AnEarlierBackupIsKept) {
  Migrator(path_).up({.now = kNow});
  const std::string backup = path_ + ".before-" + std::to_string(newest()) + ".bak";
  std::ofstream(backup) << "mine";
  std::ofstream(backup + ".1") << "mine too";
  EXPECT_EQ(Migrator(path_, with({extra()})).up({.now = kNow}).backup, backup + ".2");
  EXPECT_EQ(std::filesystem::file_size(backup), 4u);
}

TEST_F(MigratorTest, TheThreeNewestBackupsStay) {
  const auto hours_ago = [](int hours) {
    return std::filesystem::file_time_type::clock::now() - std::chrono::hours(hours);
  };
  int age = 9;
  for (const char* name :
       {".before-1.bak", ".before-2.bak", ".before-2.bak.1", ".before-3.bak", ".before-3.bak.old", ".bak"}) {
    std::ofstream(path_ + name) << "a backup";
    std::filesystem::last_write_time(path_ + name, hours_ago(age--));
  }
  std::ofstream(dir_.file("other.db.before-1.bak")) << "another's";
  Migrator(path_).up({.now = kNow});  // no backup, nothing to thin out
  EXPECT_TRUE(std::filesystem::exists(path_ + ".before-1.bak"));
  const std::string newest_one = Migrator(path_, with({extra()})).up({.now = kNow}).backup;
  EXPECT_THAT(dir_.listing(),
              UnorderedElementsAre("headroom.db", "headroom.db.before-2.bak.1", "headroom.db.before-3.bak",
                                   std::filesystem::path(newest_one).filename().string(),
                                   "headroom.db.before-3.bak.old", "headroom.db.bak", "other.db.before-1.bak"));
}

// Each restart of a service tries again: the disk must not fill with copies of the same state.
TEST_F(MigratorTest, AMigrationThatFailsAgainAndAgainLeavesNoBackups) {
  Migrator(path_).up({.now = kNow});
  Migration broken = extra("broken");
  broken.sql = "nonsense";
  const Migrator migrator(path_, with({broken}));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(up_problem(migrator, {.now = kNow}), Kind::kFailed);
  EXPECT_THAT(dir_.listing(), ElementsAre("headroom.db"));
  // One that went some of the way keeps the way back.
  EXPECT_EQ(up_problem(Migrator(path_, with({extra("good"), broken})), {.now = kNow}), Kind::kFailed);
  EXPECT_THAT(dir_.listing(), ElementsAre("headroom.db", "headroom.db.before-" + std::to_string(newest()) + ".bak"));
}

TEST_F(MigratorTest, AFailedMigrationIsRolledBackWhole) {
  Migration broken = extra("broken");
  broken.sql += "INSERT INTO no_such_table VALUES (1);";
  const Migrator migrator(path_, with({extra("good"), broken, extra("never")}));
  EXPECT_EQ(up_problem(migrator, {.now = kNow}), Kind::kFailed);
  const SchemaStatus status = migrator.status(kApp);
  EXPECT_EQ(status.version, newest() + 1);  // what came before it stays
  SQLite::Database database(path_);
  EXPECT_TRUE(database.tableExists("good"));
  EXPECT_FALSE(database.tableExists("broken"));
}

TEST_F(MigratorTest, TheErrorNamesTheMigration) {
  Migration broken = extra("broken");
  broken.sql = "nonsense";
  try {
    Migrator(path_, with({broken})).up({.now = kNow});
    ADD_FAILURE();
  } catch (const DatabaseProblem& problem) {
    EXPECT_THAT(problem.what(), HasSubstr("headroom.db: migration " + std::to_string(newest() + 1) + " (broken)"));
  }
}

TEST_F(MigratorTest, AMigrationThatBreaksForeignKeysIsRolledBack) {
  Migration broken = extra("broken");
  broken.sql +=
      "INSERT INTO run_member (run_id, account, decision, why, outcome, error_code)"
      " VALUES (77, 'a', 'keep', 'owner', '', 0);";
  EXPECT_EQ(up_problem(Migrator(path_, with({broken}))), Kind::kFailed);
  EXPECT_EQ(Migrator(path_).status(kApp).state, SchemaState::kCurrent);
}

TEST_F(MigratorTest, AMigrationMayNotEndItsTransaction) {
  Migration broken = extra("broken");
  broken.sql += "COMMIT;";
  EXPECT_EQ(up_problem(Migrator(path_, with({broken}))), Kind::kFailed);
  EXPECT_EQ(Migrator(path_).status(kApp).version, newest());
}

TEST_F(MigratorTest, VerifyFindsDamage) {
  const Migrator migrator(path_);
  migrator.up({.now = kNow});
  execute(
      "INSERT INTO run_member (run_id, account, decision, why, outcome, error_code)"
      " VALUES (77, 'a', 'keep', 'owner', '', 0)");
  EXPECT_THAT(migrator.verify(), ElementsAre(HasSubstr("foreign key")));
  execute("PRAGMA writable_schema = ON; UPDATE sqlite_schema SET rootpage = 2 WHERE name = 'event_received'");
  EXPECT_THAT(migrator.verify(), testing::Contains(HasSubstr("integrity")));
}

TEST_F(MigratorTest, RunLifeKnowsWhomEarlierRunsRemoved) {
  const std::vector<Migration>& all = embedded_migrations();
  const auto run_life = std::find_if(all.begin(), all.end(), [](const auto& m) { return m.name == "run_life"; });
  ASSERT_NE(run_life, all.end());
  Migrator(path_).up({.to = run_life->version - 1, .now = kNow});
  const std::string insert_run =
      "INSERT INTO run (group_id, \"trigger\", mode, state, reason, created_at, wanted, considered, eligible, selected,"
      " removed, restored, kept, kept_stored, policy) VALUES ('g', 'scheduler', 'prune', 'succeeded', '', 1, 1, 1, 1, "
      "1,"
      " 1, 0, '{}', 1, '" +
      stored::policy_to_json({}) + "');";
  const auto insert_member = [](int run, const std::string& account, const std::string& outcome) {
    return "INSERT INTO run_member (run_id, account, decision, why, joined_at_s, outcome, error_code) VALUES (" +
           std::to_string(run) + ", '" + account + "', 'remove', 'inactive', " + std::to_string(run) + "0, '" +
           outcome + "', 0);";
  };
  execute(insert_run + insert_run + insert_member(1, "a", "removed") + insert_member(1, "b", "left") +
          insert_member(2, "a", "removed") + insert_member(2, "c", "removed"));
  Migrator(path_).up({.now = kNow});
  SqliteStorage storage({.path = path_});
  const auto removals = storage.removals("g", {"a", "b", "c"});
  ASSERT_EQ(removals.size(), 2u);
  EXPECT_EQ(removals.at("a").run_id, 2);
  EXPECT_EQ(removals.at("a").joined_at_s, 20);
  const auto policies = storage.counts(kNow, kNow).policies;
  ASSERT_EQ(policies.size(), 1u);
  EXPECT_EQ(policies[0].removed, 3);
}

}  // namespace
}  // namespace headroom::test
