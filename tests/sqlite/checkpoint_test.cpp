#include <SQLiteCpp/Database.h>

#include <atomic>
#include <filesystem>
#include <future>
#include <thread>

#include "sqlite/sqlite_read_view.h"
#include "sqlite/sqlite_storage.h"
#include "sqlite/upkeep/migrator.h"
#include "tests/storage/backend.h"
#include "tests/support/fault_vfs.h"
#include "tests/support/temp_dir.h"

namespace headroom::test {
namespace {

using Kind = StorageError::Kind;

// A checkpoint whose sync of the database file lasts until it is let go.
class CheckpointTest : public testing::Test {
 protected:
  CheckpointTest() {
    Migrator(path_).up({.now = kNow});
    faults_.before_database_sync = [this] {
      if (!held_) return;
      gone_.wait_for(std::chrono::seconds(30));
      std::this_thread::sleep_for(std::chrono::milliseconds(20));  // a disk that takes its time
      synced_ = true;
    };
    storage_.emplace(SqliteStorageOptions{.path = path_, .vfs = faults_.name()});
  }
  ~CheckpointTest() override { let_go(); }

  void insert(const std::string& group) { storage_->insert_event(full_event(group)); }
  void insert_more_than_a_cache_holds() {
    Event large = full_event("large");
    large.body.assign(512 * 1024, 'x');
    for (int i = 0; i < kLargeEvents; ++i) storage_->insert_event(large);
  }
  void start_one(sqlite::LogAfter log = sqlite::LogAfter::kBeginsAnew) {
    storage_->begin();
    insert("before");
    storage_->commit();
    held_ = true;
    storage_->start_checkpoint(log);
  }
  void let_go() {
    if (held_ && !was_let_go_.exchange(true)) let_go_.set_value();
  }
  std::size_t committed() {
    return SqliteReadView({path_, "", std::chrono::milliseconds(1000)}).events({}, {}).items.size();
  }

  static constexpr int kLargeEvents = 40;

  TempDir dir_;
  const std::string path_ = dir_.file("headroom.db");
  FaultVfs faults_;
  std::atomic<bool> held_ = false;
  std::atomic<bool> was_let_go_ = false;
  std::atomic<bool> synced_ = false;
  std::promise<void> let_go_;
  const std::shared_future<void> gone_ = let_go_.get_future().share();
  std::optional<SqliteStorage> storage_;
};

TEST_F(CheckpointTest, TheNextTransactionRunsBesideItsSyncAndCommitsAfterIt) {
  start_one();
  EXPECT_TRUE(storage_->upkeep_running());
  EXPECT_TRUE(storage_->has_upkeep());
  storage_->begin();
  insert("beside");
  EXPECT_FALSE(synced_);
  let_go();
  storage_->commit();
  EXPECT_TRUE(synced_);
  EXPECT_FALSE(storage_->upkeep_running());
  storage_->finish_upkeep();
  EXPECT_FALSE(storage_->has_upkeep());
  EXPECT_EQ(committed(), 2U);
}

// The log begins anew in the place of what is not on disk yet: nothing may get there before the sync is over.
TEST_F(CheckpointTest, NothingIsWrittenBesideItsSync) {
  start_one();
  storage_->begin();
  faults_.on_write = SQLITE_IOERR_WRITE;
  insert_more_than_a_cache_holds();
  faults_.on_write = SQLITE_OK;
  let_go();
  storage_->commit();
  EXPECT_EQ(committed(), kLargeEvents + 1U);
}

TEST_F(CheckpointTest, AfterItACacheMaySpillAgain) {
  start_one();
  let_go();
  storage_->begin();
  storage_->commit();
  storage_->begin();
  faults_.on_write = SQLITE_FULL;
  EXPECT_THROW(insert_more_than_a_cache_holds(), StorageError);
  faults_.on_write = SQLITE_OK;
}

TEST_F(CheckpointTest, ASyncThatFailsFailsTheCommitThatWaitsForIt) {
  start_one();
  storage_->begin();
  insert("beside");
  faults_.on_database_sync = SQLITE_IOERR_FSYNC;
  let_go();
  try {
    storage_->commit();
    ADD_FAILURE() << "it has to fail";
  } catch (const StorageError& error) {
    EXPECT_EQ(error.kind(), Kind::kFatal);
  }
  EXPECT_EQ(committed(), 1U);
}

TEST_F(CheckpointTest, ARollbackDoesNotWaitForIt) {
  start_one();
  storage_->begin();
  insert("beside");
  storage_->rollback();
  EXPECT_TRUE(storage_->upkeep_running());
  let_go();
  storage_->finish_upkeep();
  EXPECT_FALSE(storage_->upkeep_running());
  EXPECT_EQ(committed(), 1U);
}

TEST_F(CheckpointTest, OneLearnsWhatBecameOfTheOneBefore) {
  start_one();
  faults_.on_database_sync = SQLITE_IOERR_FSYNC;
  let_go();
  EXPECT_THROW(storage_->start_checkpoint(sqlite::LogAfter::kBeginsAnew), StorageError);
}

// The close would delete the log, which alone has the event.
TEST_F(CheckpointTest, TheEndWaitsForItAndKeepsTheLogWhenItFails) {
  start_one();
  faults_.on_database_sync = SQLITE_IOERR_FSYNC;
  let_go();
  storage_.reset();
  EXPECT_TRUE(synced_);
  EXPECT_GT(std::filesystem::file_size(path_ + "-wal"), 0U);
  EXPECT_EQ(committed(), 1U);
}

TEST_F(CheckpointTest, WhileTheLogGoesOnCommitsDoNotWait) {
  storage_->begin();
  for (int i = 0; i < 1000; ++i) insert("many" + std::to_string(i));
  storage_->commit();
  start_one(sqlite::LogAfter::kGoesOn);
  for (int i = 0; i < 3; ++i) {
    const std::int64_t before = storage_->log_bytes();
    storage_->begin();
    insert("beside");
    EXPECT_FALSE(storage_->commit_would_wait());
    storage_->commit();
    EXPECT_GT(storage_->log_bytes(), before) << "nothing that was moved may be written over";
  }
  EXPECT_TRUE(storage_->upkeep_running());
  const std::int64_t longest = storage_->log_bytes();
  let_go();
  storage_->finish_upkeep();
  storage_->checkpoint();
  storage_->begin();
  insert("from its beginning");
  storage_->commit();
  EXPECT_LT(storage_->log_bytes(), longest);
}

// What has not failed yet may spill: it goes behind what was moved.
TEST_F(CheckpointTest, WhileTheLogGoesOnACacheMaySpill) {
  start_one(sqlite::LogAfter::kGoesOn);
  storage_->begin();
  faults_.on_write = SQLITE_FULL;
  EXPECT_THROW(insert_more_than_a_cache_holds(), StorageError);
  faults_.on_write = SQLITE_OK;
}

TEST_F(CheckpointTest, AfterAFailedSyncNothingSpills) {
  start_one();
  faults_.on_database_sync = SQLITE_IOERR_FSYNC;
  let_go();
  EXPECT_THROW(storage_->finish_upkeep(), StorageError);
  storage_->begin();
  faults_.on_write = SQLITE_IOERR_WRITE;
  insert_more_than_a_cache_holds();
  EXPECT_THROW(storage_->commit(), StorageError);
  faults_.on_write = SQLITE_OK;
  storage_.reset();
  EXPECT_EQ(committed(), 1U);
}

TEST_F(CheckpointTest, WhileTheLogGoesOnAFailedSyncIsTheNextCommitsMatter) {
  start_one(sqlite::LogAfter::kGoesOn);
  storage_->begin();
  insert("beside");
  storage_->commit();
  faults_.on_database_sync = SQLITE_IOERR_FSYNC;
  let_go();
  while (storage_->upkeep_running()) std::this_thread::yield();
  storage_->begin();
  insert("refused");
  EXPECT_THROW(storage_->commit(), StorageError);
  storage_.reset();
  EXPECT_EQ(committed(), 2U);
}

TEST_F(CheckpointTest, OneThatAReaderHoldsUpIsGoneOnWith) {
  storage_->begin();
  insert("before");
  storage_->commit();
  SQLite::Database reader(path_, SQLite::OPEN_READONLY);
  reader.exec("BEGIN; SELECT * FROM event");
  storage_->begin();
  insert("behind the reader");
  storage_->commit();
  storage_->start_checkpoint(sqlite::LogAfter::kBeginsAnew);
  storage_->begin();
  insert("beside");
  storage_->commit();
  reader.exec("ROLLBACK");
  storage_->checkpoint();
  EXPECT_EQ(committed(), 3U);
}

// A daemon with 300 events in its log, on a disk that forgets what was not synced.
class CheckpointAfterDeathTest : public testing::Test {
 protected:
  CheckpointAfterDeathTest() {
    faults_.track_unsynced();
    Migrator(path_).up({.now = kNow});
    open();
    insert(300);
  }

  void open() { storage_.emplace(SqliteStorageOptions{.path = path_, .vfs = faults_.name()}); }
  void insert(int events) {
    for (int i = 0; i < events; ++i) {
      storage_->begin();
      storage_->insert_event(full_event("g" + std::to_string(i)));
      storage_->commit();
    }
  }
  void die() {
    storage_->leave_as_it_is();
    storage_.reset();
  }
  void expect_after_a_power_cut(int events) {
    UnsyncedWrites::lose(path_);
    UnsyncedWrites::lose(path_ + "-wal");
    SQLite::Database left(path_, SQLite::OPEN_READWRITE);
    EXPECT_EQ(left.execAndGet("SELECT count(*) FROM event").getInt(), events);
    EXPECT_EQ(left.execAndGet("PRAGMA integrity_check").getString(), "ok");
  }

  TempDir dir_;
  const std::string path_ = dir_.file("headroom.db");
  FaultVfs faults_;
  std::optional<SqliteStorage> storage_;
};

// A reader, a backup for example, has kept the log's index, which says that the log is moved: SQLite would throw the
// log away. What was moved is not on disk, though: its sync failed.
TEST_F(CheckpointAfterDeathTest, WhatADeadProcessMovedAndDidNotSyncIsMovedAgain) {
  std::optional<SqliteReadView> reader(SqliteReadViewOptions{.path = path_, .vfs = faults_.name()});
  reader->events({}, {});
  faults_.on_database_sync = SQLITE_IOERR_FSYNC;
  EXPECT_THROW(storage_->checkpoint(), StorageError);
  die();
  faults_.on_database_sync = SQLITE_OK;
  open();
  insert(1);  // over the log's beginning
  die();
  reader.reset();
  expect_after_a_power_cut(301);
}

TEST_F(CheckpointAfterDeathTest, APowerCutBesideASyncTakesNothing) {
  std::promise<void> power;
  const std::shared_future<void> is_gone = power.get_future().share();
  faults_.before_database_sync = [&] { is_gone.wait_for(std::chrono::seconds(30)); };
  faults_.on_database_sync = SQLITE_IOERR_FSYNC;  // it never gets there
  storage_->start_checkpoint(sqlite::LogAfter::kGoesOn);
  insert(100);
  power.set_value();
  die();
  expect_after_a_power_cut(400);
}

}  // namespace
}  // namespace headroom::test
