#include "engine/gate/clock_trust.h"

#include <algorithm>
#include <cstdlib>

namespace headroom {

ClockTrust::ClockTrust(const Clock& clock) : clock_(clock), wall_(clock.now()), steady_(clock.steady_now()) {}

TimeMs ClockTrust::look() {
  const SteadyMs at = clock_.steady_now();
  const TimeMs now = clock_.now();
  const DurationMs passed = at - steady_;
  const bool stepped = std::abs(now - wall_ - passed) > kStep;
  if (stepped) {
    stepped_at_ = at;
    agreed_at_.reset();  // with another clock
    disagrees_ = false;
  }
  // Small corrections of many hours add up to no step.
  if (stepped || passed >= kMemory) {
    wall_ = now;
    steady_ = at;
  }
  return now;
}

std::optional<TimeMs> ClockTrust::trusted_now(bool asks_chat) {
  const std::lock_guard lock(mutex_);
  const TimeMs now = look();
  const SteadyMs at = clock_.steady_now();
  if (stepped_at_ && at - *stepped_at_ < kMemory) return std::nullopt;
  if (disagrees_) return std::nullopt;
  if (asks_chat && (!agreed_at_ || at - *agreed_at_ >= kMemory)) return std::nullopt;
  return now;
}

void ClockTrust::heard(DurationMs offset) {
  const std::lock_guard lock(mutex_);
  look();
  disagrees_ = std::abs(offset) > kMostSkew;
  if (!disagrees_) {
    agreed_at_ = clock_.steady_now();
  } else {
    agreed_at_.reset();
    disagreed_at_ = clock_.steady_now();
  }
}

std::optional<SteadyMs> ClockTrust::disturbed_at() {
  const std::lock_guard lock(mutex_);
  look();
  return std::max(stepped_at_, disagreed_at_);
}

std::optional<SteadyMs> ClockTrust::agreed_at() {
  const std::lock_guard lock(mutex_);
  look();
  return agreed_at_;
}

}  // namespace headroom
