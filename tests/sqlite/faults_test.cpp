#include <filesystem>

#include "sqlite/sqlite_read_view.h"
#include "sqlite/sqlite_storage.h"
#include "sqlite/upkeep/migrator.h"
#include "stored/database_problem.h"
#include "tests/storage/backend.h"
#include "tests/support/fault_vfs.h"
#include "tests/support/temp_dir.h"

namespace headroom::test {
namespace {

using Kind = StorageError::Kind;

class FaultsTest : public testing::Test {
 protected:
  FaultsTest() {
    Migrator(path_).up({.now = kNow});
    storage_.emplace(SqliteStorageOptions{.path = path_, .vfs = faults_.name()});
  }

  template <typename Work>
  static std::optional<Kind> kind_of(Work&& work) {
    try {
      work();
      return std::nullopt;
    } catch (const StorageError& error) {
      return error.kind();
    }
  }
  void insert_committed() {
    storage_->begin();
    storage_->insert_event(full_event("g"));
    storage_->commit();
  }
  // One event, in the log alone, and nobody who has it open.
  void leave_a_log() {
    insert_committed();
    storage_->leave_as_it_is();
    storage_.reset();
  }
  std::size_t events() { return storage_->events({}, {}).items.size(); }

  TempDir dir_;
  const std::string path_ = dir_.file("headroom.db");
  FaultVfs faults_;
  std::optional<SqliteStorage> storage_;
};

TEST_F(FaultsTest, AFullDiskFailsTheCommitAndHeals) {
  storage_->begin();
  storage_->insert_event(full_event("g"));
  faults_.on_write = SQLITE_FULL;
  EXPECT_EQ(kind_of([&] { storage_->commit(); }), Kind::kFull);
  faults_.on_write = SQLITE_OK;
  EXPECT_EQ(events(), 0u);
  insert_committed();
  EXPECT_EQ(events(), 1u);
}

TEST_F(FaultsTest, AFailedWriteIsFatal) {
  storage_->begin();
  storage_->insert_event(full_event("g"));
  faults_.on_write = SQLITE_IOERR_WRITE;
  EXPECT_EQ(kind_of([&] { storage_->commit(); }), Kind::kFatal);
  faults_.on_write = SQLITE_OK;
  EXPECT_EQ(events(), 0u);
}

TEST_F(FaultsTest, AFailedSyncIsFatalAndTheRowIsNotShown) {
  storage_->begin();
  storage_->insert_event(full_event("g"));
  faults_.on_sync = SQLITE_IOERR_FSYNC;
  EXPECT_EQ(kind_of([&] { storage_->commit(); }), Kind::kFatal);
  faults_.on_sync = SQLITE_OK;
  EXPECT_EQ(events(), 0u);
  insert_committed();
  EXPECT_EQ(events(), 1u);
}

TEST_F(FaultsTest, AFailedCheckpointIsFatalAndLosesNothing) {
  insert_committed();
  faults_.on_sync = SQLITE_IOERR_FSYNC;
  EXPECT_EQ(kind_of([&] { storage_->checkpoint(); }), Kind::kFatal);
  faults_.on_sync = SQLITE_OK;
  EXPECT_EQ(events(), 1u);
  // The next sync would succeed with nothing to do.
  EXPECT_EQ(kind_of([&] { storage_->checkpoint(); }), Kind::kFatal);
  EXPECT_EQ(kind_of([&] { insert_committed(); }), Kind::kFatal);
  storage_.reset();
  EXPECT_GT(std::filesystem::file_size(path_ + "-wal"), 0u) << "the close must not delete what is nowhere else";
  storage_.emplace(SqliteStorageOptions{.path = path_, .vfs = faults_.name()});
  EXPECT_EQ(events(), 1u);
}

TEST_F(FaultsTest, ACheckpointSyncsTheDatabaseFile) {
  insert_committed();
  faults_.on_database_sync = SQLITE_IOERR_FSYNC;
  EXPECT_EQ(kind_of([&] { storage_->checkpoint(); }), Kind::kFatal);
  // It is not forgotten: the log counts as moved, but nothing says that it is on disk.
  EXPECT_EQ(kind_of([&] { storage_->checkpoint(); }), Kind::kFatal);
}

// The checkpoint has syncs of its own: those of the commits must come back, whatever became of it.
TEST_F(FaultsTest, CommitsAreSyncedAfterACheckpointToo) {
  for (const int writing : {SQLITE_OK, SQLITE_FULL}) {
    insert_committed();
    faults_.on_write = writing;
    kind_of([&] { storage_->checkpoint(); });
    faults_.on_write = SQLITE_OK;
    storage_->begin();
    storage_->insert_event(full_event("g"));
    faults_.on_sync = SQLITE_IOERR_FSYNC;
    EXPECT_EQ(kind_of([&] { storage_->commit(); }), Kind::kFatal) << writing;
    faults_.on_sync = SQLITE_OK;
  }
}

TEST_F(FaultsTest, ACheckpointOnAFullDiskSaysSo) {
  insert_committed();
  faults_.on_write = SQLITE_FULL;
  EXPECT_EQ(kind_of([&] { storage_->checkpoint(); }), Kind::kFull);
  faults_.on_write = SQLITE_OK;
  EXPECT_EQ(events(), 1u);
}

// SQLite rolls the whole transaction back when it can not spill its cache: what follows must not slip into another.
TEST_F(FaultsTest, WhatFollowsALostTransactionFailsToo) {
  Event large = full_event("g");
  large.body.assign(512 * 1024, 'x');
  storage_->begin();
  storage_->savepoint([&] { storage_->insert_event(full_event("first")); });
  faults_.on_write = SQLITE_FULL;
  const auto first = kind_of([&] {
    for (int i = 0; i < 64; ++i) storage_->savepoint([&] { storage_->insert_event(large); });
  });
  EXPECT_EQ(first, Kind::kFull);
  faults_.on_write = SQLITE_OK;
  const auto later = kind_of([&] { storage_->savepoint([&] { storage_->insert_event(full_event("later")); }); });
  const auto committed = kind_of([&] { storage_->commit(); });
  EXPECT_EQ(later, Kind::kFull);
  EXPECT_EQ(committed, Kind::kFull);
  EXPECT_EQ(events(), 0u);
  insert_committed();
}

TEST_F(FaultsTest, AFailedReadIsFatal) {
  insert_committed();
  SqliteReadView view({.path = path_, .vfs = faults_.name()});
  faults_.on_read = SQLITE_IOERR_READ;
  EXPECT_EQ(kind_of([&] { view.events({}, {}); }), Kind::kFatal);
  faults_.on_read = SQLITE_OK;
  EXPECT_EQ(view.events({}, {}).items.size(), 1u);
}

TEST_F(FaultsTest, AReaderReportsADiskThatFails) {
  insert_committed();
  std::string reported;
  SqliteReadView view(
      {.path = path_, .vfs = faults_.name(), .broken = [&](const std::string& what) { reported = what; }});
  view.events({}, {});
  EXPECT_EQ(reported, "");
  insert_committed();
  faults_.on_read = SQLITE_IOERR_READ;
  EXPECT_EQ(kind_of([&] { view.events({}, {}); }), Kind::kFatal);
  EXPECT_NE(reported, "");
  faults_.on_read = SQLITE_OK;
}

TEST_F(FaultsTest, NoRoomForTheLogsIndexIsAFullDisk) {
  std::string reported;
  SqliteReadView view(
      {.path = path_, .vfs = faults_.name(), .broken = [&](const std::string& what) { reported = what; }});
  faults_.on_index = SQLITE_IOERR_SHMSIZE;
  EXPECT_EQ(kind_of([&] { view.events({}, {}); }), Kind::kFull);
  faults_.on_index = SQLITE_OK;
  EXPECT_EQ(reported, "");
  EXPECT_EQ(view.events({}, {}).items.size(), 0u);
}

TEST_F(FaultsTest, ADamagedDatabaseIsFatal) {
  insert_committed();
  SqliteReadView view({.path = path_, .vfs = faults_.name()});
  faults_.on_read = SQLITE_CORRUPT;
  EXPECT_EQ(kind_of([&] { view.events({}, {}); }), Kind::kFatal);
  faults_.on_read = SQLITE_OK;
}

TEST_F(FaultsTest, OpeningEmptiesTheLogThatAnotherProcessLeft) {
  leave_a_log();
  EXPECT_GT(std::filesystem::file_size(path_ + "-wal"), 0u);
  storage_.emplace(SqliteStorageOptions{.path = path_, .vfs = faults_.name()});
  EXPECT_EQ(std::filesystem::file_size(path_ + "-wal"), 0u);
  EXPECT_EQ(events(), 1u);
}

TEST_F(FaultsTest, AFullDiskDoesNotKeepItFromOpening) {
  leave_a_log();
  faults_.on_write = SQLITE_FULL;
  storage_.emplace(SqliteStorageOptions{.path = path_, .vfs = faults_.name()});
  EXPECT_EQ(events(), 1u);
  faults_.on_write = SQLITE_OK;
  insert_committed();
  EXPECT_EQ(events(), 2u);
}

TEST_F(FaultsTest, ALogThatCanNotBeSyncedKeepsItFromOpening) {
  leave_a_log();
  faults_.on_sync = SQLITE_IOERR_FSYNC;
  EXPECT_THROW(storage_.emplace(SqliteStorageOptions{.path = path_, .vfs = faults_.name()}), DatabaseProblem);
  faults_.on_sync = SQLITE_OK;
}

TEST_F(FaultsTest, AReadThatTakesTooLongIsCutOff) {
  storage_->begin();
  for (int i = 0; i < 2000; ++i) storage_->insert_event(full_event("g", kNow + i));
  storage_->commit();
  const EventFilter first{.group_id = std::nullopt, .since = kNow, .until = kNow + 1};
  SqliteReadView late({.path = path_, .max_read = std::chrono::milliseconds(-1)});  // over before it began
  EXPECT_EQ(kind_of([&] { late.events(first, {}); }), Kind::kTimeout);
  EXPECT_EQ(kind_of([&] { late.events(first, {}); }), Kind::kTimeout);
  EXPECT_EQ(late.events({}, {.limit = 1, .before_id = {}}).items.size(), 1u);  // still usable
  SqliteReadView view({.path = path_});
  EXPECT_EQ(view.events(first, {}).items.size(), 1u);
}

}  // namespace
}  // namespace headroom::test
