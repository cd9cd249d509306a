#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace headroom::soak {

using SteadyClock = std::chrono::steady_clock;

// The `number`th webhook of a burst, with an event of its own.
std::string webhook(std::size_t number, std::uint64_t event, bool keep_alive);

// A client's connection with one webhook at a time. What fails leaves it closed, without a status.
class BurstConnection {
 public:
  BurstConnection() = default;
  ~BurstConnection() { close(); }
  BurstConnection(const BurstConnection&) = delete;
  BurstConnection& operator=(const BurstConnection&) = delete;
  BurstConnection(BurstConnection&& other) noexcept;
  BurstConnection& operator=(BurstConnection&&) = delete;

  void open(std::uint16_t port);
  void close();
  void send(const std::string& request);
  void read_some();  // never waits

  int fd() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }
  bool waits() const { return fd_ >= 0 && status_ == 0; }
  int status() const { return status_; }  // of the present webhook's answer; 0: none yet
  SteadyClock::time_point answered_at() const { return answered_at_; }

 private:
  int fd_ = -1;
  int status_ = 0;
  std::string answer_;
  SteadyClock::time_point answered_at_;
};

}  // namespace headroom::soak
