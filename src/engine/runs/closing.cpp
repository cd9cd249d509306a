// How a run is closed, and what comes of its group.
#include <algorithm>
#include <utility>

#include "engine/runs/allowance.h"
#include "engine/runs/group_exemption.h"
#include "engine/runs/raise_plan.h"
#include "engine/runs/runner.h"
#include "headroom/loosening.h"

namespace headroom {

// What a reload has loosened since the run took up its settings, or an exemption that was lifted since the run met it,
// keeps nobody out.
Group Runner::after(Transaction& storage, Group group, const RunEnd& end, TimeMs now) const {
  const auto in_force = settings_cell_.get();
  Group settled = after_run(std::move(group), end, now, in_force->timing);
  // A restore fills a group that is exempt as well.
  if (settled.reason == BlockReason::kExempt || settled.state == GroupState::kFull) {
    const auto exemption = group_exemption(storage, settled.group_id, now);
    if (exemption) {
      settled = after_exempted(std::move(settled), exemption->until);
    } else if (settled.reason == BlockReason::kExempt) {
      return after_exemption_lifted(std::move(settled), now);
    }
  }
  const bool loosened_meanwhile =
      loosened(settings_->block_rules(), in_force->block_rules()).contains(settled.reason);
  return loosened_meanwhile ? after_loosening(std::move(settled), now, timing()) : settled;
}

// When what ended the run may be over: the day's limits may leave something again; and when those that it had selected
// showed a sign of life, others may go once the group has cooled down. (Not at once, where it has no cool-down: what the
// last looks said may be said again.)
std::optional<TimeMs> Runner::free_again(Transaction& storage, const Run& run, TimeMs now) const {
  if (run.reason == Reason::kNobodyRemovable) return now + kHourMs;
  if (run.reason == Reason::kDailyLimit && run.raise) {
    return no_raise_until(storage, settings_cell_.get()->capacity, now).value_or(now);
  }
  if (run.reason != Reason::kDailyLimit || !run.members_before || !run.max_members) return std::nullopt;
  return allowance(storage, run, settings_cell_.get()->policy, now).day_limit_until.value_or(now);
}

void Runner::close(const Run& run, const std::optional<Look>& look, const Raised& raised) {
  writer_.commit([&](Transaction& storage) {
    storage.update_run(run);
    const bool is_raised = run.mode == RunMode::kRaise && run.state == RunState::kSucceeded && look;
    if (is_raised && look->info.max_member_num) {
      storage.forget_ceilings(run.group_id, group_type(look->info.type), *look->info.max_member_num);
    }
    if (raised.lesson) storage.learn_ceiling(*raised.lesson, clock_.now());
    auto source = run.source_run_id ? storage.find_run(*run.source_run_id) : std::nullopt;
    if (source && run.restored > 0) {
      source->restored = std::min(source->removed, source->restored + run.restored);
      storage.update_run(*source);
    }
    auto group = storage.find_group(run.group_id);
    if (!group) return;
    const TimeMs now = clock_.now();
    if (run.raise && run.state == RunState::kSucceeded && look) group->raised_to = look->info.max_member_num;
    const RunEnd end{run, look, free_again(storage, run, now), random_(), raised.another};
    storage.save_group(after(storage, std::move(*group), end, now));
  });
  observer_.run_finished(run);
}

}  // namespace headroom
