#include "daemon/threads/sweep_threads.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>

namespace headroom {

SweepThreads::SweepThreads(Sweeper& sweeper, const Clock& clock, int readers,
                           std::function<std::unique_ptr<ChatApi>()> make_chat,
                           std::function<void(const std::string&)> failed)
    : sweeper_(sweeper),
      clock_(clock),
      count_(readers),
      make_chat_(std::move(make_chat)),
      failed_(std::move(failed)),
      thread_([this] { step(); }) {}

SweepThreads::~SweepThreads() { stop(); }

void SweepThreads::wake() {
  {
    const std::lock_guard lock(mutex_);
    woken_ = true;
  }
  stepper_.notify_one();
}

void SweepThreads::ask_to_stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stepper_.notify_all();
  reader_.notify_all();
}

void SweepThreads::stop() {
  ask_to_stop();
  if (thread_.joinable()) thread_.join();
}

void SweepThreads::step() {
  while (true) {
    SteadyMs next = clock_.steady_now() + kSecondMs;
    // The readers in any case: a step that fails may have let go of the sweep, and they have ended with it.
    const auto guarded = [this, &next](const auto& work) {
      try {
        work();
      } catch (const std::exception& error) {
        failed_(error.what());
        next = clock_.steady_now() + kSecondMs;
      }
    };
    guarded([&] { next = sweeper_.step(); });
    guarded([this] { start_or_end_readers(); });
    std::unique_lock lock(mutex_);
    ++steps_;
    reader_.notify_all();
    const auto wait = std::chrono::milliseconds(std::max<DurationMs>(0, next - clock_.steady_now()));
    stepper_.wait_for(lock, wait, [this] { return stopping_ || woken_; });
    woken_ = false;
    if (stopping_) break;
  }
  for (std::thread& reader : readers_) reader.join();
}

void SweepThreads::start_or_end_readers() {
  if (sweeper_.running()) {
    while (readers_.size() < static_cast<std::size_t>(count_)) readers_.emplace_back([this] { read(); });
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    ++steps_;
  }
  reader_.notify_all();
  for (std::thread& reader : readers_) reader.join();
  readers_.clear();
}

// Ends with the sweep.
void SweepThreads::read() {
  std::unique_ptr<ChatApi> chat;
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const std::uint64_t seen = steps_;
    lock.unlock();
    Sweeper::Read done = Sweeper::Read::kNothing;
    try {
      if (!chat) chat = make_chat_();
      done = sweeper_.read_some(*chat);
    } catch (const std::exception& error) {
      failed_(error.what());
    }
    if (done == Sweeper::Read::kNoSweep) return;
    if (done == Sweeper::Read::kPage) wake();
    lock.lock();
    if (done != Sweeper::Read::kNothing) continue;
    reader_.wait_for(lock, std::chrono::seconds(1), [&] { return stopping_ || steps_ != seen; });
  }
}

}  // namespace headroom
