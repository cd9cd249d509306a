#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "headroom/storage_error.h"
#include "tests/spool/scripted_sink.h"

namespace headroom::test {

// A way to the database that stands still, or fails, when the test says so. Both ways share one database.
class Road final : public EventSink {
 public:
  static constexpr std::chrono::seconds kPatience{20};

  Road(MemoryDatabase& database, std::mutex& mutex) : database_(database), mutex_(mutex) {}

  std::vector<Stored> store(std::span<const Event> events) override {
    std::unique_lock lock(mutex_);
    ++calls_;
    ++waiting_;
    changed_.notify_all();
    changed_.wait_for(lock, kPatience, [this] { return !blocked_; });
    --waiting_;
    if (script_) {
      if (const auto kind = script_()) throw StorageError(*kind, "injected");
    }
    auto results = database_.store(events);
    if (late_script_) {
      if (const auto kind = late_script_()) throw StorageError(*kind, "injected late");
    }
    return results;
  }
  void block(bool blocked) {
    const std::lock_guard lock(mutex_);
    blocked_ = blocked;
    changed_.notify_all();
  }
  bool wait_for_one() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kPatience, [this] { return waiting_ > 0; });
  }
  using Script = std::function<std::optional<StorageError::Kind>()>;  // called under the mutex
  void fails(Script script, Script late = nullptr) {
    const std::lock_guard lock(mutex_);
    script_ = std::move(script);
    late_script_ = std::move(late);
  }
  int calls() {
    const std::lock_guard lock(mutex_);
    return calls_;
  }

 private:
  MemoryDatabase& database_;
  std::mutex& mutex_;
  std::condition_variable changed_;
  bool blocked_ = false;
  int waiting_ = 0;
  int calls_ = 0;
  Script script_;
  Script late_script_;
};

}  // namespace headroom::test
