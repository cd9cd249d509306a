#include "text/units.h"

#include <gtest/gtest.h>

namespace headroom {
namespace {

TEST(Units, Durations) {
  EXPECT_EQ(parse_duration("0"), 0);
  EXPECT_EQ(parse_duration("500ms"), 500);
  EXPECT_EQ(parse_duration("30s"), 30000);
  EXPECT_EQ(parse_duration("10m"), 600000);
  EXPECT_EQ(parse_duration("2h"), 7200000);
  EXPECT_EQ(parse_duration("7d"), 7 * kDayMs);
  for (const char* wrong : {"", "5", "s", "-1s", "+1s", "1 s", "1.5s", "1S", "1w", "1s ", "0x1s", "99999999999999999d",
                            "9223372036854775807s", "1ss", "1m30s"}) {
    EXPECT_EQ(parse_duration(wrong), std::nullopt) << wrong;
  }
}

TEST(Units, DurationsAreWrittenAsRead) {
  for (const char* text : {"0", "500ms", "90s", "10m", "36h", "7d", "1500ms"}) {
    EXPECT_EQ(format_duration(parse_duration(text).value()), text);
  }
  EXPECT_EQ(format_duration(60000), "1m");
}

TEST(Units, Sizes) {
  EXPECT_EQ(parse_size("4096"), 4096);
  EXPECT_EQ(parse_size("64KiB"), 65536);
  EXPECT_EQ(parse_size("1MiB"), 1048576);
  for (const char* wrong :
       {"", "KiB", "1kb", "1 KiB", "-1", "1.5KiB", "9999999999999999999KiB", "9223372036854775807KiB"}) {
    EXPECT_EQ(parse_size(wrong), std::nullopt) << wrong;
  }
}

TEST(Units, Percentages) {
  EXPECT_EQ(parse_percent("5%"), 50000);
  EXPECT_EQ(parse_percent("100%"), 1000000);
  EXPECT_EQ(parse_percent("0.5%"), 5000);
  EXPECT_EQ(parse_percent("12.3456%"), 123456);
  for (const char* wrong : {"", "%", "5", "5 %", "-5%", "100.0001%", "101%", "1.%", "1.23456%", ".5%", "1e1%"}) {
    EXPECT_EQ(parse_percent(wrong), std::nullopt) << wrong;
  }
}

TEST(Units, DurationsInTheGreatestExactUnit) {
  EXPECT_EQ(format_duration(0), "0");
  EXPECT_EQ(format_duration(30 * kDayMs), "30d");
  EXPECT_EQ(format_duration(36 * kHourMs), "36h");
  EXPECT_EQ(format_duration(90 * kMinuteMs), "90m");
  EXPECT_EQ(format_duration(61 * kSecondMs), "61s");
  EXPECT_EQ(format_duration(1500), "1500ms");
}

TEST(Units, PercentsWithoutTrailingZeros) {
  EXPECT_EQ(format_percent(50000), "5%");
  EXPECT_EQ(format_percent(1000000), "100%");
  EXPECT_EQ(format_percent(5000), "0.5%");
  EXPECT_EQ(format_percent(125000), "12.5%");
  EXPECT_EQ(format_percent(1), "0.0001%");
  EXPECT_EQ(format_percent(100100), "10.01%");
}

TEST(Units, SizesInTheGreatestExactUnit) {
  for (const char* text : {"4096", "64KiB", "1MiB", "1025"}) {
    const std::string written = format_size(parse_size(text).value());
    EXPECT_EQ(parse_size(written), parse_size(text)) << text;
  }
  EXPECT_EQ(format_size(4096), "4KiB");
  EXPECT_EQ(format_size(1025), "1025");
}

TEST(Units, TrimTakesWhiteSpaceAtTheEnds) {
  EXPECT_EQ(trim(" \ta b\r\n"), "a b");
  EXPECT_EQ(trim(" \t"), "");
}

}  // namespace
}  // namespace headroom
