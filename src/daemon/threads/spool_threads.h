#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "daemon/progress.h"
#include "daemon/threads/deadline_sink.h"
#include "daemon/threads/spooling_intake.h"
#include "daemon/threads/step_thread.h"
#include "headroom/clock.h"
#include "headroom/event_sink.h"
#include "spool/detour.h"
#include "spool/forwarder.h"
#include "spool/spool.h"
#include "spool/spooling.h"

namespace headroom {

// The intake of a node whose database is elsewhere, with its ways there: the straight one, and the one through the
// spool. What starts and ends them in their order.
class SpoolThreads {
 public:
  struct Options {
    std::chrono::milliseconds commit_deadline{400};
    SpoolingIntake::Options intake = {};
    Detour::Options detour = {};
    Forwarder::Options forwarder = {};  // but for straight_way_is_free
    Spooling::Hooks hooks = {};
    StoredHooks stored = {};
    std::function<IntakeId()> random = {};
    std::function<void(const std::string&)> forwarder_failed = [](const std::string&) {};  // what should never happen
    Progress::Pulse* forwarder_pulse = nullptr;
  };

  // Two sinks, each of which is used by one thread. All that is given outlives it.
  SpoolThreads(EventSink& straight, EventSink& forwarding, Spool& spool, const Clock& clock, const Options& options);
  ~SpoolThreads();  // stops

  Intake& intake() { return *intake_; }
  Spooling::State state() const { return spooling_.state(); }
  std::size_t depth() const { return intake_->depth(); }  // of what waits in memory

  // Refuses new events, stores the queued ones, and ends the threads; what is in the spool stays there.
  void stop();

 private:
  void wake();

  std::unique_ptr<StepThread> forwarding_;  // outlives what may wake it
  Spooling spooling_;
  DeadlineSink straight_;
  Detour detour_;
  Forwarder forwarder_;
  std::unique_ptr<SpoolingIntake> intake_;
};

}  // namespace headroom
