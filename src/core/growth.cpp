#include "headroom/growth.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "headroom/capacity.h"

namespace headroom {
namespace {

constexpr std::int64_t kFollowedAbovePercent = 70;

// In members a day, ascending.
std::vector<double> slopes_between(const std::vector<GrowthPoint>& points) {
  std::vector<double> slopes;
  slopes.reserve(points.size() * (points.size() - 1) / 2);
  for (std::size_t i = 0; i < points.size(); ++i) {
    for (std::size_t j = i + 1; j < points.size(); ++j) {
      const auto more = static_cast<double>(points[j].members - points[i].members);
      slopes.push_back(more / static_cast<double>(points[j].day - points[i].day));
    }
  }
  std::sort(slopes.begin(), slopes.end());
  return slopes;
}

double median_of(const std::vector<double>& ascending) {
  const std::size_t middle = ascending.size() / 2;
  return ascending.size() % 2 == 1 ? ascending[middle] : (ascending[middle - 1] + ascending[middle]) / 2;
}

// The day on which so many seats are gone at that pace.
std::optional<Day> full_at(const GrowthPoint& newest, double members_per_day) {
  if (members_per_day <= 0) return std::nullopt;
  const double days = std::ceil(static_cast<double>(newest.limit - newest.members) / members_per_day);
  if (days > static_cast<double>(kFurthestForecast)) return std::nullopt;
  return newest.day + static_cast<Day>(days);
}

}  // namespace

std::optional<Forecast> forecast(const std::vector<GrowthPoint>& points) {
  if (points.size() < kFewestGrowthPoints || points.back().members >= points.back().limit) return std::nullopt;
  const std::vector<double> slopes = slopes_between(points);
  const double median = median_of(slopes);
  const std::size_t tenth = slopes.size() / 10;
  const auto full_on = full_at(points.back(), median);
  if (!full_on) return std::nullopt;
  const auto soonest = full_at(points.back(), slopes[slopes.size() - 1 - tenth]);
  return Forecast{*full_on, soonest.value_or(*full_on), full_at(points.back(), slopes[tenth]),
                  std::llround(median * 7)};
}

std::optional<bool> is_filling_up(const Look& look, std::int64_t min_capacity) {
  const GroupInfo& info = look.info;
  if (look.gone) return false;
  if (info.error_code != 0 || !info.member_num || !believable_limit(info)) return std::nullopt;
  if (!is_supported_type(info.type) || *info.max_member_num < min_capacity) return false;
  return static_cast<double>(*info.member_num) * 100 >
         static_cast<double>(*info.max_member_num) * kFollowedAbovePercent;
}

std::optional<Growth> grown(const std::optional<Growth>& known, const Look& look) {
  Growth growth = known.value_or(Growth{});
  const GrowthPoint point{day_of(look.sent_at), look.info.member_num.value_or(0), look.info.max_member_num.value_or(0)};
  if (!growth.points.empty() && growth.points.back() == point) return std::nullopt;
  // One of a day that is still to come was made by a clock that was wrong.
  std::erase_if(growth.points, [&](const GrowthPoint& other) {
    return other.day >= point.day || other.day <= point.day - kGrowthDays;
  });
  growth.points.push_back(point);
  growth.group_id = look.info.group_id;
  growth.type = look.info.type;
  growth.name = look.info.name;
  growth.seen_at = look.sent_at;
  growth.forecast = forecast(growth.points);
  return growth;
}

}  // namespace headroom
