// What a store writes later than the jobs that it comes of: when the queue has it written, and who waits for that.
#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <thread>

#include "tests/daemon/commit_queue_fixture.h"
#include "tests/support/fault_vfs.h"

namespace headroom {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::int64_t kEvents = 5;

template <typename Condition>
bool eventually(Condition condition) {
  const auto until = std::chrono::steady_clock::now() + seconds(20);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::yield();
  }
  return true;
}

class CommitQueueDelayedTest : public CommitQueueTest {
 protected:
  static CommitQueue::Options options(milliseconds write_delayed_after) {
    CommitQueue::Options options;
    options.write_delayed_after = write_delayed_after;
    return options;
  }
  void know_the_group() {
    storage_->begin();
    Group group;
    group.group_id = "g";
    group.state = GroupState::kFull;
    storage_->save_group(group);
    storage_->commit();
  }
  // In one transaction.
  static void count_events(Transaction& storage) {
    for (std::int64_t i = 0; i < kEvents; ++i) {
      Event event;
      event.group_id = "g";
      event.received_at = 1'790'000'000'000 + i;
      event.body = "{}";
      storage.insert_event(event);
      Group group = *storage.find_group("g");
      ++group.full_events;
      group.last_full_at = event.received_at;
      storage.save_full_events(group);
    }
  }
  std::int64_t counted() const { return SqliteReadView({.path = path()}).find_group("g")->full_events; }
};

TEST_F(CommitQueueDelayedTest, IsWrittenOnceNobodyWaits) {
  know_the_group();
  CommitQueue queue(*storage_, options(milliseconds(1)));
  queue.commit(count_events);
  EXPECT_TRUE(eventually([&] { return !storage_->has_delayed(); }));
  EXPECT_EQ(counted(), kEvents);
}

TEST_F(CommitQueueDelayedTest, IsWrittenForWhoAsks) {
  know_the_group();
  CommitQueue queue(*storage_, options(hours(1)));
  queue.show_delayed(hours(1));
  queue.commit(count_events);
  EXPECT_EQ(counted(), 0);
  queue.show_delayed(hours(1));
  EXPECT_EQ(counted(), kEvents);
}

// There never is a moment without any work.
TEST_F(CommitQueueDelayedTest, IsWrittenForWhoAsksAlsoUnderLoad) {
  know_the_group();
  CommitQueue queue(*storage_, options(hours(1)));
  queue.commit(count_events);
  std::function<void()> next = [&] { queue.submit(count_events, [&](const std::exception_ptr&) { next(); }); };
  next();
  queue.show_delayed(hours(1));
  EXPECT_GE(counted(), kEvents);
  queue.stop();
}

TEST_F(CommitQueueDelayedTest, NobodyWaitsForItForLong) {
  know_the_group();
  Gate gate;
  std::promise<void> began;
  CommitQueue queue(*storage_, options(hours(1)));
  queue.commit(count_events);
  const auto held = [&](Transaction&) {
    began.set_value();
    gate.opened.wait();
  };
  queue.submit(held, [](const std::exception_ptr&) {});
  began.get_future().wait();
  queue.show_delayed(milliseconds(1));
  EXPECT_EQ(counted(), 0);
  gate.open.set_value();
}

TEST_F(CommitQueueDelayedTest, IsWrittenAtTheEnd) {
  know_the_group();
  CommitQueue queue(*storage_, options(hours(1)));
  queue.commit(count_events);
  queue.stop();
  EXPECT_FALSE(storage_->has_delayed());
  EXPECT_EQ(counted(), kEvents);
}

// Nobody is kept waiting by the end, and the next start finds what is left.
TEST_F(CommitQueueDelayedTest, TheEndWaitsForNoFailedStore) {
  know_the_group();
  {
    CommitQueue queue(*storage_, options(hours(1)));
    queue.commit(count_events);
    queue.fail("injected");
    queue.show_delayed(hours(1));
  }
  EXPECT_EQ(counted(), 0);
  open({});
  EXPECT_TRUE(storage_->has_delayed());
  EXPECT_EQ(storage_->find_group("g")->full_events, kEvents);
}

TEST_F(CommitQueueDelayedTest, IsWrittenOnceAFullDiskHasRoom) {
  know_the_group();
  storage_.reset();
  test::FaultVfs faults;
  SqliteStorage store(SqliteStorageOptions{path(), faults.name()});
  std::atomic<std::int64_t> free = 0;
  CommitQueue::Options with_disk = options(milliseconds(1));
  with_disk.look_for_room_every = milliseconds(1);
  with_disk.needed_bytes = 1;
  with_disk.free_bytes = [&] { return free.load(); };
  Gate gate;
  CommitQueue queue(store, with_disk);
  std::promise<void> stored;
  queue.submit(
      [&](Transaction& storage) {
        count_events(storage);
        gate.opened.wait();
      },
      [&](const std::exception_ptr& error) {
        EXPECT_FALSE(error);
        faults.on_growth = SQLITE_FULL;
        stored.set_value();
      });
  gate.open.set_value();
  stored.get_future().wait();
  EXPECT_TRUE(eventually([&] { return !queue.full().empty(); }));
  queue.show_delayed(hours(1));  // nobody waits for a disk that is full
  faults.on_growth = SQLITE_OK;
  free = 1;
  EXPECT_TRUE(eventually([&] { return queue.full().empty() && !store.has_delayed(); }));
  queue.stop();
  EXPECT_EQ(counted(), kEvents);
}

}  // namespace
}  // namespace headroom
