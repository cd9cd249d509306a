#pragma once

#include <optional>

#include "engine/gate/pause_switch.h"
#include "engine/gate/settings.h"
#include "engine/gate/stop.h"
#include "headroom/denied.h"

// Questions of operators that only Chat can answer.
namespace headroom {

// Why Chat is not asked now.
std::optional<Denied> refuse_to_ask(const Settings& settings, const PauseSwitch& pause);
// Why there is no answer.
Denied unanswered(const Stop& stop);

}  // namespace headroom
