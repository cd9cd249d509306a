#include "daemon/threads/deadline_sink.h"

#include <utility>

#include "headroom/storage_error.h"

namespace headroom {

DeadlineSink::DeadlineSink(EventSink& sink, Options options)
    : sink_(sink), options_(std::move(options)), thread_([this] { loop(); }) {}

DeadlineSink::~DeadlineSink() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

std::vector<Stored> DeadlineSink::store(std::span<const Event> events) {
  const auto call = std::make_shared<Call>();
  call->events.assign(events.begin(), events.end());  // they outlive the caller's when the call does
  {
    const std::lock_guard lock(mutex_);
    if (call_) throw StorageError(StorageError::Kind::kUnavailable, "a former call has not come back yet");
    call_ = call;
  }
  changed_.notify_all();
  return wait_for(call);
}

std::vector<Stored> DeadlineSink::wait_for(const std::shared_ptr<Call>& call) {
  std::unique_lock lock(mutex_);
  if (!changed_.wait_for(lock, options_.deadline, [&] { return call->done; })) {
    call->left = true;
    throw StorageError(StorageError::Kind::kUnknown,
                       "no answer within " + std::to_string(options_.deadline.count()) + " ms");
  }
  if (call->error) std::rethrow_exception(call->error);
  return std::move(call->stored);
}

bool DeadlineSink::is_free() const {
  const std::lock_guard lock(mutex_);
  return !call_;
}

void DeadlineSink::run(EventSink& sink, Call& call) {
  try {
    call.stored = sink.store(call.events);
  } catch (...) {
    call.error = std::current_exception();
  }
}

void DeadlineSink::loop() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || call_; });
    if (!call_) return;
    const std::shared_ptr<Call> call = call_;
    lock.unlock();
    run(sink_, *call);
    lock.lock();
    call->done = true;
    call_.reset();
    changed_.notify_all();
    if (!call->left) continue;
    lock.unlock();
    if (!call->error) options_.stored_late(call->events, call->stored);
    options_.back();
    lock.lock();
  }
}

}  // namespace headroom
