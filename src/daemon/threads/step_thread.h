#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "daemon/progress.h"
#include "headroom/clock.h"

namespace headroom {

// A thread that does a step, sleeps until the next one is due or something wakes it, and so on.
class StepThread {
 public:
  // `step` returns when the next one is due. `pulse`: null when nobody asks whether it comes further. `failed`: an
  // exception of a step; the next one follows after a second.
  StepThread(std::function<SteadyMs()> step, const Clock& clock, Progress::Pulse* pulse,
             std::function<void(const std::string&)> failed);
  ~StepThread();
  void wake();
  // It ends after the step in hand, which stop() waits for.
  void ask_to_stop();
  void stop();

 private:
  void loop();

  const std::function<SteadyMs()> step_;
  const Clock& clock_;
  Progress::Pulse* const pulse_;
  const std::function<void(const std::string&)> failed_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool woken_ = false;     // guarded by mutex_
  bool stopping_ = false;  // guarded by mutex_
  std::thread thread_;     // last: it uses all of the above
};

}  // namespace headroom
