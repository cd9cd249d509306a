// Calls of several threads wait for their turns: who gives way to whom.
#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "chat/rate_limiter.h"
#include "tests/chat/busiest_second.h"
#include "tests/support/virtual_clock.h"

namespace headroom {
namespace {

using test::busiest_second;

constexpr TimeMs kNow = 1'700'000'000'000;

// Sleeps end when the test lets them, one at a time and in the order that it wants.
class HeldClock final : public Clock {
 public:
  TimeMs now() const override {
    const std::lock_guard lock(mutex_);
    return now_;
  }
  SteadyMs steady_now() const override { return {now() - kNow}; }
  bool sleep(DurationMs) override {
    std::unique_lock lock(mutex_);
    const int mine = ++asleep_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return awake_ == mine || all_awake_; });
    awake_ = 0;
    return true;
  }
  void wait_for_sleepers(int count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return asleep_ == count; });
  }
  void advance(DurationMs duration) {
    const std::lock_guard lock(mutex_);
    now_ += duration;
  }
  void wake(int sleeper) {
    const std::lock_guard lock(mutex_);
    awake_ = sleeper;
    changed_.notify_all();
  }
  void wake_all() {
    const std::lock_guard lock(mutex_);
    all_awake_ = true;
    changed_.notify_all();
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  TimeMs now_ = kNow;
  int asleep_ = 0;  // sleeps that began
  int awake_ = 0;
  bool all_awake_ = false;
};

TEST(RateLimiter, ABackgroundCallGivesWayToOneThatCameLater) {
  HeldClock clock;
  RateLimiter limiter(clock, 1);
  ASSERT_TRUE(limiter.acquire("get_group_info"));
  std::mutex mutex;
  std::vector<std::string> order;
  const auto call = [&](CallPriority priority, const std::string& name) {
    EXPECT_TRUE(limiter.acquire("get_group_info", priority));
    const std::lock_guard lock(mutex);
    order.push_back(name);
  };
  std::jthread background([&] { call(CallPriority::kBackground, "background"); });
  clock.wait_for_sleepers(1);
  std::jthread normal([&] { call(CallPriority::kNormal, "normal"); });
  clock.wait_for_sleepers(2);
  clock.advance(2 * kSecondMs);  // one call may be made
  clock.wake(1);
  clock.wait_for_sleepers(3);  // the background call saw the other one wait, and sleeps again
  EXPECT_TRUE(order.empty());
  clock.wake(2);
  normal.join();
  EXPECT_EQ(order, std::vector<std::string>{"normal"});
  clock.advance(2 * kSecondMs);
  clock.wake_all();
  background.join();
  EXPECT_EQ(order.size(), 2U);
}

TEST(RateLimiter, BackgroundCallsAloneGetAllThatIsAllowed) {
  VirtualClock clock(kNow);
  RateLimiter limiter(clock, 100);
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(limiter.acquire("get_group_info", CallPriority::kBackground));
  EXPECT_LE(clock.now() - kNow, 12 * kSecondMs);
}

// Each has its turn, looks for a while, and calls: some late, so that the calls come together.
TEST(RateLimiter, CallsThatHadTheirTurnsEarlierKeepTheLimitToo) {
  constexpr int kRate = 3;
  VirtualClock clock(kNow);
  RateLimiter limiter(clock, kRate);
  std::vector<TimeMs> calls;
  DurationMs longest = 0;
  for (int i = 0; i < 30; ++i) {
    // The looks of two of three take so long that the third has had its turn by then.
    for (int k = 0; k < 3; ++k) EXPECT_TRUE(limiter.acquire_turn("delete_group_member"));
    for (int k = 0; k < 3; ++k) {
      const TimeMs ready = clock.now();
      EXPECT_TRUE(limiter.acquire("delete_group_member"));
      calls.push_back(clock.now());
      longest = std::max(longest, clock.now() - ready);
    }
  }
  EXPECT_LE(busiest_second(calls), static_cast<std::size_t>(kRate));
  EXPECT_LE(longest, kSecondMs) << "whoever had a turn hardly waits again";
}

TEST(RateLimiter, AComplaintSlowsTheTurnsToo) {
  VirtualClock clock(kNow);
  RateLimiter limiter(clock, 100);
  for (int i = 0; i < 8; ++i) {
    limiter.slow_down("delete_group_member");
    clock.advance(kSecondMs);
  }
  const TimeMs before = clock.now();
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(limiter.acquire_turn("delete_group_member"));
  EXPECT_GE(clock.now() - before, kSecondMs);
}

}  // namespace
}  // namespace headroom
