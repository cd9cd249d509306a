#include "chat/rate_limiter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/chat/busiest_second.h"
#include "tests/support/virtual_clock.h"

namespace headroom {
namespace {

using test::busiest_second;

constexpr TimeMs kNow = 1'700'000'000'000;

std::vector<TimeMs> call_often(RateLimiter& limiter, VirtualClock& clock, std::string_view api, int times) {
  std::vector<TimeMs> calls;
  for (int i = 0; i < times; ++i) {
    EXPECT_TRUE(limiter.acquire(api));
    calls.push_back(clock.now());
  }
  return calls;
}

class RateLimiterAt : public testing::TestWithParam<int> {};

TEST_P(RateLimiterAt, NoSecondSeesMoreCallsThanAllowed) {
  const int rate = GetParam();
  VirtualClock clock(kNow);
  RateLimiter limiter(clock, rate);
  std::vector<TimeMs> calls = call_often(limiter, clock, "get_group_info", 3 * rate + 3);
  clock.advance(5 * kSecondMs);  // as full as it gets
  const std::vector<TimeMs> more = call_often(limiter, clock, "get_group_info", 2 * rate + 2);
  calls.insert(calls.end(), more.begin(), more.end());
  EXPECT_LE(busiest_second(calls), static_cast<std::size_t>(rate));
}

TEST_P(RateLimiterAt, GivesMostOfWhatIsAllowed) {
  const int rate = GetParam();
  VirtualClock clock(kNow);
  RateLimiter limiter(clock, rate);
  call_often(limiter, clock, "get_group_info", 10 * rate);
  EXPECT_LE(clock.now() - kNow, 12 * kSecondMs);
}

TEST_P(RateLimiterAt, WhoeverFollowsAnotherOneGoesOnAtItsPace) {
  const int rate = GetParam();
  VirtualClock clock(kNow);
  RateLimiter former(clock, rate);
  RateLimiter next(clock, rate);
  call_often(next, clock, "known", 1);
  std::vector<TimeMs> known = call_often(former, clock, "known", 2 * rate);
  next.use_up();
  const std::vector<TimeMs> more = call_often(next, clock, "known", 2 * rate);
  known.insert(known.end(), more.begin(), more.end());
  EXPECT_LE(busiest_second(known), static_cast<std::size_t>(rate));

  std::vector<TimeMs> fresh = call_often(former, clock, "new to it", 2 * rate);
  next.use_up();
  const std::vector<TimeMs> rest = call_often(next, clock, "new to it", 2 * rate);
  fresh.insert(fresh.end(), rest.begin(), rest.end());
  EXPECT_LE(busiest_second(fresh), static_cast<std::size_t>(rate));
}

// Two nodes with one limit: the shares move from one to the other.
TEST_P(RateLimiterAt, WhatIsAllowedMayBecomeLessAndMore) {
  const int rate = GetParam();
  VirtualClock clock(kNow);
  RateLimiter limiter(clock, 1);
  call_often(limiter, clock, "get_group_info", 2);
  limiter.allow(rate);
  EXPECT_EQ(limiter.calls_per_second("get_group_info"), rate);
  EXPECT_EQ(limiter.calls_per_second("get_appid_group_list"), 1);
  clock.advance(5 * kSecondMs);
  call_often(limiter, clock, "get_group_info", 2 * rate);
  limiter.allow(std::max(1, rate / 3));
  clock.advance(kSecondMs);
  const std::vector<TimeMs> calls = call_often(limiter, clock, "get_group_info", 3 * rate);
  EXPECT_LE(busiest_second(calls), static_cast<std::size_t>(std::max(1, rate / 3)));
  limiter.slow_down("get_group_info");
  limiter.allow(rate);
  clock.advance(2 * kMinuteMs);
  EXPECT_EQ(limiter.calls_per_second("get_group_info"), rate) << "what was slowed down comes back";
}

INSTANTIATE_TEST_SUITE_P(Rates, RateLimiterAt, testing::Values(1, 2, 3, 7, 19, 20, 39, 40, 59, 100, 200, 999, 2000),
                         testing::PrintToStringParamName());

TEST(RateLimiter, TheFirstCallDoesNotWait) {
  VirtualClock clock(0);
  RateLimiter limiter(clock, 1);
  EXPECT_TRUE(limiter.acquire("get_group_info"));
  EXPECT_EQ(clock.sleeps(), 0);
}

TEST(RateLimiter, EveryApiHasItsOwnBucket) {
  VirtualClock clock(kNow);
  RateLimiter limiter(clock, 1);
  for (const char* api : {"get_group_info", "delete_group_member", "add_group_member"}) {
    EXPECT_TRUE(limiter.acquire(api));
  }
  EXPECT_EQ(clock.sleeps(), 0);
}

TEST(RateLimiter, TheGroupListIsCalledOnceASecondAtMost) {
  VirtualClock clock(kNow);
  RateLimiter limiter(clock, 2000);
  const std::vector<TimeMs> calls = call_often(limiter, clock, "get_appid_group_list", 10);
  for (std::size_t i = 1; i < calls.size(); ++i) {
    EXPECT_GT(calls[i] - calls[i - 1], kSecondMs);
    EXPECT_LT(calls[i] - calls[i - 1], 1200);
  }
}

TEST(RateLimiter, ManyThreadsShareOneBucket) {
  VirtualClock clock(kNow);
  RateLimiter limiter(clock, 50);
  std::mutex mutex;
  std::vector<TimeMs> calls;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 16; ++i) {
      threads.emplace_back([&] {
        for (int k = 0; k < 40; ++k) {
          ASSERT_TRUE(limiter.acquire("get_group_info"));
          const std::lock_guard lock(mutex);
          calls.push_back(clock.now());
        }
      });
    }
  }
  EXPECT_EQ(calls.size(), 16U * 40U);
  // 640 calls, 50 a second: a limiter that lost count would be done much earlier.
  EXPECT_GE(clock.now() - kNow, 12 * kSecondMs);
}

TEST(RateLimiter, StoppingEndsTheWait) {
  VirtualClock clock(kNow);
  RateLimiter limiter(clock, 1);
  EXPECT_TRUE(limiter.acquire("get_group_info"));
  clock.stop();
  EXPECT_FALSE(limiter.acquire("get_group_info"));
}

TEST(RateLimiter, ComplaintsHalveTheRateDownToOne) {
  VirtualClock clock(kNow);
  RateLimiter limiter(clock, 100);
  EXPECT_EQ(limiter.calls_per_second("get_group_info"), 100);
  for (const int left : {50, 25, 13, 7, 4, 2, 1, 1}) {
    limiter.slow_down("get_group_info");
    EXPECT_EQ(limiter.calls_per_second("get_group_info"), left);
    clock.advance(kSecondMs);
  }
  EXPECT_EQ(limiter.calls_per_second("delete_group_member"), 100) << "the others are not slowed";
}

TEST(RateLimiter, ComplaintsOfOneSecondCountOnce) {
  VirtualClock clock(kNow);
  RateLimiter limiter(clock, 100);
  for (int i = 0; i < 8; ++i) limiter.slow_down("get_group_info");
  EXPECT_EQ(limiter.calls_per_second("get_group_info"), 50);
  clock.advance(kSecondMs - 1);
  limiter.slow_down("get_group_info");
  EXPECT_EQ(limiter.calls_per_second("get_group_info"), 50);
}

TEST(RateLimiter, ASlowedBucketIsEmptyAtFirst) {
  VirtualClock clock(kNow);
  RateLimiter limiter(clock, 100);
  limiter.slow_down("get_group_info");
  EXPECT_TRUE(limiter.acquire("get_group_info"));
  EXPECT_EQ(clock.now() - kNow, 21);  // 1.05 s / 50
}

TEST(RateLimiter, RecoversLittleByLittle) {
  VirtualClock clock(kNow);
  RateLimiter limiter(clock, 200);
  limiter.slow_down("get_group_info");
  int before = limiter.calls_per_second("get_group_info");
  EXPECT_EQ(before, 100);
  for (int second = 1; second <= 50; ++second) {
    clock.advance(kSecondMs);
    const int now = limiter.calls_per_second("get_group_info");
    EXPECT_EQ(now, before + 2);
    before = now;
  }
  EXPECT_EQ(before, 200);
  clock.advance(kHourMs);
  EXPECT_EQ(limiter.calls_per_second("get_group_info"), 200);
}

TEST(RateLimiter, KeepsTheLimitWhileItSlowsAndRecovers) {
  VirtualClock clock(kNow);
  RateLimiter limiter(clock, 59);
  std::vector<TimeMs> calls;
  for (int i = 0; i < 3000; ++i) {
    if (i % 700 == 300) limiter.slow_down("get_group_info");
    ASSERT_TRUE(limiter.acquire("get_group_info"));
    calls.push_back(clock.now());
  }
  EXPECT_LE(busiest_second(calls), 59U);
}

TEST(RateLimiter, AWallClockThatWasWrongMeanwhileStopsNobody) {
  VirtualClock clock(kNow);
  RateLimiter limiter(clock, 10);
  clock.step(kDayMs);
  limiter.slow_down("get_group_info");
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(limiter.acquire("get_group_info"));
  clock.step(-kDayMs);
  const SteadyMs before = clock.steady_now();
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(limiter.acquire("get_group_info"));
  EXPECT_GE(clock.steady_now() - before, 2 * kSecondMs) << "nor is it a way around the limit";
  EXPECT_LE(clock.longest_sleep(), kSecondMs);
}

TEST(RateLimiter, AClockThatIsSetBackStopsNobody) {
  VirtualClock clock(kNow);
  RateLimiter limiter(clock, 10);
  limiter.slow_down("get_group_info");
  EXPECT_TRUE(limiter.acquire("get_group_info"));
  clock.step(-kDayMs);
  EXPECT_TRUE(limiter.acquire("get_group_info"));
  EXPECT_LE(clock.longest_sleep(), kSecondMs);
  clock.advance(kMinuteMs);
  EXPECT_EQ(limiter.calls_per_second("get_group_info"), 10);
}

TEST(RateLimiter, LessThanOneIsOne) {
  VirtualClock clock(kNow);
  RateLimiter limiter(clock, 0);
  EXPECT_EQ(limiter.calls_per_second("get_group_info"), 1);
  EXPECT_TRUE(limiter.acquire("get_group_info"));
  EXPECT_TRUE(limiter.acquire("get_group_info"));
}

}  // namespace
}  // namespace headroom
