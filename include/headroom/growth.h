#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "headroom/group_state.h"
#include "headroom/types.h"

// How a group fills: what sweeps saw of it day by day, and the day on which it will be full; pure.
namespace headroom {

// Days of UTC since 1970-01-01.
using Day = std::int64_t;
constexpr Day day_of(TimeMs time) { return time / kDayMs; }

struct GrowthPoint {
  Day day = 0;
  std::int64_t members = 0;
  std::int64_t limit = 0;
  bool operator==(const GrowthPoint&) const = default;
};

inline constexpr std::size_t kFewestGrowthPoints = 7;
inline constexpr Day kGrowthDays = 60;         // so old a point may be
inline constexpr Day kFurthestForecast = 365;  // days ahead: what lies behind it is nobody's guess
inline constexpr Day kFillingSoon = 7;         // days; what the metric counts

// From the slopes between every two points, in members a day (Theil and Sen): a single odd day moves none of it.
struct Forecast {
  Day full_on = 0;                    // the seats that were free in the newest point, at the median slope
  Day soonest = 0;                    // at the 90th percentile of the slopes
  std::optional<Day> latest;          // at the 10th; absent: not within kFurthestForecast, or never
  std::int64_t members_per_week = 0;  // the median slope
  bool operator==(const Forecast&) const = default;
};

// nullopt: too few points, no growth, full already, or full only behind kFurthestForecast. `points` ascend by day.
std::optional<Forecast> forecast(const std::vector<GrowthPoint>& points);

struct Growth {
  std::int64_t id = 0;  // immutable, ascending; 0 until stored
  std::string group_id;
  std::string type;
  std::string name;
  TimeMs seen_at = 0;               // the look of the newest point
  std::vector<GrowthPoint> points;  // at most one a day, ascending, at least one
  std::optional<Forecast> forecast;
  bool operator==(const Growth&) const = default;
};

// Whether the look shows a group that is followed: of a supported type, with so many seats, and more than 70 % of them
// taken. nullopt: it does not say.
std::optional<bool> is_filling_up(const Look& look, std::int64_t min_capacity);

// With what the look shows, which is_filling_up. nullopt: the same is known of this day already.
std::optional<Growth> grown(const std::optional<Growth>& known, const Look& look);

}  // namespace headroom
