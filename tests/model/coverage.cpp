#include "tests/model/coverage.h"

#include <cstdio>
#include <vector>

namespace headroom::model {
namespace {

struct Floor {
  const char* what;
  double per_world;  // about half of what was seen when it was written down
};

const std::vector<Floor> kFloors{
    {"deaths and stops", 0.8},
    {"answers that fail", 1.5},
    {"full events", 4},
    {"full groups that only a sweep found", 0.6},
    {"sweeps that ended finished", 1.5},
    {"sweeps that ended failed", 0.05},
    {"pauses of its own", 0.2},
    {"plans approved", 0.01},
    {"jumps of the removable share", 0.005},
    {"add calls", 0.03},
    {"restores that ended succeeded", 0.015},
    {"restores that ended partial", 0.007},
    {"restores that a death broke off", 0.002},
    {"members restored", 0.035},
    {"members no_room", 0.05},
    {"members removed", 1.3},
    {"members became_protected", 0.02},
    {"members left", 0.004},
    {"members still_member", 0.005},
    {"runs that a death broke off", 0.015},
    {"runs that ended succeeded", 0.8},
    {"runs that ended partial", 0.004},
    {"runs that ended planned", 0.06},
    {"runs that ended expired", 0.2},
    {"runs that ended rejected", 0.005},
    {"delete calls within the hours of a calendar", 0.2},
    {"runs that wait for the calendar", 0.08},
    {"runs that went on at the opening", 0.08},
    {"runs with the reason clock_skew", 0.002},
    {"runs with the reason daily_limit", 0.07},
    {"runs with the reason exempt", 0.005},
    {"runs with the reason paused", 0.008},
    {"runs with the reason interrupted", 0.015},
    {"runs with the reason field_missing", 0.01},
    {"runs with the reason members_missing", 0.006},
    {"runs with the reason no_activity_data", 0.2},
    {"members selected by a replay", 1},
    {"members listed before their plan", 0.2},
    {"first plans that need no second one", 0.04},
    {"nodes that stood still", 0.18},
    {"nodes that were cut off", 0.15},
    {"times that the lead was lost", 0.08},
    {"commits whose answer was lost", 0.07},
};

// With fewer, chance decides.
constexpr std::uint64_t kEnoughWorlds = 5000;

void print_ages(const char* what, const std::map<DurationMs, std::int64_t>& ages) {
  std::int64_t all = 0;
  for (const auto& [age, count] : ages) all += count;
  if (all == 0) return;
  const auto quantile = [&](double part) {
    std::int64_t seen = 0;
    for (const auto& [age, count] : ages) {
      seen += count;
      if (static_cast<double>(seen) >= part * static_cast<double>(all)) return static_cast<long long>(age);
    }
    return static_cast<long long>(ages.rbegin()->first);
  };
  std::printf("age of the oldest look at %s: %lld calls, p50 %lld ms, p99 %lld ms, max %lld ms\n", what,
              static_cast<long long>(all), quantile(0.5), quantile(0.99), quantile(1));
}

}  // namespace

void Coverage::print() const {
  print_ages("a delete call", ages_);
  print_ages("one that had to wait for its turn", ages_after_waits_);
  for (const auto& [what, count] : counts_) std::printf("%10lld  %s\n", static_cast<long long>(count), what.c_str());
}

bool Coverage::suffices(std::uint64_t worlds) const {
  if (worlds < kEnoughWorlds) return true;
  bool enough = true;
  for (const Floor& floor : kFloors) {
    const double wanted = floor.per_world * static_cast<double>(worlds);
    if (static_cast<double>(of(floor.what)) >= wanted) continue;
    std::printf("too few: %lld times '%s' in %llu worlds, where at least %.0f are expected\n",
                static_cast<long long>(of(floor.what)), floor.what, static_cast<unsigned long long>(worlds), wanted);
    enough = false;
  }
  return enough;
}

}  // namespace headroom::model
