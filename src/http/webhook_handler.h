#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "headroom/clock.h"
#include "headroom/intake.h"
#include "headroom/types.h"
#include "http/cidr.h"
#include "http/server.h"

namespace headroom::http {

// How a webhook was answered: 200 (the first three), 403, any other 4xx, 503, 500.
enum class WebhookResult { kRecorded, kDuplicate, kIgnored, kRefused, kInvalid, kOverloaded, kFailed };
std::string_view name_of(WebhookResult result);

struct WebhookOptions {
  std::string path = "/chat/webhook";
  std::int64_t sdk_app_id = 0;
  std::optional<std::string> token;            // when set, Sign and RequestTime are required
  DurationMs request_time_window = kMinuteMs;  // 0: not checked
  CidrList allow_from;                         // empty: everybody
  CidrList trusted_proxies;
  std::size_t max_body = 64 * 1024;
  DurationMs answer_within = 1200;  // Chat gives up after 2 s, and we promise 1.5
};

// Chat's webhooks: contract, section 4 [34354]. An event is answered with 200 when the intake says that it is on disk.
class WebhookHandler : public Handler {
 public:
  // Called once for every answer, from any thread; `seconds` from the request's last byte to its answer. It must not
  // throw.
  using Observer = std::function<void(WebhookResult result, double seconds)>;

  // `intake` and `clock` outlive it. Throws std::invalid_argument when `options.path` is none.
  WebhookHandler(WebhookOptions options, Intake& intake, const Clock& clock, Observer observer);
  ~WebhookHandler() override;

  std::optional<Response> early(const Request& head) override;
  void handle(Request request, Respond respond) override;
  std::size_t max_body() const override { return options_.max_body; }
  Response error(int status, std::string_view reason) const override;
  bool serves_while_stopping() const override { return true; }
  void tick() override;

  // From now on what would be stored or ignored is answered with 503.
  void drain() { draining_ = true; }

 private:
  struct Refusal {
    int status = 0;
    std::string reason;
  };
  struct Pending;

  std::optional<Refusal> check_target(const Request& head) const;
  std::optional<Refusal> check_sender(const Request& request) const;
  std::optional<Refusal> check_app(const Request& request) const;
  std::optional<Refusal> check_sign(const Request& request) const;
  std::optional<Refusal> check_window(std::string_view request_time) const;
  std::optional<Refusal> check_query(const Request& request) const;
  void record(Event event, Request request, Respond respond);
  void expect(const std::shared_ptr<Pending>& pending);

  const WebhookOptions options_;
  const std::vector<std::string> path_;
  const std::string app_id_;
  Intake& intake_;
  const Clock& clock_;
  const std::shared_ptr<const Observer> observer_;  // completions may come later than the handler's end
  std::atomic<bool> draining_ = false;

  std::mutex mutex_;
  std::deque<std::weak_ptr<Pending>> pending_;  // guarded by mutex_; the first to expire first; 1.2 s of them at most
};

}  // namespace headroom::http
