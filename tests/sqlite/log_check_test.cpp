#include "sqlite/log_check.h"

#include <SQLiteCpp/Database.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <fstream>
#include <optional>

#include "sqlite/sqlite_storage.h"
#include "sqlite/upkeep/backup.h"
#include "sqlite/upkeep/migrator.h"
#include "stored/database_problem.h"
#include "tests/sqlite/killed_writer.h"
#include "tests/storage/backend.h"
#include "tests/support/temp_dir.h"

namespace headroom::test {
namespace {

using Kind = DatabaseProblem::Kind;
using testing::HasSubstr;

class LogCheckTest : public testing::Test {
 protected:
  LogCheckTest() { Migrator(path_).up({.now = kNow}); }

  // The problem's kind; its text says what to do.
  std::optional<Kind> problem() {
    try {
      check_log(path_);
      return std::nullopt;
    } catch (const DatabaseProblem& problem) {
      EXPECT_THAT(problem.what(), HasSubstr("headroomd restore"));
      EXPECT_THAT(problem.what(), HasSubstr(path_));
      return problem.kind();
    }
  }
  void copy(const std::string& from, const std::string& to) {
    std::filesystem::copy_file(from, to, std::filesystem::copy_options::overwrite_existing);
  }

  TempDir dir_;
  const std::string path_ = dir_.file("headroom.db");
};

TEST_F(LogCheckTest, WithoutALogThereIsNothingToCheck) {
  EXPECT_EQ(check_log(path_), LogCheck::kNoLog);
  EXPECT_EQ(check_log(dir_.file("none.db")), LogCheck::kNoLog);
  EXPECT_EQ(dir_.listing(), std::vector<std::string>{"headroom.db"});
}

TEST_F(LogCheckTest, AKilledWritersLogIsSoundAndStays) {
  write_and_be_killed(path_, 20);
  const auto size = std::filesystem::file_size(path_ + "-wal");
  EXPECT_GT(size, 0u);
  EXPECT_EQ(check_log(path_), LogCheck::kSound);
  EXPECT_EQ(std::filesystem::file_size(path_ + "-wal"), size);
  EXPECT_EQ(count_events(path_), 20);
}

// Each event was acknowledged when its commit had been synced: SQLite reads up to the damage, and says nothing.
TEST_F(LogCheckTest, DamageInFrontOfAcknowledgedCommitsIsRefused) {
  write_and_be_killed(path_, 1, 0, 20);
  const auto size = std::filesystem::file_size(path_ + "-wal");
  for (const std::uintmax_t at : {std::uintmax_t{32} + 24 + 100, std::uintmax_t{32} + 17, size / 2}) {
    copy(path_ + "-wal", dir_.file("kept"));
    {
      std::fstream log(path_ + "-wal", std::ios::binary | std::ios::in | std::ios::out);
      log.seekp(static_cast<std::streamoff>(at));
      log << "ABCDEFGH";
    }
    EXPECT_EQ(problem(), Kind::kBadLog) << at;
    copy(dir_.file("kept"), path_ + "-wal");
    EXPECT_EQ(problem(), std::nullopt);
  }
  EXPECT_EQ(count_events(path_), 20);
}

// A power cut in the middle of a commit.
TEST_F(LogCheckTest, ATornEndIsSound) {
  write_and_be_killed(path_, 1, 0, 20);
  const auto size = std::filesystem::file_size(path_ + "-wal");
  for (const std::uintmax_t torn : {1, 24, 2000, 5000}) {
    std::filesystem::resize_file(path_ + "-wal", size - torn);
    EXPECT_EQ(check_log(path_), LogCheck::kSound) << torn;
  }
  std::ofstream(path_ + "-wal", std::ios::binary | std::ios::app) << std::string(8000, '\0');
  EXPECT_EQ(check_log(path_), LogCheck::kSound);
}

TEST_F(LogCheckTest, ALargeDatabaseIsLeftUnchecked) {
  write_and_be_killed(path_, 1);
  EXPECT_EQ(check_log(path_, 1000), LogCheck::kUnchecked);
  EXPECT_THAT(unchecked_log(path_), HasSubstr("headroomd migrate verify"));
}

// `cp backup headroom.db` after a kill: SQLite would read the old log on top of the backup and find nothing wrong.
TEST_F(LogCheckTest, ABackupThatWasCopiedBesideAnOldLogIsRefused) {
  write_and_be_killed(path_, 3);
  backup_database(path_, dir_.file("backup.db"));
  write_and_be_killed(path_, 4);
  copy(dir_.file("backup.db"), path_);
  {
    SQLite::Database mixed(path_);  // what SQLite makes of it: not what was backed up
    EXPECT_EQ(mixed.execAndGet("SELECT count(*) FROM event").getInt(), 7);
  }
  EXPECT_EQ(problem(), Kind::kBadLog);
  // Nor is it shown, checked or backed up as if it were one database.
  EXPECT_THROW(Migrator(path_).status(std::nullopt), DatabaseProblem);
  EXPECT_THROW(Migrator(path_).verify(), DatabaseProblem);
  EXPECT_THROW(backup_database(path_, dir_.file("mixed.db")), DatabaseProblem);
}

// A file that was copied by hand is known by what it and the log make together.
TEST_F(LogCheckTest, AnOlderFileBesideALogIsDamage) {
  write_and_be_killed(path_, 5);
  { SqliteStorage settled({.path = path_}); }
  copy(path_, dir_.file("old.db"));
  write_and_be_killed(path_, 2000, 1);  // grows by many pages, which a checkpoint moves into the file
  write_and_be_killed(path_, 5);
  copy(dir_.file("old.db"), path_);
  EXPECT_EQ(problem(), Kind::kBadLog);
}

TEST_F(LogCheckTest, ALogWithoutItsDatabaseIsRefused) {
  write_and_be_killed(path_, 3);
  std::filesystem::remove(path_);
  EXPECT_EQ(problem(), Kind::kBadLog);
  std::ofstream{path_};
  EXPECT_EQ(problem(), Kind::kBadLog);
}

TEST_F(LogCheckTest, ADamagedFileIsRefused) {
  write_and_be_killed(path_, 3);
  std::ofstream(path_, std::ios::in | std::ios::out).seekp(4096 * 2) << std::string(4096 * 20, 'x');
  EXPECT_EQ(problem(), Kind::kBadLog);
}

TEST_F(LogCheckTest, ABackupThatADaemonHasOpenedMayHaveALog) {
  backup_database(path_, dir_.file("backup.db"));
  copy(dir_.file("backup.db"), path_);
  write_and_be_killed(path_, 2);
  EXPECT_EQ(check_log(path_), LogCheck::kSound);
}

}  // namespace
}  // namespace headroom::test
