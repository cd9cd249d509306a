#pragma once

#include <cstdlib>

#include "headroom/types.h"

namespace headroom::model {

// What the daemon's wall clock is wrong by, as the world knows it. The daemon does not, but from Chat's `Date`.
class OwnClock {
 public:
  // Chat may call it wrong by less than this, and by more than this the daemon has to notice.
  static constexpr DurationMs kBearable = 2 * kMinuteMs;
  // By so much Chat's own clock may be wrong: one that agrees with it is.
  static constexpr DurationMs kChatsError = 6 * kMinuteMs;

  void set(DurationMs error, TimeMs now) {
    if (error == error_) return;
    if (skewed()) skewed_until_ = now;
    error_ = error;
    ++steps_;
    stepped_at_ = now;
  }
  DurationMs error() const { return error_; }
  TimeMs wall(TimeMs now) const { return now + error_; }
  bool skewed() const { return std::abs(error_) > kBearable; }
  bool right() const { return error_ == 0; }
  // The last moment at which it was skewed, up to now; 0: never.
  TimeMs skewed_until(TimeMs now) const { return skewed() ? now : skewed_until_; }
  int steps() const { return steps_; }
  TimeMs stepped_at() const { return stepped_at_; }
  // By how much times that were stored while it was bearable may differ from the real ones.
  DurationMs slack() const { return steps_ == 0 ? 0 : 2 * kBearable + kChatsError + kSecondMs; }

 private:
  DurationMs error_ = 0;
  TimeMs skewed_until_ = 0;
  TimeMs stepped_at_ = 0;
  int steps_ = 0;
};

}  // namespace headroom::model
