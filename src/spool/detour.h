#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "headroom/clock.h"
#include "headroom/event_sink.h"
#include "headroom/intake.h"
#include "spool/halves.h"
#include "spool/spooling.h"

namespace headroom {

// What follows from events that were stored: for whom it is, wherever they came from.
struct StoredHooks {
  std::function<void(std::int64_t)> stored = [](std::int64_t) {};  // so many that are no duplicates, of full groups
  std::function<void()> group_due = [] {};
};
void tell_stored(const StoredHooks& hooks, std::span<const Event> events, std::span<const spool::Verdict> verdicts);

// Takes new events: to the database while it answers, else into the spool. One batch that the database fails closes the
// straight way, and so no other waits for it. Belongs to one thread, whose sink nobody else uses.
class Detour {
 public:
  struct Options {
    DurationMs patience = 400;  // for a batch that the database takes in pieces
    int most_attempts = 64;     // at it
    int refused_in_a_row = 3;   // without one that is stored: then it is the database, and not the events
  };

  // `random`: gives each event its intake id. `stored`: told of what the database has taken at once.
  Detour(EventSink& sink, Spooling& spooling, const Clock& clock, std::function<IntakeId()> random, StoredHooks stored,
         Options options);
  Detour(EventSink& sink, Spooling& spooling, const Clock& clock, std::function<IntakeId()> random, StoredHooks stored)
      : Detour(sink, spooling, clock, std::move(random), std::move(stored), Options()) {}

  // What became of each, in their order.
  std::vector<Recorded> take(std::vector<Event>& events);

 private:
  using Places = std::vector<std::size_t>;
  spool::Pass store(std::span<const Event> events);
  Places take_verdicts(const spool::Pass& pass, std::vector<Recorded>& results);
  void spool_these(std::vector<Event>& events, const Places& places, const std::string& why,
                   std::vector<Recorded>& results);

  EventSink& sink_;
  Spooling& spooling_;
  const Clock& clock_;
  const std::function<IntakeId()> random_;
  const StoredHooks stored_;
  const Options options_;
  int refused_in_a_row_ = 0;
};

}  // namespace headroom
