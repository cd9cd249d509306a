#include "daemon/cause_log.h"

#include <gtest/gtest.h>

#include <sstream>
#include <string>

namespace headroom {
namespace {

TEST(CauseLog, EachCauseIsSaidAtOnceAndThenOnceAMinute) {
  std::ostringstream out;
  Log log(out, LogFormat::kText, LogLevel::kInfo, Log::Journal::kYes);
  CauseLog::Time now{std::chrono::hours(1)};
  CauseLog causes(log, "refused", [&] { return now; });
  const auto lines = [&] {
    const std::string text = out.str();
    out.str("");
    return text;
  };
  causes.say("full");
  causes.say("denied");
  EXPECT_EQ(lines(), "<3>refused cause=full times=1\n<3>refused cause=denied times=1\n");
  for (int i = 0; i < 59; ++i) {
    now += std::chrono::seconds(1);
    causes.say("full");
    causes.say("denied");
  }
  EXPECT_EQ(lines(), "") << "though they alternate";
  now += std::chrono::seconds(1);
  causes.say("full");
  EXPECT_EQ(lines(), "<3>refused cause=full times=60\n");
  for (int i = 0; i < 1000; ++i) causes.say("cause " + std::to_string(i));
  lines();
  causes.say("denied");
  EXPECT_EQ(lines(), "<3>refused cause=denied times=1\n") << "what was forgotten is news";
}

}  // namespace
}  // namespace headroom
