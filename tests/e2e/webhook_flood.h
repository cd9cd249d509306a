#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

namespace headroom::e2e {

// Tells the daemon of `count` full groups that do not exist, or so often of `groups` of them, on a few connections that
// stay open. Ends by itself, and at the latest when it is destroyed.
class WebhookFlood {
 public:
  // `url`: the webhook's, with its query.
  WebhookFlood(std::string url, std::int64_t count, int connections, std::int64_t groups = 4294967296);
  ~WebhookFlood();
  WebhookFlood(const WebhookFlood&) = delete;
  WebhookFlood& operator=(const WebhookFlood&) = delete;

  std::int64_t sent() const { return next_; }
  // Answered 200.
  std::int64_t recorded() const { return recorded_; }
  bool over() const { return senders_left_ == 0; }

 private:
  void send();

  const std::string url_;
  const std::int64_t count_;
  const std::int64_t groups_;
  std::atomic<std::int64_t> next_ = 0;
  std::atomic<std::int64_t> recorded_ = 0;
  std::atomic<int> senders_left_;
  std::atomic<bool> stopping_ = false;
  std::vector<std::thread> senders_;
};

}  // namespace headroom::e2e
