#pragma once

#include "engine/gate/settings.h"
#include "engine/writer.h"
#include "headroom/clock.h"
#include "headroom/observer.h"

namespace headroom {

// Ends what has waited for too long: plans without an approval; and makes the groups due whose exemption is over.
class Expiry {
 public:
  Expiry(Writer& writer, ReadView& view, Observer& observer) : writer_(writer), view_(view), observer_(observer) {}

  // Does some of it when it is time for that, and returns when it is time for more. `now` can be trusted: what has
  // expired stays so.
  SteadyMs step(TimeMs now, SteadyMs at, const Settings& settings);

 private:
  bool lift_exemptions(TimeMs now);
  bool expire_plans(TimeMs now, const Settings& settings);

  Writer& writer_;
  ReadView& view_;
  Observer& observer_;
  TimePosition lifted_;  // exemptions up to there have been seen to
  bool more_ = false;
  SteadyMs next_;
};

}  // namespace headroom
