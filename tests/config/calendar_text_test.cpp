#include "config/calendar_text.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "config/zones.h"
#include "text/time_text.h"

namespace headroom {
namespace {

using Spans = std::vector<WeekSpan>;

TEST(Hours, AreReadAsTheyAreWritten) {
  const std::vector<std::pair<std::string, Spans>> rows{
      {"", {}},
      {"  ", {}},
      {"Mon 09:00-18:00", {{540, 1080}}},
      {"Mon-Tue 09:00-18:00,Sat\t10:00-12:00", {{540, 1080}, {1980, 2520}, {7800, 7920}}},
      {"Wed 22:00-06:00", {{2880 + 1320, 2880 + 1440 + 360}}},
      {"Sun 22:00-06:00", {{0, 360}, {8640 + 1320, kWeekMinutes}}},
      {"Mon 22:00-24:00", {{1320, 1440}}},
      {"Mon 22:00-00:00", {{1320, 1440}}},
      {"Sat-Mon 10:00-11:00", {{600, 660}, {7200 + 600, 7200 + 660}, {8640 + 600, 8640 + 660}}},
      {"Mon-Sun 00:00-24:00", {{0, kWeekMinutes}}},
      {"Mon 09:00-12:00, Mon 12:00-18:00", {{540, 1080}}},
  };
  for (const auto& [text, spans] : rows) {
    const auto hours = parse_hours(text);
    ASSERT_TRUE(hours.value) << text << ": " << hours.error;
    EXPECT_EQ(*hours.value, spans) << text;
  }
}

TEST(Hours, SayWhatIsWrong) {
  const std::vector<std::pair<std::string, std::string>> rows{
      {"always", "\"always\": an entry is days and a time"},
      {"mon 09:00-18:00", "\"mon\" names no days"},
      {"Mon-Foo 09:00-18:00", "\"Mon-Foo\" names no days"},
      {"Mon- 09:00-18:00", "\"Mon-\" names no days"},
      {"Mon 9:00-18:00", "\"9:00-18:00\" is no time"},
      {"Mon 09:00", "\"09:00\" is no time"},
      {"Mon 09:00-", "\"09:00-\" is no time"},
      {"Mon 09:00-18:60", "is no time"},
      {"Mon 09:00-24:01", "is no time"},
      {"Mon 09:00-18:00 UTC", "is no time"},
      {"Mon 09:00 - 18:00", "is no time"},
      {"Mon +9:00-18:00", "is no time"},
      {"Mon 24:00-06:00", "begins at 24:00"},
      {"Mon 09:00-09:00", "a whole day is 00:00-24:00"},
      {"Mon 09:00-18:00,", "a comma has no entry"},
      {"Mon 09:00-18:00,,Tue 09:00-18:00", "a comma has no entry"},
  };
  for (const auto& [text, error] : rows) {
    const auto hours = parse_hours(text);
    EXPECT_FALSE(hours.value) << text;
    EXPECT_NE(hours.error.find(error), std::string::npos) << text << ": " << hours.error;
  }
  std::string many = "Mon 09:00-10:00";
  for (std::size_t i = 1; i < kMostCalendarEntries; ++i) many += ", Mon 09:00-10:00";
  EXPECT_TRUE(parse_hours(many).value);
  EXPECT_FALSE(parse_hours(many + ", Mon 09:00-10:00").value);
}

TEST(Freezes, AreReadAsTheyAreWritten) {
  EXPECT_EQ(parse_freezes("").value, std::vector<Freeze>{});
  const auto freezes = parse_freezes("1970-01-02..1970-01-05 Spring Festival,1970-02-01 , 1972-02-29..1972-03-01 春节");
  ASSERT_TRUE(freezes.value) << freezes.error;
  EXPECT_EQ(*freezes.value, (std::vector<Freeze>{{1, 4, "Spring Festival"}, {31, 31, ""}, {789, 790, "春节"}}));
}

TEST(Freezes, SayWhatIsWrong) {
  const std::vector<std::pair<std::string, std::string>> rows{
      {"2027-02-29..2027-03-01", "\"2027-02-29\" is no day"},
      {"2027-02-01..2027-02-30 x", "\"2027-02-30\" is no day"},
      {"2027-13-01", "is no day"},
      {"2027-1-01", "is no day"},
      {"1969-12-31", "is no day"},
      {"Spring Festival", "\"Spring\" is no day"},
      {"2027-02-06..2027-01-28 x", "ends before it begins"},
      {"2027-01-28,", "a comma has no entry"},
      {"2027-01-28 a\x1b[31m", "control characters"},
      {"2027-01-28 " + std::string(101, 'a'), "more than 100 bytes"},
  };
  for (const auto& [text, error] : rows) {
    const auto freezes = parse_freezes(text);
    EXPECT_FALSE(freezes.value) << text;
    EXPECT_NE(freezes.error.find(error), std::string::npos) << text << ": " << freezes.error;
  }
}

DurationMs offset_then(const std::string& zone, const std::string& time) {
  const auto rules = load_zone(zone);
  EXPECT_TRUE(rules.value) << zone << ": " << rules.error;
  return rules.value ? offset_at(*rules.value, parse_time(time).value()) : -1;
}

TEST(Zones, HaveBothChangesOfTheClock) {
  EXPECT_EQ(offset_then("UTC", "2027-07-01T00:00:00Z"), 0);
  EXPECT_EQ(offset_then("Asia/Shanghai", "2027-07-01T00:00:00Z"), 8 * kHourMs);
  EXPECT_EQ(offset_then("Asia/Kolkata", "2027-07-01T00:00:00Z"), 5 * kHourMs + 30 * kMinuteMs);
  EXPECT_EQ(offset_then("Europe/Berlin", "2027-03-28T00:59:59Z"), kHourMs);
  EXPECT_EQ(offset_then("Europe/Berlin", "2027-03-28T01:00:00Z"), 2 * kHourMs);
  EXPECT_EQ(offset_then("Europe/Berlin", "2027-10-31T00:59:59Z"), 2 * kHourMs);
  EXPECT_EQ(offset_then("Europe/Berlin", "2027-10-31T01:00:00Z"), kHourMs);
  EXPECT_EQ(offset_then("America/New_York", "2027-03-14T06:59:59Z"), -5 * kHourMs);
  EXPECT_EQ(offset_then("America/New_York", "2027-03-14T07:00:00Z"), -4 * kHourMs);
  EXPECT_EQ(offset_then("America/New_York", "2027-11-07T05:59:59Z"), -4 * kHourMs);
  EXPECT_EQ(offset_then("America/New_York", "2027-11-07T06:00:00Z"), -5 * kHourMs);
  EXPECT_EQ(offset_then("Australia/Lord_Howe", "2027-04-03T14:59:59Z"), 11 * kHourMs);
  EXPECT_EQ(offset_then("Australia/Lord_Howe", "2027-04-03T15:00:00Z"), 10 * kHourMs + 30 * kMinuteMs);
  EXPECT_EQ(offset_then("Australia/Lord_Howe", "2027-10-02T15:30:00Z"), 11 * kHourMs);
  EXPECT_EQ(offset_then("Europe/Berlin", "2037-07-01T00:00:00Z"), 2 * kHourMs);
}

TEST(Zones, NameTheNearestOfOnesThatThereAreNot) {
  EXPECT_EQ(load_zone("Europe/Berlim").error, "did you mean Europe/Berlin?");
  EXPECT_EQ(load_zone("asia/shanghai").error, "did you mean Asia/Shanghai?");
  EXPECT_EQ(load_zone("utc").error, "did you mean UTC?");
  EXPECT_EQ(load_zone("Berlin").error, "did you mean Europe/Berlin?");
  EXPECT_EQ(load_zone("America/NewYork").error, "did you mean America/New_York?");
  for (const std::string name : {"", "Europe", "../../etc/passwd", "Atlantis/Capital of the deep",
                                 "right/Europe/Berlin", "posix/UTC", "tzdata.zi", "localtime"}) {
    const auto zone = load_zone(name);
    EXPECT_FALSE(zone.value) << name;
    EXPECT_NE(zone.error, "") << name;
  }
}

}  // namespace
}  // namespace headroom
