#pragma once

#include "engine/gate/settings.h"
#include "engine/writer.h"
#include "headroom/clock.h"
#include "headroom/storage.h"

namespace headroom {

// A clock that was ahead has stored times ahead: groups that nobody would look at until then. Walks through those that
// are not due yet, some at each step, and pulls back what no rule can have set.
class Unparking {
 public:
  Unparking(Writer& writer, ReadView& view, const Clock& clock) : writer_(writer), view_(view), clock_(clock) {}

  // After a start, a clock that was set, a reload.
  void begin();
  bool pending() const { return pending_; }
  // Whether there is anything to walk through.
  bool any_ahead(TimeMs now);
  // One job, by a clock that Chat agrees with; returns when it is time for the next.
  SteadyMs step(TimeMs now, SteadyMs at, const Settings& settings);

 private:
  Writer& writer_;
  ReadView& view_;
  const Clock& clock_;
  bool pending_ = true;
  bool begun_ = false;
  TimePosition after_;
  SteadyMs next_;
};

}  // namespace headroom
