#include <functional>
#include <future>

#include "tests/daemon/commit_queue_fixture.h"
#include "tests/support/fault_vfs.h"

namespace headroom {
namespace {

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

TEST_F(CommitQueueTest, ABatchThatMetAnotherWriterIsTriedAgain) {
  std::vector<int> pauses;
  CommitQueue::Options options;
  options.pause = [&](int attempt) { pauses.push_back(attempt); };
  CommitQueue queue(*storage_, options);
  int met = 0;
  const auto meets = [&](int times) {
    return [&met, times](Transaction& storage) {
      storage.put_setting("k" + std::to_string(met), "yes");
      if (met++ < times) throw StorageError(StorageError::Kind::kConflict, "injected");
    };
  };
  queue.commit(meets(2));
  EXPECT_EQ(pauses, (std::vector<int>{1, 2}));
  EXPECT_EQ(stored("k1"), std::nullopt) << "what met another is undone";
  EXPECT_EQ(stored("k2"), "yes");
  pauses.clear();
  met = 0;
  EXPECT_THROW(queue.commit(meets(100)), StorageError);
  EXPECT_EQ(met, 6);
  EXPECT_EQ(pauses.size(), 5U) << "not for ever";
  queue.commit(put("a"));
  EXPECT_EQ(stored("a"), "yes");
}

// Where one fails by itself, each has a savepoint, and who meets another behind it is tried again alone.
TEST_F(CommitQueueTest, AJobAloneThatMetAnotherWriterIsTriedAgain) {
  int pauses = 0;
  CommitQueue::Options options;
  options.pause = [&](int) { ++pauses; };
  CommitQueue queue(*storage_, options);
  Gate gate;
  queue.submit(gate.job(), [](const std::exception_ptr&) {});
  std::promise<bool> bad;
  queue.submit(failing(StorageError::Kind::kOther), [&](const std::exception_ptr& error) { bad.set_value(!error); });
  std::promise<bool> good;
  int calls = 0;
  queue.submit(
      [&](Transaction& storage) {
        storage.put_setting("b", "yes");
        if (++calls < 3) throw StorageError(StorageError::Kind::kConflict, "injected");
      },
      [&](const std::exception_ptr& error) { good.set_value(!error); });
  gate.open.set_value();
  EXPECT_FALSE(bad.get_future().get());
  EXPECT_TRUE(good.get_future().get());
  EXPECT_EQ(pauses, 2);
  EXPECT_EQ(stored("b"), "yes");
}

// All tries have one deadline together.
TEST_F(CommitQueueTest, WhoWaitsIsAnsweredInTime) {
  CommitQueue::Options options;
  const std::chrono::milliseconds within(1200);
  options.within = [&] { return within; };
  options.pause = [](int) {};
  int batches = 0;
  options.give_up_at = [&](CommitQueue::Time until) {
    ++batches;
    return until;
  };
  CommitQueue queue(*storage_, options);
  int tries = 0;
  std::promise<std::exception_ptr> answer;
  const auto began = std::chrono::steady_clock::now();
  queue.submit(
      [&](Transaction&) {
        ++tries;
        std::promise<void>().get_future().wait_for(std::chrono::milliseconds(800));
        throw StorageError(StorageError::Kind::kConflict, "injected");
      },
      [&](const std::exception_ptr& error) { answer.set_value(error); });
  EXPECT_THROW(std::rethrow_exception(answer.get_future().get()), StorageError);
  EXPECT_LT(std::chrono::steady_clock::now() - began, within);
  EXPECT_EQ(tries, 1) << "another would have ended too late";
  EXPECT_EQ(batches, 1) << "the store is told once for all tries";
}

TEST_F(CommitQueueTest, WhoHasWaitedTooLongIsNotBegun) {
  CommitQueue::Options options;
  const std::chrono::milliseconds within(300);
  options.within = [&] { return within; };
  CommitQueue queue(*storage_, options);
  Gate gate;
  std::promise<void> held;
  queue.submit([&, opened = gate.opened](Transaction&) { held.set_value(), opened.wait(); },
               [](const std::exception_ptr&) {});
  held.get_future().wait();
  std::promise<std::exception_ptr> answer;
  queue.submit(put("late"), [&](const std::exception_ptr& error) { answer.set_value(error); });
  std::promise<void>().get_future().wait_for(within);
  gate.open.set_value();
  EXPECT_THROW(std::rethrow_exception(answer.get_future().get()), StorageError);
  queue.stop();
  EXPECT_EQ(stored("late"), std::nullopt);
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
      [&, opened = gate.opened, first = true](Transaction&) mutable {
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

TEST_F(CommitQueueTest, IsBoundedByWhatItHoldsToo) {
  CommitQueue::Options options;
  options.capacity_bytes = 100;
  CommitQueue queue(*storage_, options);
  Gate gate;
  const auto ignore = [](const std::exception_ptr&) {};
  EXPECT_FALSE(queue.submit(put("a"), ignore, 101));
  queue.submit(gate.job(), ignore, 40);  // under way: it holds its memory until it is over
  EXPECT_TRUE(queue.submit(put("a"), ignore, 60));
  EXPECT_FALSE(queue.submit(put("a"), ignore, 1));
  EXPECT_TRUE(queue.submit(put("a"), ignore, 0));
  gate.open.set_value();
  queue.commit(put("b"));
  std::promise<bool> over;  // its own memory is given back after it
  ASSERT_TRUE(queue.submit(
      put("c"), [&](const std::exception_ptr&) { over.set_value(true); }, 0));
  over.get_future().wait();
  EXPECT_TRUE(queue.submit(put("d"), ignore, 100));
}

TEST_F(CommitQueueTest, TellsOfALongLogOnceAndWhenItHasDoubled) {
  SqliteReadView reader({path(), "", std::chrono::milliseconds(1000)});
  std::vector<std::int64_t> told;
  const auto tell = [&](std::int64_t bytes) { told.push_back(bytes); };
  CommitQueue queue(open({.told_from = 64 << 10, .told = tell}), {});
  for (int i = 0; i < 100; ++i) queue.commit(put("k" + std::to_string(i)));
  queue.stop();
  ASSERT_GE(told.size(), 2U);
  EXPECT_LT(told.size(), 5U);
  EXPECT_GE(told[0], 64 << 10);
  for (std::size_t i = 1; i < told.size(); ++i) EXPECT_GE(told[i], 2 * told[i - 1]);
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
