#pragma once

#include <optional>
#include <string>
#include <vector>

#include "headroom/growth.h"
#include "headroom/types.h"

// When members may be removed and limits raised: hours of the week and days without either, by the clock on the wall of
// one time zone; pure. What counts is what that clock shows: an hour that it shows twice is open twice, and one that
// it skips is over before it began.
namespace headroom {

struct ZoneChange {
  TimeMs at = 0;  // the first moment of the new offset
  DurationMs offset = 0;
  bool operator==(const ZoneChange&) const = default;
};

// How far a zone's clock is ahead of UTC. Behind the last change its offset holds on.
struct ZoneRules {
  DurationMs first_offset = 0;      // before the first change
  std::vector<ZoneChange> changes;  // ascending
  bool operator==(const ZoneRules&) const = default;
};

// Minutes of the week since Monday 00:00, from <= minute < to.
struct WeekSpan {
  int from = 0;
  int to = 0;
  bool operator==(const WeekSpan&) const = default;
};

inline constexpr int kDayMinutes = 24 * 60;
inline constexpr int kWeekMinutes = 7 * kDayMinutes;

// Days of the zone's calendar, both closed from midnight to midnight.
struct Freeze {
  Day first = 0;
  Day last = 0;
  std::string name;  // may be empty
  bool operator==(const Freeze&) const = default;
};

struct Calendar {
  ZoneRules zone;               // UTC
  std::vector<WeekSpan> hours;  // merged(); empty: always
  std::vector<Freeze> freezes;  // in any order, may overlap
  bool operator==(const Calendar&) const = default;
};

// No opening or closing is looked for further ahead.
inline constexpr DurationMs kCalendarHorizon = 400 * kDayMs;

// Ascending, without overlaps, and without two that touch. A span may pass the end of the week.
std::vector<WeekSpan> merged(const std::vector<WeekSpan>& spans);

DurationMs offset_at(const ZoneRules& zone, TimeMs time);
bool is_open(const Calendar& calendar, TimeMs time);
// The first moment after `now` at which it is open. nullopt: it is open now, or it is not within kCalendarHorizon.
std::optional<TimeMs> next_opening(const Calendar& calendar, TimeMs now);
// The first moment after `now` at which it is closed. nullopt: it is closed now, or it is not within kCalendarHorizon.
std::optional<TimeMs> next_closing(const Calendar& calendar, TimeMs now);

}  // namespace headroom
