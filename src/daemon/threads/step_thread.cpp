#include "daemon/threads/step_thread.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>

namespace headroom {

StepThread::StepThread(std::function<SteadyMs()> step, const Clock& clock, Progress::Pulse* pulse,
                       std::function<void(const std::string&)> failed)
    : step_(std::move(step)), clock_(clock), pulse_(pulse), failed_(std::move(failed)), thread_([this] { loop(); }) {}

StepThread::~StepThread() { stop(); }

void StepThread::wake() {
  {
    const std::lock_guard lock(mutex_);
    woken_ = true;
  }
  changed_.notify_one();
}

void StepThread::ask_to_stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
}

void StepThread::stop() {
  ask_to_stop();
  if (thread_.joinable()) thread_.join();
}

void StepThread::loop() {
  while (true) {
    if (pulse_ != nullptr) pulse_->beat();
    SteadyMs next = clock_.steady_now() + kSecondMs;
    try {
      next = step_();
    } catch (const std::exception& error) {
      failed_(error.what());
      next = clock_.steady_now() + kSecondMs;
    }
    std::unique_lock lock(mutex_);
    const auto wait = std::chrono::milliseconds(std::max<DurationMs>(0, next - clock_.steady_now()));
    if (pulse_ != nullptr) pulse_->rest();
    changed_.wait_for(lock, wait, [this] { return stopping_ || woken_; });
    if (stopping_) return;
    woken_ = false;
  }
}

}  // namespace headroom
