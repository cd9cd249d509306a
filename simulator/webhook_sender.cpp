#include "simulator/webhook_sender.h"

#include <algorithm>
#include <chrono>

#include "simulator/webhook_request.h"

namespace chatsim {
namespace {

// How long a reordering sender waits for an event to put in front.
constexpr std::chrono::milliseconds kReorderWait{50};

}  // namespace

void WebhookSender::start() {
  for (int i = 0; i < options_.threads; ++i) threads_.emplace_back([this] { work(); });
}

void WebhookSender::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    counts_.dropped += queue_.size();
    queue_.clear();
    changed_.notify_all();
  }
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void WebhookSender::post(WebhookEvent event) {
  const std::lock_guard lock(mutex_);
  const int copies = options_.duplicate ? 2 : 1;
  for (int i = 0; i < copies; ++i) {
    if (stopping_ || options_.url.empty() || disabled_.contains(event.command) || queue_.size() >= options_.queue) {
      ++counts_.dropped;
      continue;
    }
    ++counts_.queued;
    queue_.push_back(event);
  }
  changed_.notify_all();
}

bool WebhookSender::flush(std::int64_t ms) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, std::chrono::milliseconds(ms), [this] { return queue_.empty() && under_way_ == 0; });
}

bool WebhookSender::next_event(WebhookEvent& event) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return stopping_ || (!queue_.empty() && !paused_); });
  if (!stopping_ && options_.reorder) {
    changed_.wait_for(lock, kReorderWait, [this] { return stopping_ || queue_.size() > 1; });
  }
  if (stopping_) return false;
  if (queue_.empty()) {
    event.command.clear();  // another thread was faster
    return true;
  }
  event = options_.reorder ? std::move(queue_.back()) : std::move(queue_.front());
  options_.reorder ? queue_.pop_back() : queue_.pop_front();
  ++under_way_;
  return true;
}

void WebhookSender::work() {
  WebhookConnection connection;
  WebhookEvent event;
  while (next_event(event)) {
    if (event.command.empty()) continue;
    for (int attempt = 0;; ++attempt) {
      WebhookOptions options;
      {
        const std::lock_guard lock(mutex_);
        if (stopping_) break;
        options = options_;
      }
      Delivery delivery;
      delivery.command = event.command;
      delivery.group_id = event.group_id;
      delivery.body = render(event, options.event_time);
      connection.send(options, webhook_url(options, event, clock_() / 1000), delivery);
      const bool again = delivery.timed_out && attempt < options.retries;
      record(std::move(delivery));
      if (!again) break;
    }
    const std::lock_guard lock(mutex_);
    --under_way_;
    changed_.notify_all();
  }
}

void WebhookSender::record(Delivery delivery) {
  const std::lock_guard lock(mutex_);
  ++counts_.sent;
  ++(delivery.ok ? counts_.ok : counts_.failed);
  if (delivery.timed_out) ++counts_.timeouts;
  if (deliveries_.size() == kMaxDeliveries) deliveries_.pop_front();
  deliveries_.push_back(std::move(delivery));
}

void WebhookSender::set_url(const std::string& url) {
  const std::lock_guard lock(mutex_);
  options_.url = url;
}

void WebhookSender::set_token(const std::string& token) {
  const std::lock_guard lock(mutex_);
  options_.token = token;
}

void WebhookSender::set_event_time(EventTimeMode mode) {
  const std::lock_guard lock(mutex_);
  options_.event_time = mode;
}

void WebhookSender::set_duplicate(bool on) {
  const std::lock_guard lock(mutex_);
  options_.duplicate = on;
}

void WebhookSender::set_reorder(bool on) {
  const std::lock_guard lock(mutex_);
  options_.reorder = on;
}

void WebhookSender::set_enabled(const std::string& command, bool on) {
  const std::lock_guard lock(mutex_);
  on ? static_cast<void>(disabled_.erase(command)) : static_cast<void>(disabled_.insert(command));
}

void WebhookSender::set_paused(bool on) {
  const std::lock_guard lock(mutex_);
  paused_ = on;
  changed_.notify_all();
}

WebhookCounts WebhookSender::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

std::vector<Delivery> WebhookSender::deliveries() const {
  const std::lock_guard lock(mutex_);
  return {deliveries_.begin(), deliveries_.end()};
}

}  // namespace chatsim
