#include "webhook/gate.h"

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <utility>

#include "http/uri.h"
#include "webhook/client_address.h"
#include "webhook/query.h"
#include "webhook/signature.h"

namespace headroom::webhook {

namespace {

constexpr std::size_t kMaxTimeDigits = 12;  // of seconds: beyond the year 9999

bool is_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::vector<std::string> required_path(const std::string& path) {
  auto segments = http::split_path(path);
  if (!segments) throw std::invalid_argument("webhook.path '" + path + "' is no path");
  return std::move(*segments);
}

WebhookRules without_tokens(WebhookRules rules) {
  rules.tokens.clear();
  return rules;
}

// The console's URL had a query of its own, behind which Chat has put another question mark.
bool has_doubled_query(const Request& head) {
  return std::any_of(head.query.begin(), head.query.end(), [](const auto& parameter) {
    return parameter.first.starts_with('?') || parameter.second.find("?SdkAppid=") != std::string::npos ||
           parameter.first.find("?SdkAppid") != std::string::npos;
  });
}

std::string_view without_slash(std::string_view path) {
  while (path.ends_with('/')) path.remove_suffix(1);
  return path;
}

}  // namespace

WebhookGate::WebhookGate(WebhookRules rules, const Clock& clock)
    : rules_(without_tokens(rules)),
      path_(required_path(rules.path)),
      app_id_(std::to_string(rules.sdk_app_id)),
      clock_(clock),
      tokens_(std::make_shared<const std::vector<std::string>>(std::move(rules.tokens))) {}

void WebhookGate::set_tokens(std::vector<std::string> tokens) {
  auto next = std::make_shared<const std::vector<std::string>>(std::move(tokens));
  const std::lock_guard lock(mutex_);
  tokens_ = std::move(next);
}

WebhookGate::Tokens WebhookGate::tokens() const {
  const std::lock_guard lock(mutex_);
  return tokens_;
}

std::optional<Refusal> WebhookGate::check_target(const Request& head) const {
  if (head.path != rules_.path) {  // Chat writes it as it was given
    const auto path = http::split_path(head.path);
    if (!path || *path != path_) {
      Refusal refusal{RefusalReason::kPath, "no such path"};
      if (without_slash(head.path) == without_slash(rules_.path)) {
        refusal.hint = "the slash at the end: the console's callback URL and webhook.path differ in it";
      }
      return refusal;
    }
  }
  if (head.method != "POST") return Refusal{RefusalReason::kMethod, "the method is not POST"};
  return std::nullopt;
}

std::optional<Refusal> WebhookGate::check_sender(const Request& head) const {
  auto refusal = check_peer(head);
  if (!refusal) refusal = check_app(head);
  if (!refusal) refusal = check_sign(head);
  if (!refusal) refusal = check_window(head);
  return refusal;
}

bool WebhookGate::knows_sender(const Request& head) const {
  return !check_peer(head) && !check_app(head) && !check_sign(head);
}

std::string WebhookGate::sender(const Request& head) const {
  return client_address(head.peer, head.header_values("x-forwarded-for"), rules_.trusted_proxies);
}

std::optional<Refusal> WebhookGate::check_peer(const Request& head) const {
  if (rules_.allow_from.empty() || rules_.allow_from.contains(sender(head))) return std::nullopt;
  return Refusal{RefusalReason::kPeer, "this peer is not allowed"};
}

// Exactly our id as we write it: what else reads as the same number was not written by Chat.
std::optional<Refusal> WebhookGate::check_app(const Request& head) const {
  constexpr auto kReason = RefusalReason::kSdkAppId;
  const Parameter id = parameter(head, "SdkAppid");
  if (id.times == 0 && has_doubled_query(head)) {
    return Refusal{kReason, "SdkAppid is missing", "the console's callback URL has a query of its own: leave it out"};
  }
  if (id.times == 0) return Refusal{kReason, "SdkAppid is missing"};
  if (id.times > 1) return Refusal{kReason, "SdkAppid is doubled"};
  if (*id.first != app_id_) return Refusal{kReason, "SdkAppid is another app's"};
  return std::nullopt;
}

std::optional<Refusal> WebhookGate::check_sign(const Request& head) const {
  const Tokens tokens = this->tokens();
  if (tokens->empty()) return std::nullopt;
  constexpr auto kReason = RefusalReason::kSign;
  constexpr const char* kUnsigned = "the console has no token for callbacks: set the one of webhook.token_file there";
  const Parameter sign = parameter(head, "Sign");
  const Parameter time = parameter(head, "RequestTime");
  if (sign.times == 0) return Refusal{kReason, "Sign is missing", kUnsigned};
  if (sign.times > 1) return Refusal{kReason, "Sign is doubled"};
  if (time.times == 0) return Refusal{RefusalReason::kRequestTime, "RequestTime is missing", kUnsigned};
  if (time.times > 1) return Refusal{RefusalReason::kRequestTime, "RequestTime is doubled"};
  if (!is_digits(*time.first)) return Refusal{RefusalReason::kRequestTime, "RequestTime is no number"};
  const bool good = std::any_of(tokens->begin(), tokens->end(),
                                [&](const std::string& token) { return is_signed(token, *time.first, *sign.first); });
  return good ? std::nullopt : std::optional(Refusal{kReason, "Sign is wrong"});
}

// Of a request that is signed.
std::optional<Refusal> WebhookGate::check_window(const Request& head) const {
  const Parameter given = parameter(head, "RequestTime");
  if (rules_.request_time_window == 0 || tokens()->empty() || given.times == 0) return std::nullopt;
  Refusal refusal{RefusalReason::kRequestTime, "RequestTime is out of the window"};
  const std::string& time = *given.first;
  if (time.size() > kMaxTimeDigits) return refusal;
  std::int64_t seconds = 0;
  std::from_chars(time.data(), time.data() + time.size(), seconds);
  const DurationMs distance = clock_.now() - seconds * kSecondMs;
  if (distance <= rules_.request_time_window && distance >= -rules_.request_time_window) return std::nullopt;
  refusal.hint = hint_of(refusal.reason) + ": RequestTime is " + std::to_string(std::abs(distance) / kSecondMs) +
                 (distance > 0 ? " s behind it" : " s ahead of it");
  return refusal;
}

}  // namespace headroom::webhook
