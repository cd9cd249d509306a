#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "simulator/clock.h"
#include "simulator/webhook_event.h"

namespace chatsim {

struct WebhookOptions {
  std::string url;    // empty: events are dropped, as with a callback that is not configured
  std::string token;  // empty: no Sign and RequestTime
  std::string ca_file;
  std::uint64_t sdk_app_id = 0;
  EventTimeMode event_time = EventTimeMode::kInteger;
  bool duplicate = false;  // every event is sent twice
  bool reorder = false;    // the newest waiting event goes first
  int retries = 0;         // after a time-out; Chat's default is none [34520]
  int threads = 1;         // 1 keeps the order
  std::int64_t timeout_ms = 2000;
  std::size_t queue = 100'000;
};

struct WebhookCounts {
  std::uint64_t queued = 0;
  std::uint64_t sent = 0;  // requests, repeats included
  std::uint64_t ok = 0;    // status 200 and a JSON body
  std::uint64_t failed = 0;
  std::uint64_t timeouts = 0;  // of the failed ones
  std::uint64_t dropped = 0;   // no URL, switched off, or the queue was full
};

// One request as it was made.
struct Delivery {
  std::string command;
  std::string group_id;
  std::string body;
  long status = 0;  // 0: no answer
  bool ok = false;
  bool timed_out = false;
  std::int64_t took_ms = 0;
};

// Sends webhooks as Chat does: POST, keep-alive, 2 s in all, no Content-Type [34354].
class WebhookSender {
 public:
  static constexpr std::size_t kMaxDeliveries = 100'000;  // kept for tests; the oldest give way

  WebhookSender(WebhookOptions options, Clock clock) : clock_(std::move(clock)), options_(std::move(options)) {}
  ~WebhookSender() { stop(); }
  WebhookSender(const WebhookSender&) = delete;
  WebhookSender& operator=(const WebhookSender&) = delete;

  void start();
  // Drops what waits; a request under way is finished.
  void stop();
  void post(WebhookEvent event);
  // Waits until nothing is queued or under way; false when `ms` did not suffice.
  bool flush(std::int64_t ms = 30'000);

  void set_url(const std::string& url);
  void set_token(const std::string& token);
  void set_event_time(EventTimeMode mode);
  void set_duplicate(bool on);
  void set_reorder(bool on);
  void set_enabled(const std::string& command, bool on);
  // While paused, events wait in the queue.
  void set_paused(bool on);
  WebhookCounts counts() const;
  std::vector<Delivery> deliveries() const;

 private:
  void work();
  bool next_event(WebhookEvent& event);
  void record(Delivery delivery);

  const Clock clock_;
  std::vector<std::thread> threads_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  WebhookOptions options_;
  std::set<std::string> disabled_;
  std::deque<WebhookEvent> queue_;
  std::deque<Delivery> deliveries_;
  WebhookCounts counts_;
  std::size_t under_way_ = 0;
  bool paused_ = false;
  bool stopping_ = false;
};

}  // namespace chatsim
