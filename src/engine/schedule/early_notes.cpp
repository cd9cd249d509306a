#include "engine/schedule/early_notes.h"

#include <algorithm>

#include "headroom/sweep.h"

namespace headroom {
namespace {

constexpr DurationMs kForgetEvery = kHourMs;

// Whether that run has listed the members since.
bool has_listed(const std::optional<Run>& run, TimeMs since) {
  return run && run->considered > 0 && std::max(run->created_at, run->confirmed_at.value_or(0)) > since;
}

}  // namespace

bool EarlyNotes::wants(RunView& view, const Group& group, const Look& look, const Settings& settings) const {
  const DurationMs apart = settings.policy.second_look;
  const TimeMs now = clock_.now();
  const bool waits = group.state == GroupState::kFull && !is_stale(group, now, settings.timing);
  if (apart <= 0 || !waits || !shows_full(look)) return false;
  const auto taken = taken_at_.find(group.group_id);
  if (taken != taken_at_.end() && clock_.steady_now() - taken->second < apart) return false;
  if (taken == taken_at_.end() && taken_at_.size() >= kMostGroups) return false;
  return !group.last_run_id || !has_listed(view.find_run(*group.last_run_id), now - apart);
}

void EarlyNotes::taken(const std::string& group_id, const Settings& settings) {
  const SteadyMs at = clock_.steady_now();
  if (at >= next_forgetting_) {
    forget(settings.policy.second_look);
    next_forgetting_ = at + kForgetEvery;
  }
  taken_at_[group_id] = at;
}

void EarlyNotes::forget(DurationMs older_than) {
  const SteadyMs at = clock_.steady_now();
  std::erase_if(taken_at_, [&](const auto& taken) { return at - taken.second >= older_than; });
}

}  // namespace headroom
