#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "engine/schedule/scheduler.h"
#include "tests/support/engine_world.h"

namespace headroom::test {

// A scheduler that is stepped by hand, with a view of its own; nobody takes the work.
class SchedulerWorld : protected support::EngineWorld {
 protected:
  // A new process on the same database, under the settings as they are by now.
  void start(Observer& observer, SelfPause& self_pause, std::function<double()> random) {
    take_over();
    scheduler_ = std::make_unique<Scheduler>(chat_, database_, *view_, clock_, cell_, gate_, pause_, work_,
                                             std::move(random), observer, self_pause);
  }

  std::unique_ptr<ReadView> view_ = database_.open_view();
  WorkQueue work_{1000};
  std::unique_ptr<Scheduler> scheduler_;
};

}  // namespace headroom::test
