#pragma once

#include <chrono>
#include <condition_variable>
#include <ctime>
#include <mutex>

#include "headroom/clock.h"

namespace headroom {

// The clocks of the machine. Once stopped, every sleep ends at once.
class SystemClock final : public Clock {
 public:
  TimeMs now() const override {
    using std::chrono::duration_cast, std::chrono::milliseconds;
    return duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  }
  // The one that goes on while the machine sleeps: a look, or the lead, is as old as it is for everybody else.
  SteadyMs steady_now() const override {
    timespec now{};
    ::clock_gettime(CLOCK_BOOTTIME, &now);
    return {static_cast<std::int64_t>(now.tv_sec) * kSecondMs + now.tv_nsec / 1'000'000};
  }
  bool sleep(DurationMs duration) override {
    std::unique_lock lock(mutex_);
    return !stopped_.wait_for(lock, std::chrono::milliseconds(duration), [this] { return stopping_; });
  }
  void stop() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    stopped_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable stopped_;
  bool stopping_ = false;
};

}  // namespace headroom
