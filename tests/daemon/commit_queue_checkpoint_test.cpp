#include <atomic>
#include <filesystem>
#include <future>

#include "tests/daemon/commit_queue_fixture.h"
#include "tests/support/fault_vfs.h"

namespace headroom {
namespace {

// Syncs of the database file last from hold() until let_go().
class SyncsHeld {
 public:
  explicit SyncsHeld(test::FaultVfs& faults) {
    faults.before_database_sync = [this] {
      if (held_ && given_up_ == 0 && gone_.wait_for(std::chrono::seconds(30)) != std::future_status::ready) ++given_up_;
    };
  }
  void hold() { held_ = true; }
  void let_go() {
    held_ = false;
    let_go_.set_value();
  }
  bool are_let_go_soon() const { return gone_.wait_for(std::chrono::seconds(20)) == std::future_status::ready; }
  // Nobody let them go.
  int given_up() const { return given_up_; }

 private:
  std::atomic<bool> held_ = false;
  std::atomic<int> given_up_ = 0;
  std::promise<void> let_go_;
  const std::shared_future<void> gone_ = let_go_.get_future().share();
};

TEST_F(CommitQueueTest, CheckpointsWhenTheLogHasGrown) {
  const std::string wal = path() + "-wal";
  CommitQueue queue(open({.growth = 64 << 10, .longest = 64 << 10}), {});
  for (int i = 0; i < 2000; ++i) queue.commit(put("k" + std::to_string(i)));
  // Written over from its beginning, again and again: without checkpoints it would have 2000 commits of pages.
  EXPECT_LT(std::filesystem::file_size(wal), 2000 * 4096U / 4);
}

TEST_F(CommitQueueTest, CommitsGoOnWhileACheckpointIsSynced) {
  test::FaultVfs faults;
  SyncsHeld syncs(faults);
  SqliteStorage storage(SqliteStorageOptions{path(), faults.name(), {.growth = 1}});
  CommitQueue queue(storage, {});
  syncs.hold();
  for (int i = 0; i < 20; ++i) queue.commit(put("k" + std::to_string(i)));
  EXPECT_EQ(stored("k19"), "yes");
  EXPECT_EQ(syncs.given_up(), 0);
  syncs.let_go();
}

// Else each of them would wait for a transaction more.
TEST_F(CommitQueueTest, WhoComesWhileACheckpointIsSyncedJoinsTheNextTransaction) {
  test::FaultVfs faults;
  SyncsHeld syncs(faults);
  SqliteStorage storage(SqliteStorageOptions{path(), faults.name(), {.growth = 1, .longest = 1}});
  std::vector<std::size_t> batches;
  CommitQueue::Options options;
  options.committed = [&](std::size_t jobs, double) { batches.push_back(jobs); };
  CommitQueue queue(storage, options);
  syncs.hold();
  const auto ignore = [](const std::exception_ptr&) {};
  const auto late = [&](Transaction& s) {
    s.put_setting("late", "yes");
    syncs.let_go();
  };
  const auto second = [&](Transaction& s) {
    s.put_setting("second", "yes");
    EXPECT_TRUE(storage.commit_would_wait());
    queue.submit(late, ignore);
  };
  queue.submit(put("first"), [&](const std::exception_ptr&) { queue.submit(second, ignore); });
  EXPECT_TRUE(syncs.are_let_go_soon());
  queue.stop();
  EXPECT_EQ(batches, (std::vector<std::size_t>{1, 2}));
  EXPECT_EQ(stored("late"), "yes");
}

// With nobody waiting, too.
TEST_F(CommitQueueTest, ACheckpointThatCanNotBeSyncedEndsWriting) {
  test::FaultVfs faults;
  SqliteStorage storage(SqliteStorageOptions{path(), faults.name(), {.growth = 1, .longest = 1}});
  std::promise<void> failed;
  CommitQueue::Options options;
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

TEST_F(CommitQueueTest, ACheckpointThatCanNotBeSyncedFailsAllThatWaitedForIt) {
  test::FaultVfs faults;
  SyncsHeld syncs(faults);
  SqliteStorage storage(SqliteStorageOptions{path(), faults.name(), {.growth = 1, .longest = 1}});
  std::atomic<int> failures = 0;
  CommitQueue::Options options;
  options.failed = [&](const std::string&) { ++failures; };
  CommitQueue queue(storage, options);
  syncs.hold();
  std::atomic<int> refused = 0;
  const auto done = [&](const std::exception_ptr& error) { refused += error ? 1 : 0; };
  const auto late = [&](Transaction& s) {
    s.put_setting("late", "yes");
    faults.on_database_sync = SQLITE_IOERR_FSYNC;
    syncs.let_go();
  };
  const auto second = [&](Transaction& s) {
    s.put_setting("second", "yes");
    queue.submit(late, done);
  };
  queue.submit(put("first"), [&](const std::exception_ptr&) { queue.submit(second, done); });
  EXPECT_TRUE(syncs.are_let_go_soon());
  queue.stop();
  EXPECT_EQ(refused, 2);
  EXPECT_EQ(failures, 1);
  EXPECT_EQ(stored("first"), "yes");
  EXPECT_EQ(stored("second"), std::nullopt);
  EXPECT_EQ(stored("late"), std::nullopt);
}

TEST_F(CommitQueueTest, HousekeepingIsMovedOutOfTheLogInSmallPieces) {
  CommitQueue queue(open({.housekeeping_growth = 16 << 10, .longest = 32 << 10}), {});
  const auto size_of_log = [this] { return std::filesystem::file_size(path() + "-wal"); };
  for (int i = 0; i < 200; ++i) queue.commit(put("k" + std::to_string(i)));
  const auto of_others = size_of_log();
  EXPECT_GT(of_others, 200 * 4096U);
  for (int i = 0; i < 200; ++i) queue.commit_housekeeping(put("h" + std::to_string(i)));
  EXPECT_LT(size_of_log(), of_others + 16 * 4096U) << "written over from its beginning, again and again";
}

}  // namespace
}  // namespace headroom
