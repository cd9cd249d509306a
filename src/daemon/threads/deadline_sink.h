#pragma once

#include <chrono>
#include <condition_variable>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "headroom/event_sink.h"

namespace headroom {

// A sink whose calls end in time, whatever the one behind it waits for: that one has a thread of its own, and a call
// that takes too long is left to it. Its outcome is not known then, and the next call has to wait for its end
// elsewhere.
class DeadlineSink final : public EventSink {
 public:
  struct Options {
    std::chrono::milliseconds deadline{400};
    // On its thread, of a call that was left to it: what it has stored after all, and that it has come back.
    std::function<void(std::span<const Event>, std::span<const Stored>)> stored_late = [](std::span<const Event>,
                                                                                          std::span<const Stored>) {};
    std::function<void()> back = [] {};
  };

  DeadlineSink(EventSink& sink, Options options);
  ~DeadlineSink() override;  // waits for the call that is under way

  // One caller at a time. kUnknown behind the deadline; kUnavailable at once while another call is under way.
  std::vector<Stored> store(std::span<const Event> events) override;
  bool is_free() const;

 private:
  struct Call {
    std::vector<Event> events;
    std::vector<Stored> stored;
    std::exception_ptr error;
    bool done = false;  // guarded by mutex_, as left is
    bool left = false;
  };
  void loop();
  static void run(EventSink& sink, Call& call);
  std::vector<Stored> wait_for(const std::shared_ptr<Call>& call);

  EventSink& sink_;
  const Options options_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::shared_ptr<Call> call_;  // guarded by mutex_; under way, or to be begun
  bool stopping_ = false;       // guarded by mutex_
  std::thread thread_;          // last: it uses all of the above
};

}  // namespace headroom
