#include "sqlite/upkeep/restore.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <fstream>

#include "sqlite/database_lock.h"
#include "sqlite/log_check.h"
#include "tests/sqlite/restore_fixture.h"

namespace headroom::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

TEST_F(RestoreTest, PutsTheBackupInPlaceAndTheWholeOfTheOldOneAside) {
  const RestoreReport report = restore();
  EXPECT_EQ(count_events(path_), 1);
  EXPECT_THAT(Migrator(path_).verify(), IsEmpty());
  EXPECT_EQ(check_log(path_), LogCheck::kNoLog);
  EXPECT_THAT(report.put_aside, StartsWith(path_ + ".replaced-20260921T"));
  EXPECT_THAT(report.put_aside, EndsWith("Z"));
  EXPECT_TRUE(report.log_taken_in);
  EXPECT_THAT(report.moved, IsEmpty());
  EXPECT_EQ(count_events(report.put_aside), 3);
  EXPECT_THAT(Migrator(report.put_aside).verify(), IsEmpty());
  EXPECT_EQ(report.events, 1);
  ASSERT_TRUE(report.forgotten);
  EXPECT_EQ(report.forgotten->events, 2);
  EXPECT_EQ(report.forgotten->removals, 0);
  EXPECT_EQ(report.forgotten->audit, 0);
  struct stat file {};
  ASSERT_EQ(::stat(path_.c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 0777, 0600u);
  EXPECT_EQ(file.st_nlink, 1u);
  EXPECT_THAT(dir_.listing(), ElementsAre("backup.db", "headroom.db", "headroom.db.lock",
                                          std::filesystem::path(report.put_aside).filename().string()));
  SqliteStorage storage({.path = path_});  // and it can be used
}

TEST_F(RestoreTest, ForgettingIsCountedForRemovalsAndAudit) {
  {
    SqliteStorage storage({.path = path_});
    storage.begin();
    const std::int64_t run = storage.insert_run(a_run("g"));
    storage.insert_run_members(run, {selected("a"), selected("b")});
    storage.finish_member(run, "a", Outcome::kRemoved, 0);
    AuditEntry entry;
    entry.at = kNow;
    entry.actor.token = "t";
    entry.action = AuditAction::kPause;
    entry.target = "scheduler";
    storage.insert_audit(entry);
    storage.commit();
  }
  const RestoreReport report = restore();
  ASSERT_TRUE(report.forgotten);
  EXPECT_EQ(report.forgotten->removals, 1);
  EXPECT_EQ(report.forgotten->audit, 1);
}

// The ids of what a restore has forgotten are given out again.
TEST_F(RestoreTest, WhatCameAfterAnEarlierRestoreIsForgottenByTheNextOne) {
  const RestoreReport first = restore();
  ASSERT_TRUE(first.forgotten);
  EXPECT_EQ(first.forgotten->events, 2);
  {
    SqliteStorage storage(SqliteStorageOptions{.path = path_});
    storage.begin();
    for (const char* group : {"later", "later still"}) {
      Event event;
      event.group_id = group;
      event.received_at = kNow + kHourMs;
      event.body = "{}";
      storage.insert_event(event);
    }
    storage.commit();
  }
  std::filesystem::copy_file(first.put_aside, dir_.file("former.db"));
  const RestoreReport back = restore_database(path_, dir_.file("former.db"), {.sdk_app_id = kApp, .now = kNow + 5000});
  ASSERT_TRUE(back.forgotten);
  EXPECT_EQ(back.forgotten->events, 2) << "as many as it brings back";
}

// Behind the damage lies what was acknowledged: somebody may still want to read it.
TEST_F(RestoreTest, ALogThatHidesCommitsIsMovedAsideAsItIs) {
  write_and_be_killed(path_, 1, 0, 10);
  {
    std::fstream log(path_ + "-wal", std::ios::binary | std::ios::in | std::ios::out);
    log.seekp(200);
    log << "ABCDEFGH";
  }
  const std::string log = content(path_ + "-wal");
  const RestoreReport report = restore();
  EXPECT_FALSE(report.log_taken_in);
  EXPECT_FALSE(report.forgotten) << "nobody can count it";
  EXPECT_EQ(content(report.put_aside + "-wal"), log);
}

TEST_F(RestoreTest, ADaemonHoldsIt) {
  const DatabaseLock lock(path_);
  const auto before = state();
  EXPECT_EQ(problem_of(backup_), Kind::kLocked);
  EXPECT_EQ(state(), before);
}

TEST_F(RestoreTest, WhatCanNotBeTheDatabaseTouchesNothing) {
  std::ofstream(dir_.file("text.db")) << std::string(5000, 'x');
  std::ofstream{dir_.file("empty.db")};
  Migrator(dir_.file("other.db")).up({.sdk_app_id = kApp + 1, .now = kNow});
  std::vector<Migration> more = embedded_migrations();
  more.push_back({static_cast<int>(more.size()) + 1, "later", "CREATE TABLE later (id INTEGER) STRICT;", "x"});
  Migrator(dir_.file("newer.db"), more).up({.sdk_app_id = kApp, .now = kNow});
  std::filesystem::copy_file(backup_, dir_.file("broken.db"));
  std::ofstream(dir_.file("broken.db"), std::ios::in | std::ios::out).seekp(4096 * 3) << std::string(4096, 'x');
  const auto before = state();
  EXPECT_EQ(problem_of(dir_.file("none.db")), Kind::kMissing);
  EXPECT_EQ(problem_of(dir_.file("text.db")), Kind::kNotADatabase);
  EXPECT_EQ(problem_of(dir_.file("empty.db")), Kind::kNotADatabase);
  EXPECT_EQ(problem_of(dir_.file("other.db")), Kind::kForeignApp);
  EXPECT_EQ(problem_of(dir_.file("newer.db")), Kind::kNewer);
  EXPECT_EQ(problem_of(dir_.file("broken.db")), Kind::kBadBackup);
  EXPECT_EQ(problem_of(path_), Kind::kBadBackup);
  EXPECT_EQ(state(), before);  // no lock file either
}

TEST_F(RestoreTest, ABackupOfAnEarlierSchemaIsTakenAndSaidToBeBehind) {
  const std::string old = dir_.file("old.db");
  const int newest = static_cast<int>(embedded_migrations().size());
  Migrator(old).up({.to = newest - 1, .sdk_app_id = kApp, .now = kNow});
  const RestoreReport report = restore_database(path_, old, {.sdk_app_id = kApp, .now = kNow});
  EXPECT_TRUE(report.behind);
  EXPECT_EQ(Migrator(path_).status(kApp).state, SchemaState::kBehind);
}

TEST_F(RestoreTest, AMissingDatabaseComesBack) {
  for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(path_ + suffix);
  const RestoreReport report = restore();
  EXPECT_EQ(count_events(path_), 1);
  EXPECT_EQ(report.put_aside, "");
  EXPECT_EQ(report.forgotten, std::nullopt);
}

// What made the operator come here: a backup was copied over the database, beside the old log.
TEST_F(RestoreTest, MixedFilesAreMovedAsideAsTheyAre) {
  std::filesystem::copy_file(backup_, path_, std::filesystem::copy_options::overwrite_existing);
  const std::string log = content(path_ + "-wal");
  ASSERT_THROW(check_log(path_), DatabaseProblem);
  const RestoreReport report = restore();
  EXPECT_EQ(count_events(path_), 1);
  EXPECT_EQ(check_log(path_), LogCheck::kNoLog);
  EXPECT_FALSE(report.log_taken_in);
  EXPECT_EQ(report.forgotten, std::nullopt);
  EXPECT_THAT(report.moved, Contains(report.put_aside + "-wal"));
  EXPECT_EQ(content(report.put_aside + "-wal"), log);
}

TEST_F(RestoreTest, ADatabaseThatIsNoneIsMovedAside) {
  for (const char* suffix : {"-wal", "-shm"}) std::filesystem::remove(path_ + suffix);
  std::ofstream(path_) << std::string(5000, 'x');
  const RestoreReport report = restore();
  EXPECT_EQ(count_events(path_), 1);
  EXPECT_EQ(content(report.put_aside), std::string(5000, 'x'));
}

TEST_F(RestoreTest, TwoInOneSecondKeepBoth) {
  const std::string first = restore().put_aside;
  const std::string second = restore().put_aside;
  EXPECT_NE(first, second);
  EXPECT_EQ(count_events(first), 3);
  EXPECT_EQ(count_events(second), 1);
}

}  // namespace
}  // namespace headroom::test
