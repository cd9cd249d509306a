#include "sqlite/upkeep/restore.h"

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <optional>
#include <sstream>

#include "sqlite/database_lock.h"
#include "sqlite/log_check.h"
#include "sqlite/upkeep/backup.h"
#include "sqlite/upkeep/migrator.h"
#include "stored/database_problem.h"
#include "tests/sqlite/killed_writer.h"
#include "tests/storage/backend.h"
#include "tests/support/temp_dir.h"

namespace headroom::test {
namespace {

using Kind = DatabaseProblem::Kind;
using testing::Contains;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

constexpr std::int64_t kApp = 1400000000;

std::string content(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

// A database with three events that a killed daemon left, backed up before its last two.
class RestoreTest : public testing::Test {
 protected:
  RestoreTest() {
    Migrator(path_).up({.sdk_app_id = kApp, .now = kNow});
    write_and_be_killed(path_, 1);
    backup_database(path_, backup_);
    write_and_be_killed(path_, 2);
  }

  RestoreReport restore() { return restore_database(path_, backup_, {.sdk_app_id = kApp, .now = kNow}); }
  std::optional<Kind> problem_of(const std::string& file, std::int64_t app = kApp) {
    try {
      restore_database(path_, file, {.sdk_app_id = app, .now = kNow});
      return std::nullopt;
    } catch (const DatabaseProblem& problem) {
      EXPECT_THAT(problem.what(), HasSubstr(".db"));
      return problem.kind();
    }
  }
  // Name and bytes of everything beside the database.
  std::vector<std::string> state() {
    std::vector<std::string> all;
    for (const std::string& name : dir_.listing()) all.push_back(name + ":" + content(dir_.file(name)));
    return all;
  }

  // The database and what is beside it in another folder, to try the same thing again.
  struct Copy {
    explicit Copy(const RestoreTest& of) {
      for (const char* suffix : {"", "-wal", "-shm"}) {
        if (std::filesystem::exists(of.path_ + suffix)) std::filesystem::copy_file(of.path_ + suffix, path + suffix);
      }
    }
    TempDir dir;
    const std::string path = dir.file("headroom.db");
  };

  TempDir dir_;
  const std::string path_ = dir_.file("headroom.db");
  const std::string backup_ = dir_.file("backup.db");
};

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

// Killed before its n-th change of the disk. False once it came through.
bool restore_and_be_killed(const std::string& path, const std::string& backup, int n) {
  const pid_t child = ::fork();
  if (child == 0) {
    int step = 0;
    RestoreOptions options{.sdk_app_id = kApp, .now = kNow};
    options.before = [&](const char*) {
      if (step++ == n) ::kill(::getpid(), SIGKILL);
    };
    restore_database(path, backup, options);
    ::_exit(0);
  }
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status) || (WIFEXITED(status) && WEXITSTATUS(status) == 0)) << status;
  return WIFSIGNALED(status);
}

TEST_F(RestoreTest, AKillAtAnyStepLeavesTheOldOrTheNewOneWhole) {
  bool killed = true;
  std::vector<std::int64_t> found;
  for (int n = 0; killed && n < 20; ++n) {
    const Copy copy(*this);
    killed = restore_and_be_killed(copy.path, backup_, n);
    EXPECT_NO_THROW(check_log(copy.path)) << n;
    EXPECT_THAT(Migrator(copy.path).verify(), IsEmpty()) << n;
    found.push_back(count_events(copy.path));
    if (!killed) break;
    // The next one finishes the work, and what the killed one left is gone.
    const RestoreReport report = restore_database(copy.path, backup_, {.sdk_app_id = kApp, .now = kNow});
    EXPECT_EQ(count_events(copy.path), 1) << n;
    EXPECT_EQ(count_events(report.put_aside), found.back()) << n;
    for (const std::string& name : copy.dir.listing()) EXPECT_EQ(name.find(".restore-"), std::string::npos) << name;
  }
  EXPECT_FALSE(killed);
  ASSERT_GE(found.size(), 5u);
  EXPECT_EQ(found.front(), 3);
  EXPECT_EQ(found.back(), 1);
}

// Of files that do not belong together a start must never get to see the half without its log.
TEST_F(RestoreTest, AKillAmongMixedFilesLeavesWhatAStartRefusesOrTheNewOne) {
  const std::string other = dir_.file("other.db");
  backup_database(path_, other);
  std::filesystem::copy_file(other, path_, std::filesystem::copy_options::overwrite_existing);
  bool killed = true;
  bool refused = false;
  bool restored = false;
  for (int n = 0; killed && n < 20; ++n) {
    const Copy copy(*this);
    killed = restore_and_be_killed(copy.path, backup_, n);
    try {
      check_log(copy.path);
      EXPECT_EQ(count_events(copy.path), 1) << n;
      EXPECT_FALSE(std::filesystem::exists(copy.path + "-wal")) << n;
      restored = true;
    } catch (const DatabaseProblem& problem) {
      EXPECT_EQ(problem.kind(), Kind::kBadLog) << n;
      EXPECT_FALSE(restored) << n;
      refused = true;
    }
    restore_database(copy.path, backup_, {.sdk_app_id = kApp, .now = kNow});
    EXPECT_EQ(check_log(copy.path), LogCheck::kNoLog) << n;
  }
  EXPECT_TRUE(refused && restored);
}

}  // namespace
}  // namespace headroom::test
