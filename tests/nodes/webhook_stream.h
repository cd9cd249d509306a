#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace headroom::e2e {

// Webhooks of full groups, each sent once, as Chat does: over kept connections, and 2 s are waited for an answer.
class WebhookStream {
 public:
  static constexpr double kChatWaits = 2;  // seconds
  struct Sent {
    std::string group;
    std::int64_t event_time = 0;  // no two have the same
    long status = 0;              // 0: no answer in time
    double seconds = 0;
  };

  // `url` with the path. A certificate is not looked at.
  WebhookStream(std::string url, int senders);
  ~WebhookStream();
  WebhookStream(const WebhookStream&) = delete;
  WebhookStream& operator=(const WebhookStream&) = delete;

  std::size_t number() const;
  std::vector<Sent> stop();

 private:
  void loop();

  const std::string url_;
  std::atomic<std::int64_t> next_;
  std::atomic<bool> stopping_ = false;
  mutable std::mutex mutex_;
  std::vector<Sent> sent_;  // guarded by mutex_
  std::vector<std::thread> threads_;
};

}  // namespace headroom::e2e
