#include "engine/runs/resumption.h"

#include <algorithm>
#include <utility>

#include "engine/gate/opening.h"
#include "engine/runs/allowance.h"
#include "engine/runs/approval.h"
#include "engine/runs/parking.h"
#include "engine/runs/raise_plan.h"
#include "headroom/group_state.h"
#include "headroom/run_state.h"
#include "headroom/selection.h"

namespace headroom {
namespace {

// Those of the plan beyond what the limits leave stay: the last ones, of whom none was sent.
void shorten(Transaction& storage, Run& run, const Policy& limits, const Allowance& allowed) {
  const auto plan = storage.plan(run.id);
  const auto is_sent = [](const RunMember& member) { return member.sent_at.has_value(); };
  const auto waits = [](const RunMember& member) { return !member.sent_at && member.outcome == Outcome::kNone; };
  // What it has sent counts for the limits of one run, and does already for those of the day.
  const std::int64_t of_run =
      smallest_limit(limits, *run.members_before, {}).most - std::count_if(plan.begin(), plan.end(), is_sent);
  const std::int64_t left = std::max<std::int64_t>(0, std::min(allowed.limit, of_run));
  const std::int64_t excess = std::count_if(plan.begin(), plan.end(), waits) - left;
  if (excess <= 0) return;
  storage.shorten_plan(run.id, left);
  run.kept[Why::kOverLimit] += excess;
  run.selected -= excess;
  run.limited_by = allowed.by;
}

// False when the day's limits leave nothing.
bool take_what_is_left(Transaction& storage, Run& run, const Settings& settings, TimeMs now) {
  // One that the rules do not allow any more ends by itself, and the group goes on.
  const bool meant = settings.capacity.mode == CapacityMode::kRaise || run.trigger == RunTrigger::kOperator;
  if (run.raise) return !meant || !no_raise_until(storage, settings.capacity, now);
  const Allowance allowed = allowance(storage, run, settings.policy, now);
  if (allowed.day_limit_until) return false;
  shorten(storage, run, settings.policy, allowed);
  return true;
}

}  // namespace

Unparked unpark(Transaction& storage, std::int64_t run_id, const Settings& settings, TimeMs now) {
  auto run = storage.find_run(run_id);
  if (!run || !is_parked(*run)) return StaysParked{};
  if (is_closed(settings, *run, now)) {
    park(storage, std::move(*run), settings, now);
    return StaysParked{};
  }
  const bool too_old = is_too_old(*run, settings, now);
  const bool ends = too_old || !take_what_is_left(storage, *run, settings, now);
  unpark(*run);
  if (ends) storage.add_doubt(run_id, 0, 0);
  storage.update_run(*run);
  if (auto group = storage.find_group(run->group_id)) storage.save_group(unpark_run(std::move(*group)));
  if (ends) return Ends{std::move(*run), too_old ? Reason::kClosed : Reason::kDailyLimit};
  return GoesOn{std::move(*run)};
}

}  // namespace headroom
