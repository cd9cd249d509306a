#include "sqlite/upkeep/backup.h"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "sqlite/file_descriptor.h"
#include "sqlite/sqlite_read_view.h"
#include "sqlite/sqlite_storage.h"
#include "sqlite/upkeep/migrator.h"
#include "sqlite/upkeep/unfinished_file.h"
#include "stored/database_problem.h"
#include "tests/storage/backend.h"
#include "tests/support/temp_dir.h"

namespace headroom::test {
namespace {

using Kind = DatabaseProblem::Kind;

class BackupTest : public testing::Test {
 protected:
  BackupTest() { Migrator(path_).up({.now = kNow}); }

  std::optional<Kind> backup_problem(const std::string& source, const std::string& target) {
    try {
      backup_database(source, target);
      return std::nullopt;
    } catch (const DatabaseProblem& problem) {
      return problem.kind();
    }
  }
  static void insert(SqliteStorage& storage, const std::string& group_id) {
    storage.begin();
    storage.insert_event(full_event(group_id));
    storage.commit();
  }

  TempDir dir_;
  const std::string path_ = dir_.file("headroom.db");
  const std::string target_ = dir_.file("copy.db");
};

TEST_F(BackupTest, WritesAWholePrivateCopyAndNothingElse) {
  {
    SqliteStorage storage({.path = path_});
    insert(storage, "g");
  }
  const auto before = dir_.listing();
  ASSERT_EQ(before, std::vector<std::string>{"headroom.db"});
  const BackupReport report = backup_database(path_, target_);
  EXPECT_EQ(report.path, target_);
  EXPECT_EQ(report.bytes, static_cast<std::int64_t>(std::filesystem::file_size(target_)));
  EXPECT_EQ(report.events, 1);
  EXPECT_EQ(dir_.listing(), (std::vector<std::string>{"copy.db", "headroom.db"}));
  struct stat status {};
  ASSERT_EQ(::stat(target_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  EXPECT_TRUE(Migrator(target_).verify().empty());
  EXPECT_EQ(SqliteReadView({.path = target_}).events({}, {}).items.size(), 1u);
}

TEST_F(BackupTest, HoldsWhatIsStillInTheLog) {
  SqliteStorage storage({.path = path_});
  insert(storage, "g");
  const auto size = std::filesystem::file_size(path_);
  const auto log_size = std::filesystem::file_size(path_ + "-wal");
  EXPECT_GT(log_size, 0u);
  backup_database(path_, target_);
  EXPECT_EQ(SqliteReadView({.path = target_}).events({}, {}).items.size(), 1u);
  EXPECT_EQ(std::filesystem::file_size(path_), size);  // it did not checkpoint
  EXPECT_EQ(std::filesystem::file_size(path_ + "-wal"), log_size);
}

TEST_F(BackupTest, IsOneStateBesideALiveWriter) {
  std::atomic<bool> stop = false;
  std::atomic<int> commits = 0;
  std::thread writer([&] {
    SqliteStorage storage({.path = path_});
    while (!stop) {
      // Two rows at a time: a snapshot between two commits holds an even number.
      storage.begin();
      storage.insert_event(full_event("a"));
      storage.insert_event(full_event("b"));
      storage.commit();
      if (++commits % 20 == 0) storage.checkpoint();
    }
  });
  while (commits < 3) std::this_thread::yield();
  for (int i = 0; i < 5; ++i) {
    const std::string target = target_ + std::to_string(i);
    backup_database(path_, target);
    EXPECT_TRUE(Migrator(target).verify().empty());
    SqliteReadView view({.path = target});
    const auto a = all_ids(
        1000, [&](const PageRequest& page) { return view.events({.group_id = "a", .since = {}, .until = {}}, page); });
    const auto b = all_ids(
        1000, [&](const PageRequest& page) { return view.events({.group_id = "b", .since = {}, .until = {}}, page); });
    EXPECT_GE(a.size(), 3u);
    EXPECT_EQ(a.size(), b.size());
  }
  stop = true;
  writer.join();
}

TEST_F(BackupTest, AnExistingTargetIsAnErrorAndStays) {
  std::ofstream(target_) << "mine";
  EXPECT_EQ(backup_problem(path_, target_), Kind::kExists);
  EXPECT_EQ(std::filesystem::file_size(target_), 4u);
  EXPECT_EQ(backup_problem(path_, path_), Kind::kExists);
  std::filesystem::create_symlink("nowhere", dir_.file("link"));
  EXPECT_EQ(backup_problem(path_, dir_.file("link")), Kind::kExists);
  EXPECT_EQ(backup_problem(path_, dir_.path()), Kind::kExists);
}

TEST_F(BackupTest, FailuresLeaveNothing) {
  const auto before = dir_.listing();
  EXPECT_EQ(backup_problem(dir_.file("missing.db"), target_), Kind::kMissing);
  EXPECT_EQ(backup_problem(path_, dir_.file("missing/copy.db")), Kind::kMissing);
  EXPECT_EQ(dir_.listing(), before);
  std::ofstream(dir_.file("text")) << std::string(5000, 'x');
  EXPECT_EQ(backup_problem(dir_.file("text"), target_), Kind::kNotADatabase);
  EXPECT_EQ(backup_problem(dir_.path(), target_), Kind::kNotADatabase);
  EXPECT_EQ(dir_.listing(), (std::vector<std::string>{"headroom.db", "text"}));
}

// A killed one's copy is as large as the database. One that is being written stays, and so does what only looks like
// it.
TEST_F(BackupTest, WhatAKilledOneHasLeftIsRemovedByTheNext) {
  std::string left;
  ::close(make_unfinished_file(target_ + ".unfinished-", left));
  std::ofstream(left + "-journal") << "x";
  std::string held;
  const FileDescriptor maker(make_unfinished_file(target_ + ".unfinished-", held));
  std::ofstream(dir_.file("copy.db.backup")) << "mine";
  std::ofstream(dir_.file("copy.db.unfinished-thoughts")) << "mine";
  std::filesystem::create_symlink(path_, dir_.file("copy.db.unfinished-linked"));
  backup_database(path_, target_);
  const std::string name = std::filesystem::path(held).filename().string();
  EXPECT_THAT(dir_.listing(),
              testing::UnorderedElementsAre("copy.db", "headroom.db", "copy.db.backup", name,
                                            "copy.db.unfinished-thoughts", "copy.db.unfinished-linked"));
}

// The one that takes long is not an abandoned one to the other.
TEST_F(BackupTest, TwoToOneTargetDoNotRemoveEachOthers) {
  std::atomic<int> done = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      const auto problem = backup_problem(path_, target_);
      if (!problem) ++done;
      EXPECT_TRUE(!problem || problem == Kind::kExists);
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(done, 1);
  EXPECT_EQ(dir_.listing(), (std::vector<std::string>{"copy.db", "headroom.db"}));
}

TEST_F(BackupTest, OddNamesAreNames) {
  const std::string odd = dir_.file("100%25?mode=memory#x .db");
  Migrator(odd).up({.now = kNow});
  backup_database(odd, target_);
  EXPECT_EQ(Migrator(target_).status(std::nullopt).state, SchemaState::kCurrent);
}

}  // namespace
}  // namespace headroom::test
