#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <ostream>
#include <string>
#include <thread>
#include <vector>

namespace headroom::hostile {

// Chat itself: webhooks of full groups, each with an event of its own, one after the other until it is told to stop.
class HonestClient {
 public:
  enum class Connections {
    kKept,    // one for all
    kInTurn,  // an own one for every second webhook, too
  };
  struct Report {
    std::vector<double> took_ms;  // of each webhook that was answered with 200, from before its connect, sorted
    int failed = 0;               // answered otherwise, or not at all
    std::string first_failure;

    double worst_ms() const { return took_ms.empty() ? 0 : took_ms.back(); }
  };

  HonestClient(std::uint16_t port, Connections connections);
  ~HonestClient();
  HonestClient(const HonestClient&) = delete;
  HonestClient& operator=(const HonestClient&) = delete;

  std::size_t answered() const { return answered_; }
  bool wait_for_answers(std::size_t count) const;  // so many more than now
  Report stop();

 private:
  void run();

  const std::uint16_t port_;
  const Connections connections_;
  std::atomic<bool> stopping_ = false;
  std::atomic<std::size_t> answered_ = 0;
  Report report_;  // the thread's, until it has ended
  std::thread thread_;
};

std::ostream& operator<<(std::ostream& out, const HonestClient::Report& report);

// One honest webhook of a full group, ready to be sent.
std::string honest_webhook(std::uint64_t event_time, const std::string& more_headers = {});

}  // namespace headroom::hostile
