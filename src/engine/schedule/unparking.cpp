#include "engine/schedule/unparking.h"

#include <limits>
#include <utility>
#include <vector>

#include "engine/hold_budget.h"
#include "engine/runs/group_exemption.h"
#include "headroom/group_state.h"

namespace headroom {
namespace {

constexpr int kGroupsAtOnce = 500;
constexpr DurationMs kSoon = kMinuteMs;  // due by then in any case
constexpr SteadyMs kNever{std::numeric_limits<std::int64_t>::max()};

Group pulled_back(ReadView& view, const Group& group, TimeMs now, const Timing& timing) {
  if (group.reason != BlockReason::kExempt) return headroom::pulled_back(group, now, timing);
  return headroom::pulled_back(group, now, timing, group_exemption(view, group.group_id, now));
}

}  // namespace

void Unparking::begin() {
  pending_ = true;
  begun_ = false;
}

bool Unparking::any_ahead(TimeMs now) { return !view_.groups_due_after({now + kSoon, 0}, 1).empty(); }

SteadyMs Unparking::step(TimeMs now, SteadyMs at, const Settings& settings) {
  if (!pending_) return kNever;
  if (at < next_) return next_;
  if (!std::exchange(begun_, true)) after_ = {now + kSoon, 0};
  const std::vector<Group> groups = view_.groups_due_after(after_, kGroupsAtOnce);
  std::vector<std::string> ahead;
  for (const Group& group : groups) {
    if (pulled_back(view_, group, now, settings.timing) != group) ahead.push_back(group.group_id);
  }
  std::size_t done = 0;
  if (!ahead.empty()) {
    writer_.commit_housekeeping([&](Transaction& storage) {
      HoldBudget budget(clock_);
      done = 0;
      while (done < ahead.size() && !budget.over()) {
        auto group = storage.find_group(ahead.at(done++));
        if (!group) continue;
        Group back = pulled_back(storage, *group, now, settings.timing);
        if (back != *group) storage.save_group(back);
        budget.spend(1);
      }
    });
  }
  // Those that were pulled back are not there any more when the same page is read again.
  if (done == ahead.size()) {
    if (groups.size() < kGroupsAtOnce) {
      pending_ = false;
      return kNever;
    }
    after_ = {*groups.back().next_check_at, groups.back().id};
  }
  next_ = at + HoldBudget::kPauseMs;
  return next_;
}

}  // namespace headroom
