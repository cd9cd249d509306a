#include "engine/gate/pause_switch.h"

#include <optional>
#include <utility>

#include "headroom/names.h"

namespace headroom {
namespace {

constexpr const char* kOperatorKey = "pause.operator";
constexpr const char* kOwnKey = "pause.own";
constexpr const char* kOwnGroupKey = "pause.own_group";

std::optional<std::string> or_absent(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

// A word that nobody knows (of a later version, say) pauses all the same: it ends as soon as Chat answers.
Reason own_reason_of(const std::optional<std::string>& stored) {
  return stored ? named<Reason>(*stored).value_or(Reason::kChatUnreachable) : Reason();
}

}  // namespace

std::set<PauseCause> PauseSwitch::causes_of(const State& state) {
  std::set<PauseCause> causes;
  if (!state.operator_reason.empty()) causes.insert(PauseCause::kOperator);
  if (!state.own_reason.empty()) causes.insert(pauses_as(state.own_reason));
  return causes;
}

PauseSwitch::State PauseSwitch::read(ReadView& view) {
  return {view.setting(kOperatorKey).value_or(""), own_reason_of(view.setting(kOwnKey)),
          view.setting(kOwnGroupKey).value_or("")};
}

void PauseSwitch::write(Transaction& storage, const State& state) {
  storage.put_setting(kOperatorKey, or_absent(state.operator_reason));
  storage.put_setting(kOwnKey, or_absent(name_of(state.own_reason)));
  storage.put_setting(kOwnGroupKey, or_absent(state.own_group));
}

PauseSwitch::State PauseSwitch::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

void PauseSwitch::show(State state) {
  const std::lock_guard lock(mutex_);
  state_ = std::move(state);
}

}  // namespace headroom
