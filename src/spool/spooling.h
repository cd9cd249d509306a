#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <string>

#include "headroom/clock.h"
#include "headroom/event.h"
#include "spool/spool.h"

namespace headroom {

// Which way new events go: straight to the database, or into the spool, behind all that is in it. Between the two ways
// nothing is lost and nothing overtakes: who appends decides and writes under one mutex, and only an empty spool,
// looked at under the same one, opens the straight way again: or one that has failed. Thread-safe.
class Spooling {
 public:
  // Told under the mutex, one at a time and in the order of what happens: quick, and without a call back.
  struct Hooks {
    std::function<void(const std::string& why)> began = [](const std::string&) {};
    std::function<void(DurationMs lasted, std::int64_t forwarded)> ended = [](DurationMs, std::int64_t) {};
    // There is no room, in the spool or on its disk; and with no text when there is again.
    std::function<void(const std::string& why)> full = [](const std::string&) {};
    std::function<void(const Event& event, const std::string& why)> refused = [](const Event&, const std::string&) {};
    // Nothing is taken into the spool any more, nor sent from it; and with no text when it is again.
    std::function<void(const std::string& why)> failed = [](const std::string&) {};
  };
  struct State {
    bool spooling = false;  // something is in the spool, or the database is away
    std::int64_t depth = 0;
    std::int64_t refused = 0;  // set aside
    std::string away;          // why the database is, empty while it answers
    DurationMs away_for = 0;
    std::string full;
    std::string failure;
  };
  struct Appended {
    std::size_t events = 0;  // the first so many
    bool failed = false;     // the others: an error, and not the bound
  };

  // Whatever a former process left goes first. What the database once refused gets another chance: this may be another
  // version of either.
  Spooling(Spool& spool, const Clock& clock, Hooks hooks);

  // nullopt while the straight way is open: nothing was done.
  std::optional<Appended> append_behind(std::span<const Event> events);
  // The straight way is closed, because of `why`, and these are the first on the other one.
  Appended begin(std::span<const Event> events, const std::string& why);
  // Opens the straight way, if nothing is left in the spool, or what is left can not be read: what is stuck is
  // overtaken then. Whoever calls it knows that nobody is on that way.
  void try_end();

  // What the forwarder sees.
  void database_away(const std::string& why);
  void database_back();
  void forwarded(std::int64_t events);
  void set_aside(const Event& event, const std::string& why);
  // Nothing more is taken, and nothing forwarded, until it is mended.
  void fail(const std::string& why);
  // Of a spool that has failed: tries to open it anew. What it still holds goes first, as after a start.
  void mend();
  bool failed() const;
  bool spooling() const { return spooling_; }

  State state() const;
  Spool& spool() { return spool_; }

 private:
  Appended append(std::span<const Event> events);
  bool is_roomy() const;
  void set_full(const std::string& why, bool by_bound);

  Spool& spool_;
  const Clock& clock_;
  const Hooks hooks_;

  std::mutex mutex_;                    // held across the spool's syncs
  std::atomic<bool> spooling_ = false;  // changed under mutex_
  SteadyMs began_at_;                   // guarded by mutex_, as what follows
  std::int64_t forwarded_ = 0;          // since then
  bool full_by_bound_ = false;

  mutable std::mutex state_mutex_;  // held for moments, inside mutex_: for who asks, and may not wait for a disk
  std::optional<SteadyMs> away_since_;
  std::string away_;
  std::string full_;
  std::string failure_;
};

}  // namespace headroom
