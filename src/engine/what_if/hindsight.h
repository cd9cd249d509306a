#pragma once

#include <optional>
#include <string>

#include "headroom/clock.h"
#include "headroom/denied.h"
#include "headroom/replay.h"
#include "headroom/storage.h"
#include "headroom/what_if.h"

namespace headroom {

// Replays stored runs by another policy, some at a time. Reads only; blocking; an object belongs to one thread.
class Hindsight {
 public:
  Hindsight(ReadView& view, Clock& clock, std::string admin_identifier)
      : view_(view), clock_(clock), admin_identifier_(std::move(admin_identifier)) {}

  // The change is made to each run's own policy.
  Result<WhatIf> ask(const PolicyChange& change, std::optional<TimeMs> since, SteadyMs deadline);

 private:
  void replay(const Run& run, const PolicyChange& change, WhatIf& all);
  void add(const Run& run, Replay::Result result, WhatIf& all) const;
  std::int64_t count_returned(const Run& run, const std::vector<std::string>& accounts) const;

  ReadView& view_;
  Clock& clock_;
  const std::string admin_identifier_;
  // The last run's, and what the change made of it: a policy is in force for many runs, and not cheap to read.
  std::optional<Policy> from_;
  Policy to_;
};

}  // namespace headroom
