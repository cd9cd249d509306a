#include "engine/gate/stop.h"

namespace headroom {

Stop reason_with(const Stop& stop, const std::optional<Look>& look) {
  const bool proven = look && look->gone;
  return stop.reason == Reason::kGone && stop.code != 0 && !proven ? Stop{Reason::of_chat(stop.code)} : stop;
}

Stop stop_of(ChatOutcome outcome, int code) {
  const Reason by_code = Reason::of_chat(code);
  switch (outcome) {
    case ChatOutcome::kCredentialsRejected:
    case ChatOutcome::kOperatorNeeded:
      return {by_code, true};
    case ChatOutcome::kRefused:
      if (means_gone(code)) return {Reason::kGone, false, code};
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
