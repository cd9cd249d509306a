#include "daemon/threads/sweep_threads.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>

#include "daemon/threads/commit_queue.h"
#include "engine/sweeps/sweep_row.h"
#include "tests/support/fake_chat.h"
#include "tests/support/no_self_pause.h"
#include "tests/support/test_database.h"
#include "tests/support/virtual_clock.h"

// The threads around the sweeper: they run a sweep to its end, wait, and go. Nothing here waits for time to pass: what
// would wake by itself only after an hour has to be woken.
namespace headroom {
namespace {

using support::FakeChat;
using support::kNow;

class SweepThreadsTest : public testing::Test, public Observer {
 protected:
  SweepThreadsTest() {
    Settings settings;
    settings.tick = kHourMs;
    settings.sweep_interval = 0;
    settings_.set(settings);
  }
  ~SweepThreadsTest() override {
    threads_.reset();
    queue_.stop();
  }

  void launch() {
    sweeper_ = std::make_unique<Sweeper>(
        listing_chat_, *writer_, *view_, clock_, settings_, pause_, [] { return 1.0; }, *this, self_pause_, [] {});
    const auto failed = [this](const std::string& what) {
      const std::lock_guard lock(mutex_);
      failures_.push_back(what);
      failed_.notify_all();
    };
    threads_ = std::make_unique<SweepThreads>(
        *sweeper_, clock_, 3, [] { return true; }, [this] { return make_chat(); }, failed);
  }
  void sweep_ended(const Sweep& sweep) override { ended_.set_value(sweep); }
  // A reader's. All see the same groups.
  std::unique_ptr<ChatApi> make_chat() {
    ++chats_;
    if (make_chat_fails_.exchange(false)) throw std::runtime_error("no client");
    auto chat = std::make_unique<FakeChat>();
    fill(*chat);
    chat->before_look = before_look_;
    return chat;
  }
  static void fill(FakeChat& chat) {
    for (int i = 0; i < 40; ++i) chat.put_group("g" + std::to_string(i), "Public", i % 2 == 0 ? 200 : 100, 200);
  }
  void order_sweep() {
    queue_.commit([&](Transaction& storage) { ASSERT_TRUE(insert_sweep(storage, false, clock_.now())); });
  }
  Sweep ended() { return ended_.get_future().get(); }
  std::vector<std::string> failures() {
    const std::lock_guard lock(mutex_);
    return failures_;
  }
  void await_failure() {
    std::unique_lock lock(mutex_);
    failed_.wait(lock, [this] { return !failures_.empty(); });
  }

  // Throws what it is told to, once.
  class Failing : public Writer {
   public:
    explicit Failing(Writer& disk) : disk_(disk) {}
    void commit(const Job& job) override {
      if (full.exchange(false)) throw StorageError(StorageError::Kind::kFull, "no space");
      disk_.commit(job);
    }
    bool works() const override { return true; }
    std::atomic<bool> full = false;

   private:
    Writer& disk_;
  };

  support::TestDatabase database_;
  CommitQueue queue_{database_.storage(), {}};
  Failing failing_{queue_};
  Writer* writer_ = &queue_;
  std::unique_ptr<ReadView> view_ = database_.open_view();
  VirtualClock clock_{kNow};
  SettingsCell settings_{Settings{}};
  PauseSwitch pause_;
  support::NoSelfPause self_pause_;
  FakeChat listing_chat_;
  std::function<void()> before_look_;
  std::atomic<int> chats_ = 0;
  std::atomic<bool> make_chat_fails_ = false;
  std::promise<Sweep> ended_;
  std::mutex mutex_;
  std::condition_variable failed_;
  std::vector<std::string> failures_;  // guarded by mutex_
  std::unique_ptr<Sweeper> sweeper_;
  std::unique_ptr<SweepThreads> threads_;  // last: it uses all of the above
};

TEST_F(SweepThreadsTest, ASweepThatIsThereAtTheStartRunsToItsEnd) {
  fill(listing_chat_);
  order_sweep();
  launch();
  const Sweep sweep = ended();
  EXPECT_EQ(sweep.state, SweepState::kFinished);
  EXPECT_EQ(sweep.groups_read, 40);
  EXPECT_EQ(sweep.groups_full, 20);
  EXPECT_LE(chats_, 3);
  threads_->stop();
  EXPECT_TRUE(failures().empty());
}

TEST_F(SweepThreadsTest, WaitsWithoutReadersAndIsWoken) {
  fill(listing_chat_);
  launch();
  order_sweep();
  threads_->wake();
  EXPECT_EQ(ended().groups_read, 40);
}

TEST_F(SweepThreadsTest, OneSweepAfterTheOther) {
  fill(listing_chat_);
  order_sweep();
  launch();
  EXPECT_EQ(ended().id, 1);
  threads_->stop();
  threads_.reset();
  for (int i = 2; i <= 4; ++i) {
    ended_ = {};
    launch();
    order_sweep();
    threads_->wake();
    EXPECT_EQ(ended().id, i);
    threads_.reset();
  }
}

TEST_F(SweepThreadsTest, StopsWhileItWaitsForAnHour) {
  launch();
  threads_->stop();
  threads_->stop();  // twice is as good as once
  EXPECT_EQ(chats_, 0) << "no readers without a sweep";
}

TEST_F(SweepThreadsTest, StopsWhileASweepStandsStill) {
  fill(listing_chat_);
  pause_.show({"holiday", Reason(), ""});
  order_sweep();
  launch();
  threads_->stop();
  EXPECT_EQ(view_->find_sweep(1)->state, SweepState::kRunning) << "the next start goes on with it";
}

// The order is given before the calls are answered: who gives it on a thread of its own can not know whether it has
// been heard by then, and on a busy machine the sweep came to its end first.
TEST_F(SweepThreadsTest, StopWaitsForTheCallsInHand) {
  fill(listing_chat_);
  std::promise<void> called;
  std::promise<void> answer;
  const std::shared_future<void> answered = answer.get_future().share();
  std::once_flag once;
  before_look_ = [&] {
    std::call_once(once, [&] { called.set_value(); });
    answered.wait();
  };
  order_sweep();
  launch();
  called.get_future().wait();
  threads_->ask_to_stop();
  auto stopped = std::async(std::launch::async, [&] { threads_->stop(); });
  EXPECT_EQ(stopped.wait_for(std::chrono::milliseconds(1)), std::future_status::timeout);
  answer.set_value();
  stopped.wait();
  EXPECT_EQ(view_->find_sweep(1)->state, SweepState::kRunning);
}

// A page that can not be stored lets go of the sweep, and its readers end. What takes it up again needs readers, too.
TEST_F(SweepThreadsTest, AStepThatFailsIsToldAndTheSweepGoesOnAfterwards) {
  for (int i = 0; i < 20; ++i) listing_chat_.put_group("g" + std::to_string(2 * i + 1), "Public", 100, 200);
  order_sweep();
  writer_ = &failing_;
  failing_.full = true;  // for the step's own commit: a reader stores nothing where no group is full
  launch();
  const Sweep sweep = ended();
  EXPECT_EQ(sweep.state, SweepState::kFinished);
  EXPECT_EQ(sweep.groups_listed, 20);
  EXPECT_THAT(failures(), testing::ElementsAre("no space"));
}

TEST_F(SweepThreadsTest, AReaderThatFailsIsToldAndGoesOn) {
  fill(listing_chat_);
  make_chat_fails_ = true;
  order_sweep();
  launch();
  await_failure();
  threads_->wake();
  EXPECT_EQ(ended().groups_read, 40);
  EXPECT_THAT(failures(), testing::ElementsAre("no client"));
}

}  // namespace
}  // namespace headroom
