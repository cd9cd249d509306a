#include "engine/looks/asking.h"

#include "headroom/names.h"

namespace headroom {

std::optional<Denied> refuse_to_ask(const Settings& settings, const PauseSwitch& pause) {
  if (settings.mode == SchedulerMode::kObserve)
    return Denied{Denied::kConflict, "the daemon runs in mode observe: it asks nobody"};
  if (const Reason reason = pause.state().own_reason; !reason.empty()) {
    return Denied{Denied::kUnavailable, "the scheduler has paused itself, Chat is not asked: " + name_of(reason)};
  }
  return std::nullopt;
}

Denied unanswered(const Stop& stop) {
  if (stop.reason == Reason::kGone) return {Denied::kNotFound, "Chat knows no such group"};
  const bool answered = stop.reason.kind == Reason::kChatError;
  return {Denied::kUnavailable, (answered ? "Chat refused: " : "Chat did not answer: ") + name_of(stop.reason)};
}

}  // namespace headroom
