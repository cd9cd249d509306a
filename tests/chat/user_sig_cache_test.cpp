#include "chat/user_sig_cache.h"

#include <gtest/gtest.h>

#include <set>
#include <thread>
#include <vector>

#include "chat/user_sig.h"

namespace headroom {
namespace {

constexpr TimeMs kNow = 1'700'000'000'500;

class UserSigCacheTest : public testing::Test {
 protected:
  UserSigCache cache_{1400000000, "administrator", "key"};
};

TEST_F(UserSigCacheTest, SignsForADay) {
  const auto user_sig = decode_user_sig(cache_.get(kNow));
  ASSERT_TRUE(user_sig);
  EXPECT_EQ(user_sig->identifier, "administrator");
  EXPECT_EQ(user_sig->sdk_app_id, 1400000000U);
  EXPECT_EQ(user_sig->time_s, 1'700'000'000);
  EXPECT_EQ(user_sig->expire_s, 86'400);
  EXPECT_TRUE(is_signed_with(*user_sig, "key"));
}

TEST_F(UserSigCacheTest, KeepsItUntilAnHourBeforeItExpires) {
  const std::string first = cache_.get(kNow);
  EXPECT_EQ(cache_.get(kNow + kDayMs - kHourMs - 1), first);
  const std::string second = cache_.get(kNow + kDayMs - kHourMs);
  EXPECT_NE(second, first);
  EXPECT_EQ(decode_user_sig(second)->time_s, (kNow + kDayMs - kHourMs) / 1000);
}

TEST_F(UserSigCacheTest, DoesNotOutliveAClockThatIsSetBack) {
  const std::string first = cache_.get(kNow + 365 * kDayMs);
  EXPECT_EQ(decode_user_sig(cache_.get(kNow))->time_s, kNow / 1000);
}

TEST_F(UserSigCacheTest, OneRejectionMakesOneNew) {
  const std::string rejected = cache_.get(kNow);
  const std::string renewed = cache_.renew(kNow + 1000, rejected);
  EXPECT_NE(renewed, rejected);
  EXPECT_EQ(cache_.renew(kNow + 2000, rejected), renewed) << "another worker had the same one";
  EXPECT_EQ(cache_.get(kNow + 2000), renewed);
}

TEST_F(UserSigCacheTest, RenewsBeforeTheFirstUse) { EXPECT_TRUE(decode_user_sig(cache_.renew(kNow, "whatever"))); }

TEST_F(UserSigCacheTest, ServesManyThreads) {
  const std::string rejected = cache_.get(kNow);
  std::vector<std::string> got(8);
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < got.size(); ++i) {
      threads.emplace_back([&, i] {
        got[i] = cache_.renew(kNow + static_cast<TimeMs>(i + 1) * 1000, rejected);
        cache_.get(kNow + 9000);
      });
    }
  }
  EXPECT_EQ(std::set<std::string>(got.begin(), got.end()).size(), 1U);
}

}  // namespace
}  // namespace headroom
