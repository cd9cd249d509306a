#include "engine/runs/allowance.h"

#include <algorithm>

#include "headroom/selection.h"

namespace headroom {
namespace {

constexpr DurationMs kReservedLookEvery = kMinuteMs;

}  // namespace

TimeMs free_at(std::int64_t limit, const RemovalUsage& usage, TimeMs now) {
  if (limit <= 0 || usage.sent + usage.reserved < limit) return now;
  // What is only meant, or may yet be refused, is known soon.
  if (usage.sent - usage.undecided < limit || !usage.oldest_sent_at) return now + kReservedLookEvery;
  return std::max(now + kSecondMs, *usage.oldest_sent_at + kLimitDayMs);
}

Allowance allowance(ReadView& view, const Run& run, const Policy& limits, TimeMs now) {
  Allowance result;
  result.needed = needed_removals(run.wanted, *run.members_before, *run.max_members);
  const TimeMs since = now - kLimitDayMs;
  const RemovalUsage all = view.removal_usage(since, std::nullopt);
  const RemovalUsage group = view.removal_usage(since, run.group_id);
  const DayUsage usage{all.sent + all.reserved, group.sent + group.reserved};
  const SmallestLimit smallest = smallest_limit(limits, *run.members_before, usage);
  result.limit = std::min(result.needed, smallest.most);
  result.by = smallest.by;
  if (day_limit(limits, usage) == 0) {
    result.day_limit_until = std::max(free_at(limits.max_removals_per_day, all, now),
                                      free_at(limits.max_removals_per_group_day, group, now));
  }
  return result;
}

std::optional<std::int64_t> left_to_send(ReadView& view, const std::string& group_id, const Policy& limits,
                                         TimeMs now) {
  if (limits.max_removals_per_day <= 0 && limits.max_removals_per_group_day <= 0) return std::nullopt;
  const TimeMs since = now - kLimitDayMs;
  return day_limit(limits, {view.removal_usage(since, std::nullopt).sent, view.removal_usage(since, group_id).sent});
}

}  // namespace headroom
