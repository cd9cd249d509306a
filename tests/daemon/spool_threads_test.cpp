// The threads of a node whose database is elsewhere: what is answered 200 is stored, once, and in its order.
#include "daemon/threads/spool_threads.h"

#include <gmock/gmock.h>
#include <sqlite3.h>

#include <array>
#include <future>
#include <iostream>
#include <random>

#include "daemon/system_clock.h"
#include "tests/daemon/road.h"
#include "tests/spool/scripted_sink.h"
#include "tests/spool/spool_samples.h"
#include "tests/support/fault_vfs.h"
#include "tests/support/temp_dir.h"

namespace headroom {
namespace {

using namespace std::chrono_literals;
using test::Road;
using testing::ElementsAre;
using testing::SizeIs;

constexpr auto kPatience = Road::kPatience;

std::optional<StorageError::Kind> unavailable() { return StorageError::Kind::kUnavailable; }

class SpoolThreadsTest : public testing::Test {
 protected:
  void start(std::chrono::milliseconds deadline = 30ms, const SpoolingIntake::Options& intake = {}) {
    spool_ = std::make_unique<Spool>(SpoolOptions{.path = folder_.file("spool.db"), .vfs = faults_.name()});
    SpoolThreads::Options options;
    options.commit_deadline = deadline;
    options.intake = intake;
    options.forwarder.batch = 16;
    options.forwarder.again_after = 1;
    options.stored.stored = [this](std::int64_t events) {
      const std::lock_guard lock(mutex_);
      told_stored_ += events;
      changed_.notify_all();
    };
    options.stored.group_due = [this] { ++told_due_; };
    options.hooks.ended = [this](DurationMs, std::int64_t) {
      const std::lock_guard lock(mutex_);
      ++ended_;
      changed_.notify_all();
    };
    options.random = [this] { return test::intake_id(++ids_); };
    options.forwarder_failed = [](const std::string& what) { ADD_FAILURE() << what; };
    threads_ = std::make_unique<SpoolThreads>(straight_, forwarding_, *spool_, clock_, options);
  }
  void stop() {
    straight_.block(false);
    forwarding_.block(false);
    threads_.reset();
    spool_.reset();
  }
  ~SpoolThreadsTest() override { stop(); }

  std::future<Recorded> record(Event event) {
    const auto promise = std::make_shared<std::promise<Recorded>>();
    threads_->intake().record(std::move(event), [promise](Recorded recorded) { promise->set_value(recorded); });
    return promise->get_future();
  }
  static std::optional<Recorded> result_of(std::future<Recorded> answer) {
    if (answer.wait_for(kPatience) != std::future_status::ready) return std::nullopt;
    return answer.get();
  }
  std::optional<Recorded> record_one(std::uint64_t number) { return result_of(record(test::numbered(number))); }
  bool wait_until_ended(int times = 1) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kPatience, [&] { return ended_ >= times; });
  }
  bool wait_until_told(std::int64_t events) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kPatience, [&] { return told_stored_ >= events; });
  }
  std::vector<std::string> stored() {
    const std::lock_guard lock(database_mutex_);
    return test::groups_of(database_.events);
  }

  const test::TempDir folder_{"spooling"};
  test::FaultVfs faults_;
  SystemClock clock_;
  std::mutex database_mutex_;
  test::MemoryDatabase database_;
  Road straight_{database_, database_mutex_};
  Road forwarding_{database_, database_mutex_};
  std::mutex mutex_;
  std::condition_variable changed_;
  int ended_ = 0;  // guarded by mutex_
  std::atomic<std::int64_t> told_stored_ = 0;
  std::atomic<int> told_due_ = 0;
  std::uint64_t ids_ = 0;

  std::unique_ptr<Spool> spool_;
  std::unique_ptr<SpoolThreads> threads_;
};

TEST_F(SpoolThreadsTest, StoresWhatItTakes) {
  start(kPatience);
  EXPECT_EQ(record_one(0), Recorded::kRecorded);
  EXPECT_EQ(record_one(1), Recorded::kRecorded);
  EXPECT_THAT(stored(), ElementsAre("g0", "g1"));
  EXPECT_EQ(told_stored_, 2);
}

// A database that says nothing at all: one batch waits for it, for its deadline, and no other.
TEST_F(SpoolThreadsTest, ADatabaseThatHangsIsWaitedForOnce) {
  start();
  database_.full_groups = {"g0"};
  straight_.block(true);
  forwarding_.block(true);
  EXPECT_EQ(record_one(0), Recorded::kSpooled);
  EXPECT_EQ(record_one(1), Recorded::kSpooled);
  EXPECT_EQ(straight_.calls(), 1);
  // The forwarder's way works again, the lost call does not come back.
  forwarding_.block(false);
  EXPECT_EQ(record_one(2), Recorded::kSpooled);
  EXPECT_EQ(straight_.calls(), 1);
  straight_.block(false);
  ASSERT_TRUE(wait_until_ended());
  record_one(3);
  EXPECT_EQ(straight_.calls(), 2);
  ASSERT_TRUE(wait_until_told(4));
  EXPECT_THAT(stored(), ElementsAre("g0", "g1", "g2", "g3"));
  EXPECT_EQ(told_due_, 1);
}

// The lost call is carried out before the forwarder gets there: the group that is due is not forgotten with it.
TEST_F(SpoolThreadsTest, ACommitBehindItsDeadlineIsStoredOnce) {
  start();
  database_.full_groups = {"g0"};
  straight_.block(true);
  forwarding_.block(true);
  EXPECT_EQ(record_one(0), Recorded::kSpooled);
  ASSERT_TRUE(forwarding_.wait_for_one());
  straight_.block(false);
  ASSERT_TRUE(wait_until_told(1));
  EXPECT_THAT(stored(), ElementsAre("g0"));
  forwarding_.block(false);
  ASSERT_TRUE(wait_until_ended());
  EXPECT_THAT(stored(), ElementsAre("g0"));
  EXPECT_EQ(told_stored_, 1);
  EXPECT_EQ(told_due_, 1);
}

TEST_F(SpoolThreadsTest, AnswersOnceItIsOnTheDisk) {
  std::atomic<int> answered = 0;
  std::atomic<int> answered_before_sync = -1;
  faults_.before_log_sync = [&] {
    if (answered_before_sync == -2) answered_before_sync = answered.load();
  };
  start();
  straight_.fails(unavailable);
  forwarding_.fails(unavailable);
  EXPECT_EQ(record_one(0), Recorded::kSpooled);  // the first commit of a log syncs more often
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (threads_->state().depth == 0 && std::chrono::steady_clock::now() < until) std::this_thread::yield();
  answered_before_sync = -2;
  std::promise<void> done;
  threads_->intake().record(test::numbered(1), [&](Recorded) {
    ++answered;
    done.set_value();
  });
  ASSERT_EQ(done.get_future().wait_for(kPatience), std::future_status::ready);
  EXPECT_EQ(answered_before_sync, 0);
}

TEST_F(SpoolThreadsTest, WhatWaitsIsBoundedInNumber) {
  SpoolingIntake::Options options;
  options.capacity = 2;
  start(kPatience, options);
  straight_.block(true);
  auto under_way = record(test::numbered(0));
  ASSERT_TRUE(straight_.wait_for_one());
  auto first = record(test::numbered(1));
  auto second = record(test::numbered(2));
  EXPECT_EQ(record_one(3), Recorded::kOverloaded);
  EXPECT_EQ(threads_->depth(), 2U);
  straight_.block(false);
  for (auto* answer : {&under_way, &first, &second}) EXPECT_EQ(result_of(std::move(*answer)), Recorded::kRecorded);
  EXPECT_EQ(record_one(4), Recorded::kRecorded);
}

TEST_F(SpoolThreadsTest, WhatWaitsIsBoundedInMemory) {
  SpoolingIntake::Options options;
  options.capacity_bytes = 200'000;
  start(kPatience, options);
  straight_.block(true);
  auto under_way = record(test::numbered(0, 150'000));
  ASSERT_TRUE(straight_.wait_for_one());
  EXPECT_EQ(result_of(record(test::numbered(1, 100'000))), Recorded::kOverloaded);
  auto small = record(test::numbered(2));
  straight_.block(false);
  EXPECT_EQ(result_of(std::move(under_way)), Recorded::kRecorded);
  EXPECT_EQ(result_of(std::move(small)), Recorded::kRecorded);
  EXPECT_EQ(result_of(record(test::numbered(3, 150'000))), Recorded::kRecorded);
}

TEST_F(SpoolThreadsTest, StopsBehindWhatIsQueued) {
  start();
  straight_.fails(unavailable);
  forwarding_.fails(unavailable);
  std::vector<std::future<Recorded>> answers;
  for (std::uint64_t i = 0; i < 50; ++i) answers.push_back(record(test::numbered(i)));
  threads_->stop();
  EXPECT_EQ(record_one(50), Recorded::kStopping);
  for (auto& answer : answers) EXPECT_EQ(result_of(std::move(answer)), Recorded::kSpooled);
  EXPECT_EQ(spool_->depth(), 50);
}

// Senders of whom each sends its next event when the last one is answered, a database that comes and goes on both ways,
// commits that arrive and are not known to, a daemon that starts anew in between.
TEST_F(SpoolThreadsTest, NothingIsLostDoubledOrOvertaken) {
  constexpr std::uint64_t kSenders = 4, kRounds = 4, kEach = 60;
  std::mt19937 random(7);
  const auto sometimes = [&random](unsigned percent, StorageError::Kind kind) {
    return [&random, percent, kind]() -> std::optional<StorageError::Kind> {
      if (random() % 100 < percent) return kind;
      return std::nullopt;
    };
  };
  std::atomic<int> spooled = 0, straight = 0;
  for (std::uint64_t round = 0; round < kRounds; ++round) {
    straight_.fails(sometimes(10, StorageError::Kind::kUnavailable), sometimes(5, StorageError::Kind::kUnknown));
    forwarding_.fails(sometimes(30, StorageError::Kind::kUnavailable), sometimes(20, StorageError::Kind::kUnknown));
    start(10s);
    std::vector<std::thread> senders;
    for (std::uint64_t sender = 0; sender < kSenders; ++sender) {
      senders.emplace_back([&, sender] {
        for (std::uint64_t i = 0; i < kEach; ++i) {
          const auto result = record_one(sender * 10'000 + round * kEach + i);
          ++(result == Recorded::kSpooled ? spooled : straight);
          if (result != Recorded::kSpooled && result != Recorded::kRecorded) ADD_FAILURE() << "sender " << sender;
        }
      });
    }
    for (std::thread& sender : senders) sender.join();
    stop();
  }
  straight_.fails(nullptr);
  forwarding_.fails(nullptr);
  ended_ = 0;
  start();
  ASSERT_TRUE(!threads_->state().spooling || wait_until_ended());
  std::cout << spooled << " spooled, " << straight << " straight\n";
  EXPECT_GT(spooled, 0);
  EXPECT_GT(straight, 0);
  ASSERT_THAT(stored(), SizeIs(kSenders * kRounds * kEach));
  std::array<std::uint64_t, kSenders> next{};
  for (const std::string& group : stored()) {
    const std::uint64_t number = std::stoull(group.substr(1));
    EXPECT_EQ(number % 10'000, next[number / 10'000]++) << "of sender " << number / 10'000;
  }
}

}  // namespace
}  // namespace headroom
