#include "engine/gate/stop.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace headroom {

bool is_error(const std::string& reason) {
  constexpr std::array<std::string_view, 10> kNoError = {
      "",       "has_room", "gone",         "nobody_removable", "unsupported_type", "daily_limit",
      "exempt", "paused",   "mode_changed", "too_small"};
  return std::find(kNoError.begin(), kNoError.end(), reason) == kNoError.end();
}

Stop reason_with(const Stop& stop, const std::optional<Look>& look) {
  const bool proven = look && look->gone;
  return stop.reason == "gone" && stop.code != 0 && !proven ? Stop{"chat_error_" + std::to_string(stop.code)} : stop;
}

Stop stop_of(ChatOutcome outcome, int code) {
  const std::string by_code = code == 0 ? "chat_unreachable" : "chat_error_" + std::to_string(code);
  switch (outcome) {
    case ChatOutcome::kCredentialsRejected:
    case ChatOutcome::kOperatorNeeded:
      return {by_code, true};
    case ChatOutcome::kRefused:
      if (means_gone(code)) return {"gone", false, code};
      return {by_code};
    case ChatOutcome::kThrottled:
    case ChatOutcome::kNotSent:
    case ChatOutcome::kOutcomeUnknown:
    case ChatOutcome::kDone:
      return {by_code};
  }
  return {by_code};
}

}  // namespace headroom
