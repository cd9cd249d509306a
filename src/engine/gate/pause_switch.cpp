#include "engine/gate/pause_switch.h"

#include <charconv>
#include <optional>
#include <utility>

#include "headroom/chat_errors.h"

namespace headroom {
namespace {

constexpr const char* kOperatorKey = "pause.operator";
constexpr const char* kOwnKey = "pause.own";
constexpr const char* kOwnGroupKey = "pause.own_group";

std::optional<std::string> or_absent(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

PauseCause cause_of_own(std::string_view reason) {
  constexpr std::string_view kCode = "chat_error_";
  if (reason == "clock_skew") return PauseCause::kClockSkew;
  if (!reason.starts_with(kCode)) return PauseCause::kOperatorNeeded;
  int code = 0;
  std::from_chars(reason.data() + kCode.size(), reason.data() + reason.size(), code);
  return classify(code) == ChatOutcome::kCredentialsRejected ? PauseCause::kCredentialsRejected
                                                             : PauseCause::kOperatorNeeded;
}

}  // namespace

std::string_view name_of(PauseCause value) {
  switch (value) {
    case PauseCause::kOperator:
      return "operator";
    case PauseCause::kCredentialsRejected:
      return "credentials_rejected";
    case PauseCause::kOperatorNeeded:
      return "operator_needed";
    case PauseCause::kClockSkew:
      return "clock_skew";
    case PauseCause::kStorageFailing:
      return kStorageFailing;
  }
  return "";
}

std::set<PauseCause> PauseSwitch::causes_of(const State& state) {
  std::set<PauseCause> causes;
  if (!state.operator_reason.empty()) causes.insert(PauseCause::kOperator);
  if (!state.own_reason.empty()) causes.insert(cause_of_own(state.own_reason));
  return causes;
}

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
