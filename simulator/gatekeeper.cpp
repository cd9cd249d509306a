#include "simulator/gatekeeper.h"

#include <charconv>
#include <optional>

#include "simulator/user_sig_check.h"

namespace chatsim {
namespace {

constexpr std::int64_t kLockoutMs = 60'000;

template <typename Number>
std::optional<Number> to_number(const std::string& text) {
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

int Gatekeeper::check_caller(const HttpRequest& request) {
  const auto app = request.query_value("sdkappid");
  if (!app) return 60012;
  const auto identifier = request.query_value("identifier");
  const auto user_sig = request.query_value("usersig");
  const auto random = request.query_value("random");
  if (!identifier || identifier->empty() || !user_sig || user_sig->empty() || !random ||
      !to_number<std::uint32_t>(*random) || request.query_value("contenttype") != "json") {
    return 60025;
  }
  const auto number = to_number<std::uint64_t>(*app);
  if (!number) return 60006;
  if (*number != credentials_.sdk_app_id) return 70020;
  if (const int code = check_signature(*user_sig, *identifier); code != 0) return code;
  return credentials_.admins.contains(*identifier) ? 0 : 60010;
}

int Gatekeeper::check_signature(const std::string& user_sig, const std::string& identifier) {
  const std::int64_t now = clock_();
  const std::lock_guard lock(mutex_);
  while (!failures_ms_.empty() && now - failures_ms_.front() >= kLockoutMs) failures_ms_.pop_front();
  if (failures_ms_.size() >= static_cast<std::size_t>(limits_.signature_failures)) return 70050;
  const int code = check_user_sig(user_sig, {credentials_.sdk_app_id, identifier, credentials_.secret_key, now / 1000});
  if (code != 0) failures_ms_.push_back(now);
  return code;
}

Gatekeeper::Admission Gatekeeper::count_call(const std::string& api) {
  const int limit = limits_.calls_per_second_of(api);
  const std::int64_t second = rate_clock_() / 1000;
  const std::lock_guard lock(mutex_);
  Window& window = windows_[api];
  if (window.second != second) window = {second, 0};
  ++window.calls;
  // A limit of 1/s has no 80 %: every allowed call would raise the alarm.
  const int alarm_at = limit * 8 / 10 + 1;
  return {window.calls > limit ? 60007 : 0, limit >= 5 && window.calls == alarm_at, window.calls};
}

}  // namespace chatsim
