// A disk that is full, by what the file system says of its room.
#include <gmock/gmock.h>

#include <atomic>
#include <future>
#include <mutex>
#include <vector>

#include "tests/daemon/commit_queue_fixture.h"
#include "tests/support/fault_vfs.h"

namespace headroom {
namespace {

using testing::ElementsAre;

constexpr std::int64_t kNeeded = 2 << 20;

class FullDiskTest : public CommitQueueTest {
 protected:
  CommitQueue::Options options() {
    CommitQueue::Options options;
    options.look_for_room_every = std::chrono::milliseconds(1);
    options.needed_bytes = kNeeded;
    options.free_bytes = [this] {
      ++counted_;
      counted_.notify_all();
      return free_.load();
    };
    options.full = [this](const std::string& what) {
      {
        const std::lock_guard lock(mutex_);
        told_.push_back(what);
      }
      if (what.empty()) healed_.set_value();
    };
    return options;
  }
  // Until the disk was asked for its room so many times more.
  void wait_for_counts(int times) {
    for (const int until = counted_ + times; counted_ < until;) counted_.wait(counted_);
  }
  std::vector<std::string> told() {
    const std::lock_guard lock(mutex_);
    return told_;
  }
  void wait_until_healed() {
    ASSERT_EQ(healed_.get_future().wait_for(std::chrono::seconds(20)), std::future_status::ready);
  }

  std::atomic<std::int64_t> free_ = 0;
  std::atomic<int> counted_ = 0;
  std::promise<void> healed_;

 private:
  std::mutex mutex_;
  std::vector<std::string> told_;
};

TEST_F(FullDiskTest, IsOverOnceThereIsRoomForTheLargestWebhook) {
  CommitQueue queue(*storage_, options());
  EXPECT_THROW(queue.commit(failing(StorageError::Kind::kFull)), StorageError);
  wait_for_counts(3);
  free_ = kNeeded - 1;
  wait_for_counts(3);
  EXPECT_EQ(queue.full(), "injected");
  free_ = kNeeded;
  wait_until_healed();
  EXPECT_EQ(queue.full(), "");
  queue.stop();
  EXPECT_THAT(told(), ElementsAre("injected", ""));
}

// What was seen on a full ext4: small rows fit, events do not, and readyz flapped twice a second.
TEST_F(FullDiskTest, WhatIsSmallEnoughToBeWrittenDoesNotEndIt) {
  CommitQueue queue(*storage_, options());
  for (int i = 0; i < 20; ++i) {
    EXPECT_THROW(queue.commit(failing(StorageError::Kind::kFull)), StorageError);
    queue.commit(put("small" + std::to_string(i)));
    EXPECT_EQ(queue.full(), "injected");
  }
  wait_for_counts(3);
  EXPECT_EQ(stored("small19"), "yes");
  queue.stop();
  EXPECT_THAT(told(), ElementsAre("injected"));
}

TEST_F(FullDiskTest, IsOverWhileWebhooksKeepComing) {
  CommitQueue queue(*storage_, options());
  // Each is in the queue before the one ahead of it is over: there is never a moment without any.
  std::function<void()> next = [&] { queue.submit(put("more"), [&](const std::exception_ptr&) { next(); }); };
  queue.submit(failing(StorageError::Kind::kFull), [&](const std::exception_ptr&) { next(); });
  wait_for_counts(3);
  free_ = kNeeded;
  wait_until_healed();
  queue.stop();
  EXPECT_EQ(queue.full(), "");
  EXPECT_EQ(queue.failure(), "");
}

// What the log holds goes into the database file, and its room is used again, though neither may grow.
TEST_F(FullDiskTest, EventsFitIntoTheLogThatHasFilledIt) {
  test::FaultVfs faults;
  SqliteStorage storage(SqliteStorageOptions{path(), faults.name()});
  CommitQueue queue(storage, options());
  for (int i = 0; i < 50; ++i) queue.commit(put("k" + std::to_string(i)));
  faults.on_growth = SQLITE_FULL;
  EXPECT_THROW(queue.commit(put("b")), StorageError);
  wait_for_counts(2);
  queue.commit(put("c"));
  EXPECT_NE(queue.full(), "");
  faults.on_growth = SQLITE_OK;
  free_ = kNeeded;
  wait_until_healed();
  queue.stop();
  EXPECT_EQ(stored("b"), std::nullopt);
  EXPECT_EQ(stored("c"), "yes");
}

}  // namespace
}  // namespace headroom
