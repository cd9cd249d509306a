#pragma once

#include <functional>
#include <string>

#include "engine/schedule/pause_probe.h"
#include "headroom/run.h"

namespace headroom {

// What the scheduler asks and tells the daemon.
struct SchedulerHooks {
  std::function<void(const Run&)> run_finished = [](const Run&) {};  // a look that failed is a failed run
  std::function<void(const Reason&, const std::string&)> pause = [](const Reason&, const std::string&) {};
  std::function<void(PauseEnd)> end_own_pause = [](PauseEnd) {};
  std::function<void()> keep_own_pause = [] {};               // in each step of it
  std::function<bool()> storage_works = [] { return true; };  // else the scheduler stands still
  std::function<bool()> stopping = [] { return false; };      // calls may end without an answer of Chat's
};

}  // namespace headroom
