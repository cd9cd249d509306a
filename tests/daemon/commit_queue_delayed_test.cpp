// What a store writes later than the jobs that it comes of: when the queue has it written.
#include <SQLiteCpp/Database.h>

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
  std::int64_t in_the_row() const {
    SQLite::Database database(path(), SQLite::OPEN_READONLY, 1000);
    return database.execAndGet("SELECT full_events + full_events_more FROM chat_group").getInt64();
  }
};

TEST_F(CommitQueueDelayedTest, IsWrittenOnceNobodyWaits) {
  know_the_group();
  CommitQueue queue(*storage_, options(milliseconds(1)));
  queue.commit(count_events);
  EXPECT_TRUE(eventually([&] { return in_the_row() == kEvents; }));
}

TEST_F(CommitQueueDelayedTest, IsWrittenAtTheEnd) {
  know_the_group();
  CommitQueue queue(*storage_, options(hours(1)));
  queue.commit(count_events);
  queue.stop();
  EXPECT_FALSE(storage_->has_delayed());
  EXPECT_EQ(in_the_row(), kEvents);
}

// Nobody is kept waiting by the end, and the next start finds what is left.
TEST_F(CommitQueueDelayedTest, TheEndWaitsForNoFailedStore) {
  know_the_group();
  {
    CommitQueue queue(*storage_, options(hours(1)));
    queue.commit(count_events);
    queue.fail("injected");
  }
  EXPECT_EQ(in_the_row(), 0);
  open({});
  EXPECT_TRUE(storage_->has_delayed());
  EXPECT_EQ(storage_->find_group("g")->full_events, kEvents);
}

TEST_F(CommitQueueDelayedTest, TheEndWaitsForNoSlowDisk) {
  know_the_group();
  storage_.reset();
  test::FaultVfs faults;
  SqliteStorage store(SqliteStorageOptions{path(), faults.name()});
  CommitQueue queue(store, options(hours(1)));
  faults.sync_delay_ms = 600;
  queue.commit(count_events);
  faults.sync_delay_ms = 0;
  queue.stop();
  EXPECT_TRUE(store.has_delayed());
  EXPECT_EQ(counted(), kEvents);
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
  EXPECT_EQ(counted(), kEvents) << "who asks sees it all the same";
  faults.on_growth = SQLITE_OK;
  free = 1;
  EXPECT_TRUE(eventually([&] { return queue.full().empty() && in_the_row() == kEvents; }));
  queue.stop();
  EXPECT_EQ(in_the_row(), kEvents);
}

}  // namespace
}  // namespace headroom
