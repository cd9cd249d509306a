#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>

namespace headroom {

// Lines on their way to a file descriptor. Whoever logs never waits for the reader: a thread writes, and what it can
// not write waits here up to a limit; further lines are dropped and counted. All calls are thread-safe.
class LogQueue {
 public:
  struct Options {
    std::size_t capacity = 1 << 20;  // bytes that wait
    // At the end: how long a reader may take for some more of what waits.
    std::chrono::milliseconds patience{500};
  };

  // `fd` stays the caller's.
  LogQueue(int fd, Options options);
  // Writes what waits, while somebody reads.
  ~LogQueue();
  LogQueue(const LogQueue&) = delete;
  LogQueue& operator=(const LogQueue&) = delete;

  // `line` with its line break.
  void push(std::string line);
  std::uint64_t dropped() const;
  // How many were dropped since the last call; 0 while hardly anything is read.
  std::uint64_t take_unreported();

 private:
  struct State;

  // Shared with the thread: one that hangs in a write that never ends is left behind.
  const std::shared_ptr<State> state_;
  std::thread thread_;
};

}  // namespace headroom
