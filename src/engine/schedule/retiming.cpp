#include "engine/schedule/retiming.h"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <string>

#include "engine/hold_budget.h"

namespace headroom {
namespace {

constexpr int kGroupsAtOnce = 500;
constexpr const char* kStaleAfterSetting = "stale_after_ms";
constexpr SteadyMs kNever{std::numeric_limits<std::int64_t>::max()};

}  // namespace

SteadyMs Retiming::step(TimeMs now, SteadyMs at, const Settings& settings) {
  const DurationMs current = settings.timing.stale_after;
  if (!from_ && !begin(current)) return kNever;
  if (at < next_) return next_;
  GroupFilter filter;
  filter.states = {GroupState::kFull};
  const Page<Group> page = view_.groups(filter, {kGroupsAtOnce, before_id_});
  std::optional<std::int64_t> before_id;
  writer_.commit_housekeeping([&](Transaction& storage) {
    before_id = retime(storage, page, now, current);
    if (!before_id) storage.put_setting(kStaleAfterSetting, std::to_string(current));
  });
  before_id_ = before_id;
  if (!before_id_) {
    from_.reset();
    return at;  // what is due now is not to wait for the next tick
  }
  next_ = at + HoldBudget::kPauseMs;
  return next_;
}

// True when stale_after is shorter than it was when the groups were last given their times.
bool Retiming::begin(DurationMs current) {
  const auto stored = view_.setting(kStaleAfterSetting);
  const DurationMs last = stored ? std::atoll(stored->c_str()) : current;
  if (stored && last == current) return false;
  if (last <= current) {
    writer_.commit([&](Transaction& storage) { storage.put_setting(kStaleAfterSetting, std::to_string(current)); });
    return false;
  }
  from_ = last;
  before_id_.reset();
  return true;
}

// As many of the page as the time allows, one at least. Returns where to go on; nullopt at the end.
std::optional<std::int64_t> Retiming::retime(Transaction& storage, const Page<Group>& page, TimeMs now,
                                             DurationMs current) const {
  HoldBudget budget(clock_);
  for (const Group& seen : page.items) {
    auto group = storage.find_group(seen.group_id);
    const bool fills = group && group->state == GroupState::kFull && group->full_since;
    if (fills && group->next_check_at == *group->full_since + *from_) {
      group->next_check_at = std::max(now, *group->full_since + current);
      storage.save_group(*group);
      budget.spend(1);
    }
    if (budget.over()) return seen.id;
  }
  return page.next_before_id;
}

}  // namespace headroom
