#include "daemon/threads/scheduler_thread.h"

#include <chrono>
#include <exception>
#include <utility>

#include "engine/schedule/scheduler.h"

namespace headroom {

SchedulerThread::SchedulerThread(Scheduler& scheduler, const Clock& clock, Progress::Pulse& pulse,
                                 std::function<void(const std::string&)> failed)
    : scheduler_(scheduler), clock_(clock), pulse_(pulse), failed_(std::move(failed)), thread_([this] { loop(); }) {}

SchedulerThread::~SchedulerThread() { stop(); }

void SchedulerThread::wake() {
  {
    const std::lock_guard lock(mutex_);
    woken_ = true;
  }
  changed_.notify_one();
}

void SchedulerThread::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void SchedulerThread::loop() {
  while (true) {
    pulse_.beat();
    SteadyMs next = clock_.steady_now() + kSecondMs;
    try {
      next = scheduler_.step();
    } catch (const std::exception& error) {
      failed_(error.what());
      next = clock_.steady_now() + kSecondMs;
    }
    std::unique_lock lock(mutex_);
    const auto wait = std::chrono::milliseconds(std::max<DurationMs>(0, next - clock_.steady_now()));
    pulse_.rest();
    changed_.wait_for(lock, wait, [this] { return stopping_ || woken_; });
    if (stopping_) return;
    woken_ = false;
  }
}

}  // namespace headroom
