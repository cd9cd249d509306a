#include "ctl/when.h"

#include <gtest/gtest.h>
#include <time.h>

#include <cstdlib>

#include "text/time_text.h"

namespace headroom::ctl {
namespace {

class When : public testing::Test {
 protected:
  When() { set_zone("Asia/Shanghai"); }
  ~When() override { set_zone("UTC"); }
  static void set_zone(const char* zone) {
    ::setenv("TZ", zone, 1);
    ::tzset();
  }
  static std::string parsed(const std::string& text, Zone zone = Zone::kLocal, Direction direction = Direction::kBack) {
    const auto moment = parse_moment(text, *parse_time("2026-11-29T02:00:00Z"), zone, direction);
    return moment ? format_time(*moment) : "none";
  }
};

TEST_F(When, AMomentIsATimeADateOrADuration) {
  EXPECT_EQ(parsed("2026-01-31T12:00:00Z"), "2026-01-31T12:00:00.000Z");
  EXPECT_EQ(parsed("2026-01-31T12:00:00+02:00"), "2026-01-31T10:00:00.000Z");
  EXPECT_EQ(parsed("2026-01-31"), "2026-01-30T16:00:00.000Z") << "the day begins where the reader is";
  EXPECT_EQ(parsed("2026-01-31", Zone::kUtc), "2026-01-31T00:00:00.000Z");
  EXPECT_EQ(parsed("2h"), "2026-11-29T00:00:00.000Z");
  EXPECT_EQ(parsed("2h", Zone::kLocal, Direction::kAhead), "2026-11-29T04:00:00.000Z");
  EXPECT_EQ(parsed("7d"), "2026-11-22T02:00:00.000Z");
  EXPECT_EQ(parsed("9999999d"), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(parsed("9999999999d", Zone::kLocal, Direction::kAhead), "9999-12-31T23:59:59.999Z");
  for (const char* text : {"", "yesterday", "2h ago", "-2h", "2026-13-01", "2026-02-30", "2026-1-1", "12:00", "5"}) {
    EXPECT_EQ(parsed(text), "none") << text;
  }
}

TEST_F(When, AreShownInTheZone) {
  const TimeMs moment = *parse_time("2026-01-31T20:00:05.999Z");
  EXPECT_EQ(show_moment(moment, Zone::kLocal), "2026-02-01 04:00:05");
  EXPECT_EQ(show_moment(moment, Zone::kUtc), "2026-01-31 20:00:05Z");
}

TEST_F(When, SpansHaveTwoUnits) {
  EXPECT_EQ(show_span(0), "0s");
  EXPECT_EQ(show_span(-5), "0s");
  EXPECT_EQ(show_span(59'999), "59s");
  EXPECT_EQ(show_span(61'000), "1m 1s");
  EXPECT_EQ(show_span(2 * kHourMs), "2h");
  EXPECT_EQ(show_span(kDayMs + 3 * kHourMs + 5), "1d 3h");
  EXPECT_EQ(show_span(210 * kDayMs + 3 * kHourMs), "210d");
}

}  // namespace
}  // namespace headroom::ctl
