#pragma once

#include <cstdint>
#include <string>

#include "headroom/reason.h"
#include "headroom/run.h"
#include "headroom/sweep.h"
#include "headroom/types.h"

namespace headroom {

// What somebody, or the daemon itself, has changed.
struct Change {
  std::string what;     // "run: approve", "pause"
  std::string subject;  // a group, an account, a reason
  std::string token;    // whose; empty: the daemon's own
  std::int64_t run_id = 0;
};

// How a pause of the daemon's own ends: its cause is gone; or it was gone before and came back at once, so that only
// going on can tell.
enum class PauseEnd { kCauseGone, kTrial };

// Who is told what happens: the log, the metrics. Called on the thread on which it happens, by several at once; it must
// be quick, must not throw, and decides nothing.
class Observer {
 public:
  virtual ~Observer() = default;

  virtual void events_stored(std::int64_t /*count*/) {}
  virtual void run_stored(const Run&) {}    // planned, awaiting or begun
  virtual void run_parked(const Run&, TimeMs /*until*/) {}  // it waits for the calendar
  virtual void run_finished(const Run&) {}  // every end, plans and failed looks included
  // Seen for the first time, before the group's plan.
  virtual void members_noted(const std::string& /*group_id*/, std::int64_t /*count*/) {}
  virtual void members_removed(std::int64_t) {}
  virtual void members_rejoined(std::int64_t) {}  // removed once, and back by themselves
  virtual void sweep_began(const Sweep&) {}       // or goes on after a restart
  virtual void sweep_ended(const Sweep&) {}
  virtual void type_skipped(const std::string& /*type*/, int /*code*/) {}  // a sweep's: the app has no such groups
  virtual void changed(const Change&) {}
  virtual void paused_itself(const Reason&, const std::string& /*group_id*/) {}
  virtual void own_pause_ends(PauseEnd) {}
  virtual void lead_taken(std::int64_t /*fence*/) {}
  virtual void lead_lost(std::int64_t /*fence*/) {}  // another has taken it, or the store was away for too long
  virtual void outage_began(const std::string& /*cause*/) {}  // Chat's; in order, one at a time
  virtual void outage_ended(DurationMs /*lasted*/) {}
};

}  // namespace headroom
