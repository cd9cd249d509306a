#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "daemon/threads/step_thread.h"
#include "engine/sweeps/sweeper.h"
#include "headroom/chat_api.h"
#include "headroom/clock.h"

namespace headroom {

// One thread that steps the sweeper, and readers with a Chat client each, which are there only while a sweep runs.
class SweepThreads {
 public:
  // `make_chat` is called on a reader's thread. `failed`: an exception; its thread goes on after a second.
  // `leads`: before each step, on its thread; false: another node sweeps.
  SweepThreads(Sweeper& sweeper, const Clock& clock, int readers, std::function<bool()> leads,
               std::function<std::unique_ptr<ChatApi>()> make_chat, std::function<void(const std::string&)> failed);
  ~SweepThreads();
  // There may be something to do: a sweep was asked for, the scheduler goes on.
  void wake();
  // The threads end after the calls in hand, which stop() waits for.
  void ask_to_stop();
  void stop();

 private:
  SteadyMs step();
  void read();
  void start_or_end_readers();

  Sweeper& sweeper_;
  const Clock& clock_;
  const int count_;
  const std::function<bool()> leads_;
  const std::function<std::unique_ptr<ChatApi>()> make_chat_;
  const std::function<void(const std::string&)> failed_;

  std::mutex mutex_;  // guards what follows, up to the threads
  std::condition_variable reader_;
  bool stopping_ = false;
  std::uint64_t steps_ = 0;

  std::vector<std::thread> readers_;  // the stepper's, as long as it is there
  StepThread stepper_;                // last: it uses all of the above
};

}  // namespace headroom
