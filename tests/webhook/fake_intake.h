#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <utility>
#include <vector>

#include "headroom/clock.h"
#include "headroom/intake.h"
#include "tests/support/fixed_clock.h"

namespace headroom::webhook {

// Answers at once with `result`, or holds what it gets until release.
class FakeIntake : public Intake {
 public:
  void record(Event event, std::function<void(Recorded)> done) override {
    std::unique_lock lock(mutex_);
    events_.push_back(std::move(event));
    changed_.notify_all();
    if (holding_) {
      held_.push_back(std::move(done));
      return;
    }
    lock.unlock();
    done(result);
  }

  void hold() { holding_ = true; }
  void release(Recorded recorded) {
    std::vector<std::function<void(Recorded)>> held;
    {
      const std::lock_guard lock(mutex_);
      held.swap(held_);
    }
    for (const auto& done : held) done(recorded);
  }
  std::vector<Event> events() {
    const std::lock_guard lock(mutex_);
    return events_;
  }
  bool wait_for_events(std::size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(20), [&] { return events_.size() >= count; });
  }

  std::atomic<Recorded> result = Recorded::kRecorded;

 private:
  std::atomic<bool> holding_ = false;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Event> events_;                        // guarded by mutex_
  std::vector<std::function<void(Recorded)>> held_;  // guarded by mutex_
};

}  // namespace headroom::webhook
