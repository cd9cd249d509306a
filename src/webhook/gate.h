#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "headroom/clock.h"
#include "headroom/types.h"
#include "text/addresses.h"
#include "webhook/http_names.h"
#include "webhook/refusal.h"

namespace headroom::webhook {

struct WebhookRules {
  std::string path = "/chat/webhook";
  std::int64_t sdk_app_id = 0;
  std::vector<std::string> tokens;             // any of them signs; none: Sign and RequestTime are not asked for
  DurationMs request_time_window = kMinuteMs;  // 0: not checked
  CidrList allow_from;                         // empty: everybody
  CidrList trusted_proxies;
};

// What can be said about a webhook before its body is read: the contract's rows 404, 405 and 403. Thread-safe.
class WebhookGate {
 public:
  // `clock` outlives it. Throws std::invalid_argument when `rules.path` is none.
  WebhookGate(WebhookRules rules, const Clock& clock);

  void set_tokens(std::vector<std::string> tokens);

  std::optional<Refusal> check_target(const Request& head) const;
  std::optional<Refusal> check_sender(const Request& head) const;
  // Whether a body is worth keeping: the sender may send, but perhaps for the time.
  bool knows_sender(const Request& head) const;

  // Whoever sent it, as far as proxies are believed.
  std::string sender(const Request& head) const;

 private:
  using Tokens = std::shared_ptr<const std::vector<std::string>>;

  Tokens tokens() const;
  std::optional<Refusal> check_peer(const Request& head) const;
  std::optional<Refusal> check_app(const Request& head) const;
  std::optional<Refusal> check_sign(const Request& head) const;
  std::optional<Refusal> check_window(const Request& head) const;

  const WebhookRules rules_;  // without the tokens
  const std::vector<std::string> path_;
  const std::string app_id_;
  const Clock& clock_;

  mutable std::mutex mutex_;
  Tokens tokens_;  // guarded by mutex_
};

}  // namespace headroom::webhook
