#pragma once

#include <atomic>
#include <string>
#include <thread>

#include "tests/support/relay_sockets.h"

namespace headroom::soak {

// A port of 127.0.0.1 whose connections are carried to a Unix socket, until it falls silent, as a network does that is
// partitioned: nothing is refused, nobody is told, and what either side says or ends arrives afterwards, if at all.
class SilentRelay {
 public:
  explicit SilentRelay(std::string socket_path);
  ~SilentRelay();
  SilentRelay(const SilentRelay&) = delete;
  SilentRelay& operator=(const SilentRelay&) = delete;

  int port() const { return listener_.port; }
  void fall_silent();
  // What was said meanwhile is carried now, or lost together with its connections.
  void speak_again(bool carry);

 private:
  enum class State { kSpeaks, kSilent, kForgets };
  void set(State state);
  void run();

  const std::string socket_path_;
  std::atomic<State> state_ = State::kSpeaks;
  std::atomic<bool> ending_ = false;
  const test::LoopbackListener listener_ = test::listen_on_loopback();
  int wake_[2] = {-1, -1};
  std::thread thread_;
};

}  // namespace headroom::soak
