#pragma once

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <string>
#include <thread>

#include "tests/support/relay_sockets.h"

namespace headroom::test {

// What a server that is asked for TLS answers, and then goes: 'N', it has none; 'S', it has, and never shows it.
class TlsStub {
 public:
  explicit TlsStub(char answer) : answer_(answer), thread_([this] { loop(); }) {}
  ~TlsStub() {
    over_ = true;
    thread_.join();
    ::close(listener_.fd);
  }
  TlsStub(const TlsStub&) = delete;
  TlsStub& operator=(const TlsStub&) = delete;

  std::string port() const { return std::to_string(listener_.port); }
  std::string url(const std::string& parameters) const {
    return "postgresql://headroom@127.0.0.1:" + port() + "/headroom?" + parameters;
  }

 private:
  void loop() const {
    while (!over_) {
      pollfd entry{listener_.fd, POLLIN, 0};
      if (::poll(&entry, 1, 20) <= 0) continue;
      const int client = accept_from(listener_);
      std::array<char, 8> asked{};  // SSLRequest
      ::recv(client, asked.data(), asked.size(), MSG_WAITALL);
      ::send(client, &answer_, 1, MSG_NOSIGNAL);
      ::close(client);
    }
  }

  const LoopbackListener listener_ = listen_on_loopback();
  const char answer_;
  std::atomic<bool> over_ = false;
  std::thread thread_;
};

}  // namespace headroom::test
