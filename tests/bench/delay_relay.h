#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <thread>

#include "tests/support/relay_sockets.h"

namespace headroom::bench {

// A way to a Unix socket that takes time: a port of 127.0.0.1 whose connections are carried there, and each byte half
// of `round_trip` later. Ends with the object.
class DelayRelay {
 public:
  DelayRelay(std::string socket_path, std::chrono::microseconds round_trip);
  ~DelayRelay();
  DelayRelay(const DelayRelay&) = delete;
  DelayRelay& operator=(const DelayRelay&) = delete;

  int port() const { return listener_.port; }
  // How often somebody has said something to whom the other end had answered last.
  std::int64_t round_trips() const { return round_trips_; }

 private:
  void run();

  const std::string socket_path_;
  const std::chrono::microseconds one_way_;
  const test::LoopbackListener listener_ = test::listen_on_loopback();
  int wake_[2] = {-1, -1};  // closed at the end
  std::atomic<std::int64_t> round_trips_ = 0;
  std::thread thread_;
};

}  // namespace headroom::bench
