#include "daemon/threads/spool_threads.h"

#include <utility>
#include <vector>

namespace headroom {
namespace {

// The forwarder tries at once, and not with its next second.
Spooling::Hooks with_waking(Spooling::Hooks hooks, std::function<void()> wake) {
  hooks.began = [began = std::move(hooks.began), wake = std::move(wake)](const std::string& why) {
    began(why);
    wake();
  };
  return hooks;
}

DeadlineSink::Options in_time(const SpoolThreads::Options& options, std::function<void()> wake) {
  DeadlineSink::Options in_time;
  in_time.deadline = options.commit_deadline;
  in_time.stored_late = [hooks = options.stored](std::span<const Event> events, std::span<const Stored> stored) {
    tell_stored(hooks, events, std::vector<spool::Verdict>(stored.begin(), stored.end()));
  };
  in_time.back = std::move(wake);
  return in_time;
}

Forwarder::Options beside(Forwarder::Options options, const DeadlineSink& straight) {
  options.straight_way_is_free = [&straight] { return straight.is_free(); };
  return options;
}

}  // namespace

SpoolThreads::SpoolThreads(EventSink& straight, EventSink& forwarding, Spool& spool, const Clock& clock,
                           const Options& options)
    : spooling_(spool, clock, with_waking(options.hooks, [this] { wake(); })),
      straight_(straight, in_time(options, [this] { wake(); })),
      detour_(straight_, spooling_, clock, options.random, options.stored, options.detour),
      forwarder_(forwarding, spooling_, clock, options.stored, beside(options.forwarder, straight_)) {
  forwarding_ = std::make_unique<StepThread>([this] { return forwarder_.step(); }, clock, options.forwarder_pulse,
                                             options.forwarder_failed);
  intake_ = std::make_unique<SpoolingIntake>(detour_, spool, options.intake);
}

SpoolThreads::~SpoolThreads() { stop(); }

void SpoolThreads::stop() {
  intake_->stop();
  forwarding_->stop();
}

// Nobody, while it is made: its first step looks by itself.
void SpoolThreads::wake() {
  if (forwarding_) forwarding_->wake();
}

}  // namespace headroom
