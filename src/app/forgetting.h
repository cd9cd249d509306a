#pragma once

#include <cstddef>

#include "app/committer.h"
#include "app/settings.h"
#include "headroom/clock.h"

namespace headroom {

// Retention: forgets what is older than it has to be kept, in jobs that hold the writer for a moment each.
class Forgetting {
 public:
  explicit Forgetting(Committer& committer) : committer_(committer) {}

  // Does one job when it is time for one, and returns when it is time for the next.
  SteadyMs step(TimeMs now, SteadyMs at, const Settings& settings);

 private:
  Committer& committer_;
  std::size_t kind_ = 0;   // what the next job forgets
  bool any_gone_ = false;  // since kind_ was the first
  SteadyMs next_;
};

}  // namespace headroom
