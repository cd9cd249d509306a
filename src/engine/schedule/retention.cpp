#include "engine/schedule/retention.h"

#include <algorithm>
#include <array>

#include "engine/gate/clock_trust.h"
#include "engine/hold_budget.h"

namespace headroom {
namespace {

constexpr DurationMs kForgetEvery = kMinuteMs;
constexpr DurationMs kEventsAnewEvery = kDayMs;
constexpr DurationMs kKeepExemptions = 30 * kDayMs;  // after their end

constexpr DurationMs kKeepGrowth = kGrowthDays * kDayMs;
constexpr DurationMs kForecastsWithoutSweeps = 7 * kDayMs;

enum class Kind {
  kEvents,
  kKeptMembers,
  kFirstLooks,
  kAnswers,
  kExemptions,
  kForecasts,
  kGrowth,
  kCeilings,
  kUnconfirmed
};
constexpr std::array kKinds{Kind::kEvents,  Kind::kKeptMembers, Kind::kFirstLooks,
                            Kind::kAnswers, Kind::kExemptions,  Kind::kForecasts,
                            Kind::kGrowth,  Kind::kCeilings,    Kind::kUnconfirmed};

// Two sweeps have not seen the group.
DurationMs forecast_holds_for(const Settings& settings) {
  return settings.sweep_interval == 0 ? kForecastsWithoutSweeps : 2 * std::max(settings.sweep_interval, kDayMs);
}

}  // namespace

Retention::Slice Retention::forget(Transaction& storage, const RetentionTimes& times, const Settings& settings,
                                   TimePosition& events) const {
  const auto all_gone = [](int rows) { return Slice{rows, rows}; };
  const Kind kind = kKinds.at(kind_);
  if (kind == Kind::kUnconfirmed) {
    return all_gone(storage.evict_unconfirmed_groups(settings.max_unconfirmed_groups, HoldBudget::kSlice));
  }
  const std::optional<TimeMs>& now = kind == Kind::kExemptions ? times.agreed : times.trusted;
  if (!now) return {};
  switch (kind) {
    case Kind::kEvents: {
      if (settings.keep_events == 0) return {};
      // A clock that is trusted may still be that much behind the one that gave the event its time.
      const TimeMs newest = *now + ClockTrust::kMostSkew;
      const auto forgotten = storage.forget_events(*now - settings.keep_events, newest, events, HoldBudget::kSlice);
      events = forgotten.last;
      return {forgotten.seen, forgotten.deleted};
    }
    case Kind::kKeptMembers:
      if (settings.keep_kept_members == 0) return {};
      return all_gone(storage.delete_kept_members_before(*now - settings.keep_kept_members, HoldBudget::kSlice));
    case Kind::kFirstLooks: {
      const DurationMs keep = std::max(settings.policy.inactive_for, kMaxSecondLook);
      return all_gone(storage.delete_first_looks_before(*now - keep, HoldBudget::kSlice));
    }
    case Kind::kAnswers:
      return all_gone(storage.delete_answers_before(times.answers_after, HoldBudget::kSlice));
    case Kind::kExemptions:
      return all_gone(storage.delete_exemptions_before(*now - kKeepExemptions, HoldBudget::kSlice));
    case Kind::kForecasts:
      return all_gone(storage.drop_forecasts_before(*now - forecast_holds_for(settings), HoldBudget::kSlice));
    case Kind::kGrowth:
      return all_gone(storage.delete_growth_before(*now - kKeepGrowth, HoldBudget::kSlice));
    case Kind::kCeilings:
      return all_gone(storage.delete_ceilings_before(*now - kCeilingHolds, HoldBudget::kSlice));
    case Kind::kUnconfirmed:
      break;
  }
  return {};
}

SteadyMs Retention::step(const RetentionTimes& times, SteadyMs at, const Settings& settings) {
  if (at < next_) return next_;
  if (at >= events_anew_) {
    events_ = {};
    events_anew_ = at + kEventsAnewEvery;
  }
  bool more = false;
  bool gone = false;
  TimePosition events;
  writer_.commit_housekeeping([&](Transaction& storage) {
    HoldBudget budget(clock_);
    more = true;
    gone = false;
    events = events_;
    while (more && !budget.over()) {
      const Slice slice = forget(storage, times, settings, events);
      budget.spend(slice.seen);
      more = slice.seen == HoldBudget::kSlice;
      gone = gone || slice.gone > 0;
    }
  });
  events_ = events;
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
