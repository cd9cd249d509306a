#include "headroom/calendar.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "text/time_text.h"

namespace headroom {
namespace {

TimeMs at(const std::string& text) {
  const auto time = parse_time(text);
  EXPECT_TRUE(time) << text;
  return time.value_or(0);
}

std::string shown(const std::optional<TimeMs>& time) { return time ? format_time(*time).substr(0, 16) + "Z" : "never"; }

constexpr int kMon = 0;
constexpr int kFri = 4;
constexpr int kSat = 5;
constexpr int kSun = 6;

// The same hours on each of these days; an end before the start is on the next day.
std::vector<WeekSpan> hours(int first, int last, int from, int to) {
  std::vector<WeekSpan> spans;
  for (int day = first; day <= last; ++day) {
    const int begin = day * kDayMinutes + from;
    spans.push_back({begin, begin + (to > from ? to - from : to + kDayMinutes - from)});
  }
  return merged(spans);
}
constexpr int clock(int hour, int minute = 0) { return hour * 60 + minute; }

ZoneRules berlin() {
  return {kHourMs, {{at("2027-03-28T01:00:00Z"), 2 * kHourMs}, {at("2027-10-31T01:00:00Z"), kHourMs}}};
}
ZoneRules new_york() {
  return {-5 * kHourMs, {{at("2027-03-14T07:00:00Z"), -4 * kHourMs}, {at("2027-11-07T06:00:00Z"), -5 * kHourMs}}};
}
ZoneRules lord_howe() {
  return {11 * kHourMs,
          {{at("2027-04-03T15:00:00Z"), 10 * kHourMs + 30 * kMinuteMs}, {at("2027-10-02T15:30:00Z"), 11 * kHourMs}}};
}

Freeze freeze(const std::string& first, const std::string& last) {
  return {day_of(at(first + "T00:00:00Z")), day_of(at(last + "T00:00:00Z")), ""};
}

struct Step {
  std::string now;
  bool open;
  std::string next;  // the next opening or closing
};

void follow(const Calendar& calendar, const std::vector<Step>& steps) {
  for (const Step& step : steps) {
    const TimeMs now = at(step.now);
    EXPECT_EQ(is_open(calendar, now), step.open) << step.now;
    const auto opening = next_opening(calendar, now);
    const auto closing = next_closing(calendar, now);
    EXPECT_EQ(shown(step.open ? closing : opening), step.next) << "after " << step.now;
    EXPECT_FALSE(step.open ? opening : closing) << "it is so already: " << step.now;
  }
}

TEST(Calendar, WithoutHoursAndFreezesIsAlwaysOpen) {
  follow({}, {{"2027-01-01T00:00:00Z", true, "never"}, {"1970-01-01T00:00:00Z", true, "never"}});
}

TEST(Calendar, AWholeWeekNeverCloses) {
  follow({{}, hours(kMon, kSun, 0, kDayMinutes), {}}, {{"2027-01-03T23:59:59Z", true, "never"}});
}

TEST(Calendar, OfficeHoursBeginAndEndToTheMillisecond) {
  const Calendar office{{}, hours(kMon, kFri, clock(9), clock(18)), {}};
  follow(office, {{"2027-01-04T08:59:59.999Z", false, "2027-01-04T09:00Z"},
                  {"2027-01-04T09:00:00Z", true, "2027-01-04T18:00Z"},
                  {"2027-01-04T17:59:59.999Z", true, "2027-01-04T18:00Z"},
                  {"2027-01-04T18:00:00Z", false, "2027-01-05T09:00Z"},
                  {"2027-01-08T18:00:00Z", false, "2027-01-11T09:00Z"},    // Friday evening
                  {"2027-01-10T23:59:59Z", false, "2027-01-11T09:00Z"}});  // Sunday night
}

TEST(Calendar, ANightEndsOnTheNextDayAlsoAtTheEndOfTheWeek) {
  const Calendar nights{{}, hours(kMon, kSun, clock(22), clock(6)), {}};
  follow(nights, {{"2027-01-03T21:59:00Z", false, "2027-01-03T22:00Z"},
                  {"2027-01-03T22:00:00Z", true, "2027-01-04T06:00Z"},  // Sunday into Monday
                  {"2027-01-04T00:00:00Z", true, "2027-01-04T06:00Z"},
                  {"2027-01-04T06:00:00Z", false, "2027-01-04T22:00Z"}});
  const Calendar saturday{{}, hours(kSat, kSat, clock(22), clock(6)), {}};
  follow(saturday,
         {{"2027-01-03T05:59:00Z", true, "2027-01-03T06:00Z"}, {"2027-01-03T06:00:00Z", false, "2027-01-09T22:00Z"}});
}

TEST(Calendar, SpansThatTouchAreOne) {
  EXPECT_EQ(merged({{600, 700}, {0, 600}, {650, 660}}), (std::vector<WeekSpan>{{0, 700}}));
  EXPECT_EQ(merged({{kWeekMinutes - 60, kWeekMinutes + 60}}),
            (std::vector<WeekSpan>{{0, 60}, {kWeekMinutes - 60, kWeekMinutes}}));
  EXPECT_EQ(merged({}), std::vector<WeekSpan>{});
}

TEST(Calendar, BerlinSkipsAnHourAndShowsOneTwice) {
  const Calendar office{berlin(), hours(kMon, kSun, clock(9), clock(18)), {}};
  follow(office, {{"2027-03-27T17:00:00Z", false, "2027-03-28T07:00Z"},
                  {"2027-03-27T08:00:00Z", true, "2027-03-27T17:00Z"},
                  {"2027-10-30T16:00:00Z", false, "2027-10-31T08:00Z"}});
  const Calendar skipped{berlin(), hours(kMon, kSun, clock(2), clock(3)), {}};
  follow(skipped, {{"2027-03-27T02:00:00Z", false, "2027-03-29T00:00Z"},
                   {"2027-10-30T23:59:00Z", false, "2027-10-31T00:00Z"},
                   {"2027-10-31T00:00:00Z", true, "2027-10-31T02:00Z"}});  // shown twice, open twice
  const Calendar half{berlin(), hours(kMon, kSun, clock(2, 30), clock(4)), {}};
  follow(half, {{"2027-03-28T00:59:59Z", false, "2027-03-28T01:00Z"},  // 01:59:59, then 03:00
                {"2027-03-28T01:00:00Z", true, "2027-03-28T02:00Z"},
                {"2027-10-31T00:30:00Z", true, "2027-10-31T01:00Z"},  // the first 02:30, then 02:00 again
                {"2027-10-31T01:00:00Z", false, "2027-10-31T01:30Z"},
                {"2027-10-31T01:30:00Z", true, "2027-10-31T03:00Z"}});
}

TEST(Calendar, NewYorkIsBehindUtc) {
  const Calendar night{new_york(), hours(kSat, kSat, clock(22), clock(6)), {}};
  follow(night, {{"2027-03-14T02:59:00Z", false, "2027-03-14T03:00Z"},
                 {"2027-03-14T03:00:00Z", true, "2027-03-14T10:00Z"},  // seven hours long
                 {"2027-11-07T01:59:00Z", false, "2027-11-07T02:00Z"},
                 {"2027-11-07T02:00:00Z", true, "2027-11-07T11:00Z"},  // nine
                 {"2027-11-07T11:00:00Z", false, "2027-11-14T03:00Z"}});
  const Calendar skipped{new_york(), hours(kSun, kSun, clock(2), clock(3)), {}};
  follow(skipped, {{"2027-03-14T06:59:00Z", false, "2027-03-21T06:00Z"}});
}

TEST(Calendar, LordHoweMovesByHalfAnHour) {
  const Calendar early{lord_howe(), hours(kMon, kSun, clock(1, 45), clock(2, 15)), {}};
  follow(early, {{"2027-04-03T14:44:00Z", false, "2027-04-03T14:45Z"},
                 {"2027-04-03T14:45:00Z", true, "2027-04-03T15:00Z"},  // 02:00 is 01:30 again
                 {"2027-04-03T15:00:00Z", false, "2027-04-03T15:15Z"},
                 {"2027-04-03T15:15:00Z", true, "2027-04-03T15:45Z"},
                 {"2027-10-02T15:15:00Z", true, "2027-10-02T15:30Z"},  // 02:00 is 02:30
                 {"2027-10-02T15:30:00Z", false, "2027-10-03T14:45Z"}});
}

TEST(Calendar, AFreezeIsClosedFromMidnightToMidnightOfTheZone) {
  const Calendar festival{berlin(), {}, {freeze("2027-01-28", "2027-02-06")}};
  follow(festival, {{"2027-01-27T22:59:59.999Z", true, "2027-01-27T23:00Z"},
                    {"2027-01-27T23:00:00Z", false, "2027-02-06T23:00Z"},
                    {"2027-02-06T22:59:59.999Z", false, "2027-02-06T23:00Z"},
                    {"2027-02-06T23:00:00Z", true, "never"}});
  const Calendar over_a_change{berlin(), {}, {freeze("2027-03-28", "2027-03-28")}};
  follow(over_a_change, {{"2027-03-27T23:00:00Z", false, "2027-03-28T22:00Z"}});  // 23 hours
}

TEST(Calendar, FreezesThatOverlapOrTouchAreOneAndHoursHoldBehindThem) {
  const Calendar calendar{
      {},
      hours(kMon, kFri, clock(9), clock(18)),
      {freeze("2027-01-06", "2027-01-07"), freeze("2027-01-04", "2027-01-05"), freeze("2027-01-05", "2027-01-06")}};
  follow(calendar, {{"2027-01-01T17:00:00Z", true, "2027-01-01T18:00Z"},
                    {"2027-01-01T18:00:00Z", false, "2027-01-08T09:00Z"},
                    {"2027-01-05T12:00:00Z", false, "2027-01-08T09:00Z"}});
}

TEST(Calendar, ANightIsCutAtTheMidnightOfAFreeze) {
  const Calendar nights{{}, hours(kMon, kSun, clock(22), clock(6)), {freeze("2027-01-05", "2027-01-05")}};
  follow(nights, {{"2027-01-04T23:00:00Z", true, "2027-01-05T00:00Z"},
                  {"2027-01-05T00:00:00Z", false, "2027-01-06T00:00Z"},
                  {"2027-01-06T00:00:00Z", true, "2027-01-06T06:00Z"}});
}

TEST(Calendar, NoOpeningWithinTheHorizonIsNone) {
  const Calendar frozen{{}, hours(kMon, kFri, clock(9), clock(18)), {freeze("2027-01-01", "2999-12-31")}};
  follow(frozen, {{"2027-06-01T12:00:00Z", false, "never"}});
  const Calendar skipped_alone{berlin(), {}, {freeze("2027-01-01", "2028-02-04")}};  // 400 days
  follow(skipped_alone,
         {{"2026-12-31T23:00:00Z", false, "2028-02-04T23:00Z"}, {"2026-12-30T12:00:00Z", true, "2026-12-31T23:00Z"}});
  const Calendar a_day_more{berlin(), {}, {freeze("2027-01-01", "2028-02-05")}};
  follow(a_day_more, {{"2026-12-31T23:00:00Z", false, "never"}, {"2027-01-01T23:00:00Z", false, "2028-02-05T23:00Z"}});
}

// What is said to come next must be what a walk through all minutes finds, in each of the zones.
TEST(Calendar, AYearOfMinutesAgrees) {
  for (const ZoneRules& zone : {berlin(), new_york(), lord_howe()}) {
    Calendar calendar{zone, hours(kMon, kFri, clock(1, 45), clock(2, 40)), {freeze("2027-03-14", "2027-03-20")}};
    const auto nights = hours(kSat, kSun, clock(22), clock(6));
    calendar.hours.insert(calendar.hours.end(), nights.begin(), nights.end());
    calendar.hours = merged(calendar.hours);
    const TimeMs begin = at("2027-01-01T00:00:00Z");
    const TimeMs end = at("2027-12-31T00:00:00Z");
    bool open = is_open(calendar, begin);
    auto said = open ? next_closing(calendar, begin) : next_opening(calendar, begin);
    for (TimeMs time = begin; time < end; time += kMinuteMs) {
      if (is_open(calendar, time) == open) continue;
      ASSERT_EQ(shown(said), shown(time));
      open = !open;
      said = open ? next_closing(calendar, time) : next_opening(calendar, time);
    }
  }
}

}  // namespace
}  // namespace headroom
