#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "engine/gate/pause_switch.h"
#include "engine/gate/stop.h"
#include "headroom/chat_api.h"
#include "headroom/clock.h"
#include "headroom/group_state.h"
#include "headroom/observer.h"
#include "headroom/storage.h"

namespace headroom {

// Asks Chat whether the cause of the daemon's own pause is gone: at once after a start, a reload or an operator's
// resume, else ever more rarely; about the clock every few seconds.
class PauseProbe {
 public:
  static constexpr DurationMs kClockEvery = 5 * kSecondMs;
  static constexpr DurationMs kReturningClockEvery = 9 * kSecondMs;
  // Chat counts failed checks of a UserSig, and refuses what comes within a minute of too many [34348].
  static constexpr DurationMs kRejectedApart = kMinuteMs;

  PauseProbe(ChatApi& chat, ReadView& view, std::function<double()> random)
      : chat_(chat), view_(view), random_(std::move(random)) {}

  struct Found {
    bool answered = false;
    std::optional<PauseEnd> end;
    std::optional<Stop> cause;  // another one than the pause's
  };
  // While there is such a pause: asks when it is time.
  Found step(SteadyMs at, const PauseSwitch::State& pause, const Timing& timing);
  // While there is none.
  void rest(SteadyMs at, const Timing& timing);
  // The next question, in a pause or to come, is due now, and what was learned about the cause is forgotten.
  void ask_at_once();

  // One question that any answer of Chat's answers.
  Answer<std::vector<GroupInfo>> ask();
  // When it asks again; nullopt without a pause. Thread-safe.
  std::optional<SteadyMs> next() const;

 private:
  void begin(SteadyMs at, const Reason& reason, const Timing& timing);
  DurationMs wait_after(int asked, const Timing& timing) const;
  std::string any_group();

  ChatApi& chat_;
  ReadView& view_;
  const std::function<double()> random_;

  Reason reason_;            // of the pause, and when it is over, of the last one
  bool paused_ = false;      // in the last step
  bool comes_back_ = false;  // the cause, as soon as it is called gone
  bool at_once_ = true;
  int asked_ = 0;  // about this cause
  unsigned int groups_asked_ = 0;
  SteadyMs next_;
  std::atomic<std::int64_t> shown_next_ = -1;
};

}  // namespace headroom
