#include "app/forgetting.h"

#include <array>

#include "app/hold_budget.h"

namespace headroom {
namespace {

constexpr DurationMs kForgetEvery = kMinuteMs;

using Forget = int (*)(Storage& storage, TimeMs now, const Settings& settings, int limit);

int forget_events(Storage& storage, TimeMs now, const Settings& settings, int limit) {
  return settings.keep_events > 0 ? storage.delete_events_before(now - settings.keep_events, limit) : 0;
}

int forget_kept_members(Storage& storage, TimeMs now, const Settings& settings, int limit) {
  if (settings.keep_kept_members == 0) return 0;
  return storage.delete_kept_members_before(now - settings.keep_kept_members, limit);
}

int forget_answers(Storage& storage, TimeMs now, const Settings&, int limit) {
  return storage.delete_answers_before(now - kAnswersKept, limit);
}

int forget_unconfirmed(Storage& storage, TimeMs, const Settings& settings, int limit) {
  return storage.evict_unconfirmed_groups(settings.max_unconfirmed_groups, limit);
}

constexpr std::array<Forget, 4> kKinds = {forget_events, forget_kept_members, forget_answers, forget_unconfirmed};

}  // namespace

SteadyMs Forgetting::step(TimeMs now, SteadyMs at, const Settings& settings) {
  if (at < next_) return next_;
  bool more = false;
  bool gone = false;
  committer_.commit_housekeeping([&](Storage& storage) {
    HoldBudget budget;
    more = true;
    gone = false;
    while (more && !budget.over()) {
      const int rows = kKinds.at(kind_)(storage, now, settings, HoldBudget::kSlice);
      budget.spend(rows);
      more = rows == HoldBudget::kSlice;
      gone = gone || rows > 0;
    }
  });
  any_gone_ = any_gone_ || gone;
  next_ = at + HoldBudget::kPauseMs;
  if (more) return next_;
  if (++kind_ == kKinds.size()) {
    if (!any_gone_) next_ = at + kForgetEvery;
    kind_ = 0;
    any_gone_ = false;
  }
  return next_;
}

}  // namespace headroom
