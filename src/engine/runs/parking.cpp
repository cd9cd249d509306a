#include "engine/runs/parking.h"

#include <algorithm>
#include <utility>

#include "engine/gate/opening.h"
#include "headroom/group_state.h"
#include "headroom/run_state.h"

namespace headroom {
namespace {

bool is_sent(const RunMember& member) { return member.sent_at.has_value(); }
bool is_settled(const RunMember& member) { return member.outcome != Outcome::kNone; }

}  // namespace

Run park(Transaction& storage, Run run, const Settings& settings, TimeMs now) {
  park(run);
  storage.update_run(run);
  if (auto group = storage.find_group(run.group_id)) {
    storage.save_group(park_run(std::move(*group), next_question(settings, now)));
  }
  return run;
}

bool opens_too_late(const Settings& settings, TimeMs now) {
  return next_question(settings, now) - now >= settings.approval_ttl;
}

bool has_sent(RunView& view, const Run& run) {
  if (run.raise) return run.raise->sent_at.has_value();
  const auto plan = view.plan(run.id);
  return std::any_of(plan.begin(), plan.end(), is_sent);
}

bool give_way(Transaction& storage, Run& parked, TimeMs now) {
  if (parked.raise) {
    if (parked.raise->sent_at) return false;
    close_raise(parked, Reason::kClosed, std::nullopt, now);
    storage.update_run(parked);
    return true;
  }
  const auto plan = storage.plan(parked.id);
  const bool in_doubt = std::any_of(plan.begin(), plan.end(),
                                    [](const RunMember& member) { return is_sent(member) && !is_settled(member); });
  if (in_doubt) return false;
  close_run(parked, plan, Reason::kClosed, false, now);
  storage.update_run(parked);
  return true;
}

}  // namespace headroom
