#include "text/time_text.h"

#include <gtest/gtest.h>

namespace headroom {
namespace {

TEST(TimeText, FormatsInUtcWithMilliseconds) {
  EXPECT_EQ(format_time(0), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(format_time(1670574414123), "2022-12-09T08:26:54.123Z");
  EXPECT_EQ(format_time(951782400000), "2000-02-29T00:00:00.000Z");
  EXPECT_EQ(format_time(kMaxTimeMs), "9999-12-31T23:59:59.999Z");
  EXPECT_EQ(format_time(kMaxTimeMs + 1), "9999-12-31T23:59:59.999Z");
  EXPECT_EQ(format_time(-1), "1970-01-01T00:00:00.000Z");
}

TEST(TimeText, ParsesWhatItFormats) {
  for (TimeMs time = 0; time < kMaxTimeMs; time += 9876543210987) EXPECT_EQ(parse_time(format_time(time)), time);
}

TEST(TimeText, ParsesOffsetsAndFractions) {
  EXPECT_EQ(parse_time("2022-12-09T08:26:54Z"), 1670574414000);
  EXPECT_EQ(parse_time("2022-12-09T09:26:54.1+01:00"), 1670574414100);
  EXPECT_EQ(parse_time("2022-12-09t02:56:54.123456789-05:30"), 1670574414123);
}

TEST(TimeText, RefusesWhatIsNoTime) {
  for (const char* text : {"", "2022", "2022-13-01T00:00:00Z", "2022-02-29T00:00:00Z", "2022-12-09T24:00:00Z",
                           "2022-12-09T08:26:54", "2022-12-09T08:26:54.Z", "2022-12-09T08:26:54Zx",
                           "2022-12-09T08:26:54+1:00", "2022-12-09T08:26:60Z", "-022-12-09T08:26:54Z"}) {
    EXPECT_EQ(parse_time(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace headroom
