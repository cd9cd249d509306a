#include "daemon/failure_log.h"

#include <gtest/gtest.h>

#include <sstream>
#include <string>

namespace headroom {
namespace {

TEST(FailureLog, TheFirstIsSaidAtOnceAndThenOneLineAMinute) {
  std::ostringstream out;
  Log log(out, LogFormat::kText, LogLevel::kInfo, Log::Journal::kYes);
  FailureLog::Time now{std::chrono::hours(1)};
  FailureLog failures(log, "scheduler failed", [&] { return now; });
  const auto lines = [&] {
    const std::string text = out.str();
    out.str("");
    return text;
  };
  failures.failed("locked");
  EXPECT_EQ(lines(), "<3>scheduler failed error=locked times=1\n");
  for (int i = 0; i < 59; ++i) {
    now += std::chrono::seconds(1);
    failures.failed("locked");
  }
  EXPECT_EQ(lines(), "");
  now += std::chrono::seconds(1);
  failures.failed("locked");
  EXPECT_EQ(lines(), "<3>scheduler failed error=locked times=60\n");
  failures.failed("broken");
  EXPECT_EQ(lines(), "<3>scheduler failed error=broken times=1\n") << "another failure is news";
  for (int i = 0; i < 59; ++i) {
    now += std::chrono::seconds(1);
    failures.failed("locked");
    failures.failed("broken");
  }
  EXPECT_EQ(lines(), "") << "though they alternate";
  now += std::chrono::seconds(1);
  failures.failed("broken");
  EXPECT_EQ(lines(), "<3>scheduler failed error=broken times=60\n");
  for (int i = 0; i < 1000; ++i) failures.failed("failure " + std::to_string(i));
  lines();
  failures.failed("locked");
  EXPECT_EQ(lines(), "<3>scheduler failed error=locked times=1\n") << "what was forgotten is news";
}

}  // namespace
}  // namespace headroom
