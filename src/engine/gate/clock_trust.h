#pragma once

#include <mutex>
#include <optional>

#include "headroom/clock.h"

namespace headroom {

// Whether the wall clock may decide that something is over for good: nobody has set it lately, and Chat agreed with it.
// It is looked at whenever it is asked about, so that a clock which was wrong only while nobody asked has done no harm.
// Thread-safe.
class ClockTrust {
 public:
  static constexpr DurationMs kStep = kMinuteMs;  // more than this against the monotonic clock: somebody has set it
  static constexpr DurationMs kMostSkew = 2 * kMinuteMs;
  static constexpr DurationMs kMemory = kHourMs;

  explicit ClockTrust(const Clock& clock);

  // The time, when it may be trusted. `asks_chat`: the daemon may ask Chat, which then has to have agreed. What Chat
  // has once called wrong is not trusted by who may not ask (any more), either.
  std::optional<TimeMs> trusted_now(bool asks_chat);
  // What a reply of Chat has just shown: its clock minus ours.
  void heard(DurationMs offset);
  // Since when neither a step nor a disagreement was seen; nullopt: since the start.
  std::optional<SteadyMs> disturbed_at();
  // When Chat agreed, unless somebody has set the clock since.
  std::optional<SteadyMs> agreed_at();

 private:
  TimeMs look();  // holds mutex_; the wall clock

  const Clock& clock_;
  std::mutex mutex_;  // guards what follows
  // What the two clocks showed at one moment, at most kMemory ago when the clock is looked at often.
  TimeMs wall_ = 0;
  SteadyMs steady_;
  std::optional<SteadyMs> stepped_at_;
  std::optional<SteadyMs> disagreed_at_;
  std::optional<SteadyMs> agreed_at_;
  bool disagrees_ = false;  // the last answer, unless somebody has set the clock since
};

}  // namespace headroom
