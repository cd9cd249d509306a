#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "engine/gate/clock_trust.h"
#include "engine/gate/gate.h"
#include "engine/gate/pause_switch.h"
#include "engine/gate/self_pause.h"
#include "engine/gate/settings.h"
#include "engine/looks/chat_session.h"
#include "engine/runs/work_queue.h"
#include "engine/schedule/expiry.h"
#include "engine/schedule/group_looks.h"
#include "engine/schedule/pause_probe.h"
#include "engine/schedule/retention.h"
#include "engine/schedule/retiming.h"
#include "engine/schedule/unblocking.h"
#include "engine/schedule/unparking.h"
#include "engine/writer.h"
#include "headroom/clock.h"
#include "headroom/observer.h"
#include "headroom/storage.h"

namespace headroom {

// Decides what is due. Each step does what is due now and says when to come back: no thread and no wall clock of its
// own, so that tests can drive a year of it. Blocking while it asks Chat.
class Scheduler {
 public:
  Scheduler(ChatApi& chat, Writer& writer, ReadView& view, Clock& clock, const SettingsCell& settings, const Gate& gate,
            const PauseSwitch& pause, WorkQueue& work, std::function<double()> random, Observer& observer,
            SelfPause& self_pause);

  // Returns when the next step is due, at most one tick ahead.
  SteadyMs step();
  // A run that could not be closed: it is tried again, with back-off, and at once when a pause of its own has ended.
  void resolve_later(const Run& run, int attempt);
  // After a reload, or a resume of an operator's: whatever it waits for because of a failure is over. From any thread.
  void ask_at_once() { ask_at_once_ = true; }
  // When it asks Chat again by itself, while it has paused itself. From any thread.
  std::optional<TimeMs> retry_at() const;
  ClockTrust& clock_trust() { return trust_; }
  // This node leads from now on: every run that an earlier leader left running, but for those that only wait for the
  // calendar, is to be resolved. What an earlier lead of its own has left to do is forgotten.
  void take_over();
  // Runs that nobody here has in hand: what was ordered on another node is begun, the others are resolved.
  void adopt_runs();

 private:
  SteadyMs keep(SteadyMs at);  // housekeeping; returns when there is more of it
  SteadyMs unpark(SteadyMs at);
  struct Resolution {
    std::string group_id;
    bool restores = false;
    int attempt = 0;
    SteadyMs due_at;
    std::optional<SteadyMs> doubted_at;  // when a vain look was over, or the run was found; nothing was sent since
  };

  SteadyMs work(TimeMs now, SteadyMs at);
  void end_wait(const Run& parked);
  bool may_be_begun(const Run& order) const;
  Work beginning_of(const Run& run, int attempt) const;
  void dispatch_resolutions(SteadyMs at, bool own_pause);
  std::map<std::int64_t, Resolution> due_resolutions(SteadyMs at, bool own_pause);
  Work work_of(std::int64_t run_id, const Resolution& due);
  void probe(SteadyMs at, const PauseSwitch::State& pause);
  void check_clock(SteadyMs at, DurationMs agreed_within, DurationMs apart);
  void hear_clock();

  ChatSession chat_;
  ChatApi& chat_api_;
  Writer& writer_;
  ReadView& view_;
  Clock& clock_;
  const SettingsCell& settings_cell_;
  std::shared_ptr<const Settings> settings_;  // of the step in hand
  const PauseSwitch& pause_;
  WorkQueue& work_;
  std::function<double()> random_;
  Observer& observer_;
  SelfPause& self_pause_;

  std::mutex resolutions_mutex_;                    // guards the two that follow
  std::map<std::int64_t, Resolution> resolutions_;  // by run
  bool was_own_pause_ = false;                      // in the last step

  GroupLooks looks_;
  ClockTrust trust_;
  std::optional<SteadyMs> disturbed_at_;  // the clock, as far as that has been seen to
  Timing timing_;                         // that the stored times were last compared with
  Calendar calendar_;                     // as timing_
  SteadyMs clock_asked_at_;
  Expiry expiry_;
  Retention retention_;
  Retiming retiming_;
  Unblocking unblocking_;
  Unparking unparking_;
  PauseProbe probe_;
  std::atomic<bool> ask_at_once_ = false;
};

}  // namespace headroom
