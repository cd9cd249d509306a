#include "daemon/refusal_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "daemon/log.h"
#include "tests/webhook/fake_intake.h"

namespace headroom {
namespace {

class RefusalLogTest : public testing::Test {
 protected:
  std::string lines() {
    const std::string text = out_.str();
    out_.str("");
    return text;
  }
  void pass(std::chrono::seconds time) { now_ += time; }

  std::ostringstream out_;
  Log log_{out_, LogFormat::kText, LogLevel::kInfo, Log::Journal::kYes};
  support::FixedClock clock_{5000};
  std::chrono::steady_clock::time_point now_{std::chrono::hours(1)};
  RefusalLog refusals_{log_, clock_, [this] { return now_; }};
};

TEST_F(RefusalLogTest, TheFirstIsSaidAtOnceAndThenOneLineAMinute) {
  refusals_.refused(RefusalReason::kSign, "203.0.113.1", "the token differs from the console's");
  EXPECT_EQ(lines(),
            "<4>webhook refused reason=sign count=1 peer=203.0.113.1 hint=\"the token differs from the console's\"\n");
  for (int i = 0; i < 50; ++i) refusals_.refused(RefusalReason::kSign, "203.0.113." + std::to_string(i), "h");
  pass(std::chrono::seconds(59));
  refusals_.write_due();
  EXPECT_EQ(lines(), "");
  pass(std::chrono::seconds(1));
  refusals_.write_due();
  EXPECT_EQ(lines(), "<4>webhook refused reason=sign count=50 peer=203.0.113.49 hint=h\n");
  pass(std::chrono::hours(1));
  refusals_.write_due();
  EXPECT_EQ(lines(), "");
  refusals_.refused(RefusalReason::kSign, "p", "h");
  EXPECT_EQ(lines(), "<4>webhook refused reason=sign count=1 peer=p hint=h\n");
}

TEST_F(RefusalLogTest, EachReasonHasItsOwnMinute) {
  refusals_.refused(RefusalReason::kSign, "p", "h");
  refusals_.refused(RefusalReason::kPath, "q", "i");
  EXPECT_EQ(lines(),
            "<4>webhook refused reason=sign count=1 peer=p hint=h\n<4>webhook refused reason=path count=1 peer=q "
            "hint=i\n");
}

TEST_F(RefusalLogTest, NothingIsLeftUnsaidAtTheEnd) {
  refusals_.refused(RefusalReason::kBusy, "p", "h");
  refusals_.refused(RefusalReason::kBusy, "p", "h");
  lines();
  refusals_.write_due(true);
  EXPECT_EQ(lines(), "<4>webhook refused reason=busy count=1 peer=p hint=h\n");
}

TEST_F(RefusalLogTest, KnowsTheLastOnes) {
  EXPECT_FALSE(refusals_.last_refusal());
  EXPECT_FALSE(refusals_.last_taken_at());
  refusals_.refused(RefusalReason::kRequestTime, "203.0.113.1", "h");
  clock_.set(6000);
  refusals_.taken();
  ASSERT_TRUE(refusals_.last_refusal());
  EXPECT_EQ(refusals_.last_refusal()->at, 5000);
  EXPECT_EQ(refusals_.last_refusal()->reason, "request_time");
  EXPECT_EQ(refusals_.last_refusal()->peer, "203.0.113.1");
  EXPECT_EQ(refusals_.last_taken_at(), 6000);
}

}  // namespace
}  // namespace headroom
