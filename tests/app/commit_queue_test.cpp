#include "app/commit_queue.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <future>

#include "sqlite/migrator.h"
#include "sqlite/sqlite_read_view.h"
#include "sqlite/sqlite_storage.h"
#include "tests/storage/fault_vfs.h"

namespace headroom {
namespace {

class CommitQueueTest : public testing::Test {
 protected:
  CommitQueueTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "headroom-queue-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    MigrateOptions options;
    options.now = 1;
    Migrator(path()).up(options);
    storage_ = std::make_unique<SqliteStorage>(SqliteStorageOptions{path(), ""});
  }
  ~CommitQueueTest() override {
    storage_.reset();
    std::filesystem::remove_all(folder_);
  }
  std::string path() const { return (folder_ / "db").string(); }
  std::optional<std::string> stored(const std::string& key) const {
    return SqliteReadView({path(), "", std::chrono::milliseconds(1000)}).setting(key);
  }
  static CommitQueue::Job put(const std::string& key) {
    return [key](Storage& storage) { storage.put_setting(key, "yes"); };
  }
  static CommitQueue::Job failing(StorageError::Kind kind) {
    return [kind](Storage& storage) {
      storage.put_setting("bad", "yes");
      throw StorageError(kind, "injected");
    };
  }
  // Holds the queue's thread until told to go on, so that what follows makes one batch.
  struct Gate {
    std::promise<void> open;
    std::shared_future<void> opened = open.get_future().share();
    CommitQueue::Job job() {
      return [opened = opened](Storage&) { opened.wait(); };
    }
  };

  std::filesystem::path folder_;
  std::unique_ptr<SqliteStorage> storage_;
};

TEST_F(CommitQueueTest, CompletesAfterTheCommit) {
  CommitQueue queue(*storage_, {});
  std::promise<bool> seen;
  ASSERT_TRUE(
      queue.submit(put("a"), [&](const std::exception_ptr& error) { seen.set_value(!error && stored("a") == "yes"); }));
  EXPECT_TRUE(seen.get_future().get());
}

TEST_F(CommitQueueTest, WhatWaitsSharesOneTransaction) {
  std::mutex mutex;
  std::vector<std::size_t> batches;
  CommitQueue::Options options;
  options.committed = [&](std::size_t jobs, double) {
    const std::lock_guard lock(mutex);
    batches.push_back(jobs);
  };
  Gate gate;
  {
    CommitQueue queue(*storage_, options);
    queue.submit(gate.job(), [](const std::exception_ptr&) {});
    for (int i = 0; i < 100; ++i) queue.submit(put("k" + std::to_string(i)), [](const std::exception_ptr&) {});
    gate.open.set_value();
  }
  std::size_t all = 0;
  for (const std::size_t jobs : batches) all += jobs;
  EXPECT_EQ(all, 101U);
  EXPECT_LE(batches.size(), 2U);
  EXPECT_EQ(stored("k99"), "yes");
}

TEST_F(CommitQueueTest, AJobThatFailsIsUndoneAndAloneReportsIt) {
  CommitQueue queue(*storage_, {});
  Gate gate;
  queue.submit(gate.job(), [](const std::exception_ptr&) {});
  std::promise<bool> good;
  std::promise<bool> bad;
  queue.submit(put("a"), [&](const std::exception_ptr& error) { good.set_value(!error); });
  queue.submit(failing(StorageError::Kind::kOther), [&](const std::exception_ptr& error) { bad.set_value(!error); });
  gate.open.set_value();
  EXPECT_TRUE(good.get_future().get());
  EXPECT_FALSE(bad.get_future().get());
  EXPECT_EQ(stored("a"), "yes");
  EXPECT_EQ(stored("bad"), std::nullopt);
  EXPECT_EQ(queue.failure(), "");
}

TEST_F(CommitQueueTest, AFullDiskHeals) {
  CommitQueue queue(*storage_, {});
  EXPECT_THROW(queue.commit(failing(StorageError::Kind::kFull)), StorageError);
  EXPECT_EQ(queue.failure(), "");
  queue.commit(put("a"));
  EXPECT_EQ(stored("a"), "yes");
}

TEST_F(CommitQueueTest, AfterAFatalErrorNothingIsWritten) {
  std::promise<std::string> failed;
  CommitQueue::Options options;
  options.failed = [&](const std::string& what) { failed.set_value(what); };
  CommitQueue queue(*storage_, options);
  EXPECT_THROW(queue.commit(failing(StorageError::Kind::kFatal)), StorageError);
  EXPECT_EQ(failed.get_future().get(), "injected");
  EXPECT_EQ(queue.failure(), "injected");
  EXPECT_THROW(queue.commit(put("a")), StorageError);
  EXPECT_EQ(stored("a"), std::nullopt);
}

TEST_F(CommitQueueTest, IsBounded) {
  CommitQueue::Options options;
  options.capacity = 3;
  CommitQueue queue(*storage_, options);
  Gate gate;
  std::promise<void> begun;
  queue.submit(
      [&, opened = gate.opened, first = true](Storage&) mutable {
        if (std::exchange(first, false)) begun.set_value();
        opened.wait();
      },
      [](const std::exception_ptr&) {});
  begun.get_future().wait();
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(queue.submit(put("a"), [](const std::exception_ptr&) {}));
  EXPECT_FALSE(queue.submit(put("a"), [](const std::exception_ptr&) { ADD_FAILURE(); }));
  EXPECT_EQ(queue.depth(), 3U);
  gate.open.set_value();
}

TEST_F(CommitQueueTest, StopFinishesWhatIsQueuedAndRefusesMore) {
  CommitQueue queue(*storage_, {});
  std::atomic<int> done = 0;
  for (int i = 0; i < 50; ++i) queue.submit(put("k" + std::to_string(i)), [&](const std::exception_ptr&) { ++done; });
  queue.stop();
  EXPECT_EQ(done, 50);
  EXPECT_FALSE(queue.submit(put("late"), [](const std::exception_ptr&) {}));
  EXPECT_THROW(queue.commit(put("late")), StorageError);
  EXPECT_EQ(stored("k49"), "yes");
}

TEST_F(CommitQueueTest, CheckpointsWhenTheLogHasGrown) {
  const std::string wal = path() + "-wal";
  CommitQueue::Options options;
  options.checkpoint_bytes = 64 << 10;
  CommitQueue queue(*storage_, options);
  for (int i = 0; i < 2000; ++i) queue.commit(put("k" + std::to_string(i % 50)));
  // Written over from its beginning, again and again: without checkpoints it would have 2000 commits of pages.
  EXPECT_LT(std::filesystem::file_size(wal), 2000 * 4096U);
}

// Else each of them would wait for a transaction more.
TEST_F(CommitQueueTest, WhoComesWhileACheckpointIsSyncedJoinsTheNextTransaction) {
  test::FaultVfs faults;
  std::promise<void> joined;
  const std::shared_future<void> has_joined = joined.get_future().share();
  std::atomic<bool> held = false;
  faults.before_database_sync = [&] {
    if (held) has_joined.wait_for(std::chrono::seconds(20));
  };
  SqliteStorage storage(SqliteStorageOptions{path(), faults.name()});
  std::vector<std::size_t> batches;
  CommitQueue::Options options;
  options.checkpoint_bytes = 1;
  options.committed = [&](std::size_t jobs, double) { batches.push_back(jobs); };
  CommitQueue queue(storage, options);
  held = true;
  const auto ignore = [](const std::exception_ptr&) {};
  const auto late = [&](Storage& s) {
    s.put_setting("late", "yes");
    held = false;
    joined.set_value();
  };
  const auto second = [&](Storage& s) {
    s.put_setting("second", "yes");
    EXPECT_TRUE(s.checkpoint_running());
    queue.submit(late, ignore);
  };
  queue.submit(put("first"), [&](const std::exception_ptr&) { queue.submit(second, ignore); });
  EXPECT_EQ(has_joined.wait_for(std::chrono::seconds(30)), std::future_status::ready);
  queue.stop();
  EXPECT_EQ(batches, (std::vector<std::size_t>{1, 2}));
  EXPECT_EQ(stored("late"), "yes");
}

// With nobody waiting, too.
TEST_F(CommitQueueTest, ACheckpointThatCanNotBeSyncedEndsWriting) {
  test::FaultVfs faults;
  SqliteStorage storage(SqliteStorageOptions{path(), faults.name()});
  std::promise<void> failed;
  CommitQueue::Options options;
  options.checkpoint_bytes = 1;
  options.failed = [&](const std::string&) { failed.set_value(); };
  CommitQueue queue(storage, options);
  faults.on_database_sync = SQLITE_IOERR_FSYNC;
  queue.commit(put("a"));
  ASSERT_EQ(failed.get_future().wait_for(std::chrono::seconds(20)), std::future_status::ready);
  EXPECT_THROW(queue.commit(put("b")), StorageError);
  queue.stop();
  storage.leave_as_it_is();
  EXPECT_EQ(stored("a"), "yes");
  EXPECT_EQ(stored("b"), std::nullopt);
}

TEST_F(CommitQueueTest, HousekeepingIsMovedOutOfTheLogInSmallPieces) {
  CommitQueue::Options options;
  options.housekeeping_checkpoint_bytes = 16 << 10;
  CommitQueue queue(*storage_, options);
  const auto size_of_log = [this] { return std::filesystem::file_size(path() + "-wal"); };
  for (int i = 0; i < 200; ++i) queue.commit(put("k" + std::to_string(i)));
  const auto of_others = size_of_log();
  EXPECT_GT(of_others, 200 * 4096U);
  for (int i = 0; i < 200; ++i) queue.commit_housekeeping(put("h" + std::to_string(i)));
  EXPECT_LT(size_of_log(), of_others + 16 * 4096U) << "written over from its beginning, again and again";
}

TEST_F(CommitQueueTest, AFullDiskIsOverOnceThereIsRoom) {
  CommitQueue::Options options;
  options.look_for_room_every = std::chrono::milliseconds(1);
  std::promise<void> healed;
  std::vector<std::string> changes;
  options.full = [&](const std::string& what) {
    changes.push_back(what);
    if (what.empty()) healed.set_value();
  };
  CommitQueue queue(*storage_, options);
  EXPECT_THROW(queue.commit(failing(StorageError::Kind::kFull)), StorageError);
  ASSERT_EQ(healed.get_future().wait_for(std::chrono::seconds(20)), std::future_status::ready);
  EXPECT_EQ(queue.full(), "");
  queue.stop();
  EXPECT_EQ(changes, (std::vector<std::string>{"injected", ""}));
}

TEST_F(CommitQueueTest, AFullDiskIsOverWhileWebhooksKeepComing) {
  CommitQueue::Options options;
  options.look_for_room_every = std::chrono::milliseconds(1);
  std::promise<void> healed;
  options.full = [&](const std::string& what) {
    if (what.empty()) healed.set_value();
  };
  CommitQueue queue(*storage_, options);
  // Each is in the queue before the one ahead of it is over: there is never a moment without any.
  std::function<void()> next = [&] { queue.submit(put("more"), [&](const std::exception_ptr&) { next(); }); };
  queue.submit(failing(StorageError::Kind::kFull), [&](const std::exception_ptr&) { next(); });
  EXPECT_EQ(healed.get_future().wait_for(std::chrono::seconds(20)), std::future_status::ready);
  queue.stop();
  EXPECT_EQ(queue.full(), "");
  EXPECT_EQ(queue.failure(), "");
}

// What the log holds may go into the database file, and its room be used again, though neither may grow.
TEST_F(CommitQueueTest, ADiskThatTheLogHasFilledHealsByItself) {
  test::FaultVfs faults;
  SqliteStorage storage(SqliteStorageOptions{path(), faults.name()});
  CommitQueue::Options options;
  options.look_for_room_every = std::chrono::milliseconds(1);
  std::promise<void> healed;
  options.full = [&](const std::string& what) {
    if (what.empty()) healed.set_value();
  };
  CommitQueue queue(storage, options);
  for (int i = 0; i < 50; ++i) queue.commit(put("k" + std::to_string(i)));
  faults.on_growth = SQLITE_FULL;
  EXPECT_THROW(queue.commit(put("b")), StorageError);
  ASSERT_EQ(healed.get_future().wait_for(std::chrono::seconds(20)), std::future_status::ready);
  queue.commit(put("c"));
  queue.stop();
  EXPECT_EQ(stored("b"), std::nullopt);
  EXPECT_EQ(stored("c"), "yes");
}

TEST_F(CommitQueueTest, AFailureThatOthersMeetEndsWritingToo) {
  CommitQueue::Options options;
  std::string failed;
  options.failed = [&](const std::string& what) { failed = what; };
  CommitQueue queue(*storage_, options);
  queue.commit(put("before"));
  queue.fail("a read failed");
  queue.fail("and another");
  EXPECT_EQ(failed, "a read failed");
  EXPECT_THROW(queue.commit(put("after")), StorageError);
  EXPECT_EQ(stored("before"), "yes");
  EXPECT_EQ(stored("after"), std::nullopt);
}

}  // namespace
}  // namespace headroom
