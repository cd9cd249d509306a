#include "app/pause_switch.h"

#include <optional>
#include <utility>

namespace headroom {
namespace {

constexpr const char* kOperatorKey = "pause.operator";
constexpr const char* kOwnKey = "pause.own";
constexpr const char* kOwnGroupKey = "pause.own_group";

std::optional<std::string> or_absent(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

}  // namespace

PauseSwitch::State PauseSwitch::read(ReadView& view) {
  return {view.setting(kOperatorKey).value_or(""), view.setting(kOwnKey).value_or(""),
          view.setting(kOwnGroupKey).value_or("")};
}

void PauseSwitch::write(Storage& storage, const State& state) {
  storage.put_setting(kOperatorKey, or_absent(state.operator_reason));
  storage.put_setting(kOwnKey, or_absent(state.own_reason));
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
