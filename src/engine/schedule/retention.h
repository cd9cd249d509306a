#pragma once

#include <cstddef>
#include <optional>

#include "engine/gate/settings.h"
#include "engine/writer.h"
#include "headroom/clock.h"

namespace headroom {

// By which times things are old. Without one that can be trusted nothing is.
struct RetentionTimes {
  std::optional<TimeMs> trusted;
  std::optional<TimeMs>
      agreed;                // trusted, and Chat has agreed with it, also in observe: who is exempt goes by this one
  TimeMs answers_after = 0;  // kept answers of before count no more
};

// Retention: forgets what is older than it has to be kept, in jobs that hold the writer for a moment each.
class Retention {
 public:
  Retention(Writer& writer, const Clock& clock) : writer_(writer), clock_(clock) {}

  // Does one job when it is time for one, and returns when it is time for the next.
  SteadyMs step(const RetentionTimes& times, SteadyMs at, const Settings& settings);

 private:
  // One slice of what the job in hand forgets.
  struct Slice {
    int seen = 0;
    int gone = 0;
  };
  Slice forget(Transaction& storage, const RetentionTimes& times, const Settings& settings, TimePosition& events) const;

  Writer& writer_;
  const Clock& clock_;
  std::size_t kind_ = 0;   // what the next job forgets
  bool any_gone_ = false;  // since kind_ was the first
  SteadyMs next_;
  // Behind the events that stay because their own time is younger than that of their receipt. Once a day the walk
  // begins anew.
  TimePosition events_;
  SteadyMs events_anew_;
};

}  // namespace headroom
