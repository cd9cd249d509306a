#include "chat/user_sig_cache.h"

#include <gtest/gtest.h>

#include <set>
#include <thread>
#include <vector>

#include "chat/user_sig.h"
#include "headroom/chat_api.h"
#include "tests/support/virtual_clock.h"

namespace headroom {
namespace {

constexpr TimeMs kNow = 1'700'000'000'500;

class UserSigCacheTest : public testing::Test {
 protected:
  std::int64_t signed_at_s(const std::string& text) { return decode_user_sig(text)->time_s; }

  VirtualClock clock_{kNow};
  UserSigCache cache_{clock_, 1400000000, "administrator", "key"};
};

TEST_F(UserSigCacheTest, SignsForADay) {
  const auto user_sig = decode_user_sig(cache_.get());
  ASSERT_TRUE(user_sig);
  EXPECT_EQ(user_sig->identifier, "administrator");
  EXPECT_EQ(user_sig->sdk_app_id, 1400000000U);
  EXPECT_EQ(user_sig->time_s, 1'700'000'000);
  EXPECT_EQ(user_sig->expire_s, 86'400);
  EXPECT_TRUE(is_signed_with(*user_sig, "key"));
}

TEST_F(UserSigCacheTest, KeepsItUntilAnHourBeforeItExpires) {
  const std::string first = cache_.get();
  clock_.advance(kDayMs - kHourMs - 1);
  EXPECT_EQ(cache_.get(), first);
  clock_.advance(1);
  const std::string second = cache_.get();
  EXPECT_NE(second, first);
  EXPECT_EQ(signed_at_s(second), clock_.now() / 1000);
}

TEST_F(UserSigCacheTest, DoesNotOutliveAClockThatIsSet) {
  for (const DurationMs step : {365 * kDayMs, -365 * kDayMs, kHourMs, -kHourMs}) {
    cache_.get();
    clock_.step(step);
    EXPECT_EQ(signed_at_s(cache_.get()), clock_.now() / 1000) << step;
  }
}

TEST_F(UserSigCacheTest, OneRejectionMakesOneNew) {
  const std::string rejected = cache_.get();
  clock_.advance(kHourMs);
  const auto renewed = cache_.renew(rejected, 70001);
  ASSERT_TRUE(renewed);
  EXPECT_NE(*renewed, rejected);
  EXPECT_EQ(cache_.renew(rejected, 70001), renewed) << "another worker had the same one";
  EXPECT_EQ(cache_.get(), *renewed);
}

TEST_F(UserSigCacheTest, AFreshOneIsNotSignedAgainAndNobodyTriesForAMinute) {
  const std::string rejected = cache_.get();
  clock_.advance(UserSigCache::kFresh - 1);
  EXPECT_EQ(cache_.renew(rejected, 70009), std::nullopt);
  EXPECT_EQ(cache_.rejection(), 70009);
  clock_.step(kDayMs);
  EXPECT_EQ(cache_.rejection(), 70009) << "whatever the wall clock says";
  clock_.step(-kDayMs);
  clock_.advance(UserSigCache::kFresh);
  EXPECT_EQ(cache_.rejection(), std::nullopt);
  const std::string next = cache_.get();
  EXPECT_NE(next, rejected) << "the next try is one call, with a new one";
  EXPECT_EQ(cache_.renew(next, 70009), std::nullopt);
}

TEST_F(UserSigCacheTest, AfterTooManyFailuresNobodyTriesForAMinute) {
  const std::string rejected = cache_.get();
  clock_.advance(kHourMs);
  EXPECT_EQ(cache_.renew(rejected, chat_code::kTooManySignatureFailures), std::nullopt);
  EXPECT_EQ(cache_.rejection(), chat_code::kTooManySignatureFailures);
}

TEST_F(UserSigCacheTest, WhoSaysThatTheCauseIsGoneMayTryAtOnce) {
  const std::string rejected = cache_.get();
  EXPECT_EQ(cache_.renew(rejected, 70009), std::nullopt);
  cache_.forget_rejection();
  EXPECT_EQ(cache_.rejection(), std::nullopt);
  clock_.advance(kSecondMs);
  EXPECT_NE(cache_.get(), rejected);
}

// Else a clock that is wrong by more than a day looks like a wrong key.
TEST_F(UserSigCacheTest, SignsAsAtChatsTimeWhenOursIsFarFromIt) {
  clock_.step(-2 * kDayMs);
  const std::string rejected = cache_.get();
  EXPECT_EQ(signed_at_s(rejected), clock_.now() / 1000);
  cache_.heard(kNow);
  const auto renewed = cache_.renew(rejected, 70001);
  ASSERT_TRUE(renewed) << "something has changed: the time is known";
  EXPECT_EQ(signed_at_s(*renewed), kNow / 1000);
  clock_.advance(kMinuteMs);
  EXPECT_EQ(cache_.get(), *renewed);
  clock_.step(2 * kDayMs);
  EXPECT_EQ(cache_.get(), *renewed) << "it was right all the time";
}

TEST_F(UserSigCacheTest, RenewsBeforeTheFirstUse) {
  EXPECT_TRUE(decode_user_sig(cache_.renew("whatever", 70001).value_or("")));
}

TEST_F(UserSigCacheTest, ServesManyThreads) {
  const std::string rejected = cache_.get();
  clock_.advance(kHourMs);
  std::vector<std::string> got(8);
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < got.size(); ++i) {
      threads.emplace_back([&, i] {
        got[i] = cache_.renew(rejected, 70001).value_or("");
        cache_.get();
      });
    }
  }
  EXPECT_EQ(std::set<std::string>(got.begin(), got.end()).size(), 1U);
}

}  // namespace
}  // namespace headroom
