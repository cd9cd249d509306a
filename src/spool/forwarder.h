#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "headroom/clock.h"
#include "headroom/event_sink.h"
#include "spool/detour.h"
#include "spool/halves.h"
#include "spool/spooling.h"
#include "stored/database_problem.h"

namespace headroom {

// Sends what is in the spool to the database, the oldest first, by a sink of its own. What is stored is removed
// afterwards: a crash between the two sends it again, with the same intake ids, and so it is stored once. Belongs to
// one thread.
class Forwarder {
 public:
  struct Options {
    std::size_t batch = 256;
    DurationMs again_after = kSecondMs;
    DurationMs mends_every = 10 * kSecondMs;  // a spool that has failed is opened anew
    int most_attempts = 64;               // at a batch of which the database refuses a part
    DurationMs patience = 5 * kSecondMs;  // with it
    // So many passes in a row in which some are refused and none is stored: then those are set aside, too.
    int most_vain_passes = 60;
    // Whose database it is, asked of itself; empty: it does not say. Throws StorageError. None: nobody asks.
    std::function<std::string()> identity = {};
    // Whether nobody is on the straight way: a call on it may come back late.
    std::function<bool()> straight_way_is_free = [] { return true; };
    // The spool has another database's events. No wait mends that.
    std::function<void(const DatabaseProblem&)> foreign = [](const DatabaseProblem&) {};
  };

  Forwarder(EventSink& sink, Spooling& spooling, const Clock& clock, StoredHooks stored, Options options);

  // Returns when the next one is due: now, while there is more to send.
  SteadyMs step();

 private:
  void mend();
  bool knows_database();
  bool send_some();
  void settle(const Spool::Batch& batch, const spool::Pass& pass);

  EventSink& sink_;
  Spooling& spooling_;
  const Clock& clock_;
  const StoredHooks stored_;
  const Options options_;
  bool known_ = false;  // whose database it is
  int vain_passes_ = 0;
  std::optional<SteadyMs> mend_at_;
  std::size_t size_;  // of the next batch: smaller, when there was no time to find the broken one in the last
};

}  // namespace headroom
