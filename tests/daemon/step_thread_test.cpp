#include "daemon/threads/step_thread.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <mutex>
#include <stdexcept>
#include <vector>

#include "daemon/system_clock.h"

namespace headroom {
namespace {

constexpr std::chrono::seconds kPatience{20};

TEST(StepThread, SleepsUntilItIsWoken) {
  SystemClock clock;
  std::atomic<int> steps = 0;
  std::promise<void> first, second;
  StepThread thread(
      [&] {
        const int step = ++steps;
        if (step == 1) first.set_value();
        if (step == 2) second.set_value();
        return clock.steady_now() + kDayMs;
      },
      clock, nullptr, [](const std::string&) {});
  ASSERT_EQ(first.get_future().wait_for(kPatience), std::future_status::ready);
  thread.wake();
  ASSERT_EQ(second.get_future().wait_for(kPatience), std::future_status::ready);
  thread.stop();
  EXPECT_EQ(steps, 2);
}

TEST(StepThread, ComesAgainWhenTheNextStepIsDue) {
  SystemClock clock;
  std::promise<void> third;
  std::atomic<int> steps = 0;
  StepThread thread(
      [&] {
        if (++steps == 3) third.set_value();
        return clock.steady_now() + (steps < 3 ? 1 : kDayMs);
      },
      clock, nullptr, [](const std::string&) {});
  EXPECT_EQ(third.get_future().wait_for(kPatience), std::future_status::ready);
}

TEST(StepThread, AStepThatFailsIsToldAndTheNextOneFollows) {
  SystemClock clock;
  std::promise<void> again;
  std::atomic<int> steps = 0;
  std::mutex mutex;
  std::vector<std::string> failures;
  StepThread thread(
      [&]() -> SteadyMs {
        if (++steps == 1) throw std::runtime_error("no luck");
        if (steps == 2) again.set_value();
        return clock.steady_now() + kDayMs;
      },
      clock, nullptr,
      [&](const std::string& what) {
        const std::lock_guard lock(mutex);
        failures.push_back(what);
      });
  ASSERT_EQ(again.get_future().wait_for(kPatience), std::future_status::ready);
  thread.stop();
  EXPECT_THAT(failures, testing::ElementsAre("no luck"));
}

}  // namespace
}  // namespace headroom
