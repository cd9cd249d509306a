#include "daemon/threads/sweep_threads.h"

#include <chrono>
#include <exception>
#include <utility>

#include "headroom/lease.h"
#include "headroom/storage_error.h"

namespace headroom {

SweepThreads::SweepThreads(Sweeper& sweeper, const Clock& clock, int readers, std::function<bool()> leads,
                           std::function<std::unique_ptr<ChatApi>()> make_chat,
                           std::function<void(const std::string&)> failed)
    : sweeper_(sweeper),
      clock_(clock),
      count_(readers),
      leads_(std::move(leads)),
      make_chat_(std::move(make_chat)),
      failed_(std::move(failed)),
      stepper_([this] { return step(); }, clock, nullptr, failed_) {}

SweepThreads::~SweepThreads() { stop(); }

void SweepThreads::wake() { stepper_.wake(); }

void SweepThreads::ask_to_stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stepper_.ask_to_stop();
  reader_.notify_all();
}

void SweepThreads::stop() {
  ask_to_stop();
  stepper_.stop();
  for (std::thread& reader : readers_) reader.join();
  readers_.clear();
}

SteadyMs SweepThreads::step() {
  SteadyMs next = clock_.steady_now() + kSecondMs;
  try {
    if (leads_()) {
      next = sweeper_.step();
    } else {
      sweeper_.take_over();  // its readers end
      next = clock_.steady_now() + kMinuteMs;
    }
  } catch (const LeaseLost&) {  // no failure
  } catch (const StorageError& error) {
    if (!told_elsewhere(error)) failed_(error.what());
  } catch (const std::exception& error) {
    failed_(error.what());
  }
  // The readers in any case: a step that fails may have let go of the sweep, and they have ended with it.
  start_or_end_readers();
  const std::lock_guard lock(mutex_);
  ++steps_;
  reader_.notify_all();
  return next;
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
    } catch (const LeaseLost&) {  // no failure
    } catch (const StorageError& error) {
      if (!told_elsewhere(error)) failed_(error.what());
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
