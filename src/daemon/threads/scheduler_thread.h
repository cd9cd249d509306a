#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "daemon/progress.h"
#include "headroom/clock.h"

namespace headroom {

class Scheduler;

// Sleeps until the scheduler's next step is due, or something wakes it.
class SchedulerThread {
 public:
  // `failed`: an exception of a step; the next one follows after a second.
  SchedulerThread(Scheduler& scheduler, const Clock& clock, Progress::Pulse& pulse,
                  std::function<void(const std::string&)> failed);
  ~SchedulerThread();
  void wake();
  void stop();

 private:
  void loop();

  Scheduler& scheduler_;
  const Clock& clock_;
  Progress::Pulse& pulse_;
  const std::function<void(const std::string&)> failed_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool woken_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace headroom
