// The scheduler's housekeeping, and whether the clock may be trusted with it.
#include <algorithm>

#include "engine/orders/idempotency.h"
#include "engine/schedule/scheduler.h"

namespace headroom {
namespace {

constexpr DurationMs kClockApart = 10 * kSecondMs;  // between two questions for Chat's time that something waits for

}  // namespace

SteadyMs Scheduler::keep(SteadyMs at) {
  const bool asks_chat = settings_->mode != SchedulerMode::kObserve;
  const std::optional<TimeMs> trusted = trust_.trusted_now(asks_chat);
  const RetentionTimes times{trusted, trust_.trusted_now(true), kept_after(trust_, asks_chat, clock_)};
  SteadyMs next = std::min(retention_.step(times, at, *settings_), retiming_.step(clock_.now(), at, *settings_));
  next = std::min(next, unblocking_.step(clock_.now(), at, *settings_));
  if (trusted) next = std::min(next, expiry_.step(*trusted, at, *settings_));
  return asks_chat ? std::min(next, unpark(at)) : next;
}

// Whether a stored time is too far ahead only a clock that Chat agrees with can say.
SteadyMs Scheduler::unpark(SteadyMs at) {
  const auto disturbed_at = trust_.disturbed_at();
  const bool others_in_force = timing_ != settings_->timing || calendar_ != settings_->calendar;
  if (disturbed_at != disturbed_at_ || others_in_force) unparking_.begin();
  disturbed_at_ = disturbed_at;
  timing_ = settings_->timing;
  calendar_ = settings_->calendar;
  const SteadyMs next_tick = at + settings_->tick;
  if (!unparking_.pending()) return next_tick;
  if (trust_.agreed_at()) return unparking_.step(clock_.now(), at, *settings_);
  if (!pause_.state().paused() && unparking_.any_ahead(clock_.now())) check_clock(at, 0, kClockApart);
  return std::min(next_tick, at + kClockApart);
}

// Asks Chat for its time, when no answer has shown it for so long, and not too often.
void Scheduler::check_clock(SteadyMs at, DurationMs agreed_within, DurationMs apart) {
  const auto agreed_at = trust_.agreed_at();
  if (agreed_at && at - *agreed_at < agreed_within) return;
  if (at - clock_asked_at_ < apart) return;
  clock_asked_at_ = at;
  if (!probe_.ask().done()) return;
  hear_clock();
  if (const auto skew = chat_.clock_stop()) self_pause_.pause_self(skew->reason, "");
}

// After an answer.
void Scheduler::hear_clock() {
  if (const auto offset = chat_api_.clock_offset()) trust_.heard(*offset);
}

}  // namespace headroom
