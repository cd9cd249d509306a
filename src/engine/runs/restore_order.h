#pragma once

#include "engine/gate/pause_switch.h"
#include "engine/gate/settings.h"
#include "headroom/control.h"
#include "headroom/storage.h"

namespace headroom {

// Part of one transaction: stores the run that brings the members back whom `source` removed, most recently alive
// first, and leaves it running. An operator's pause does not forbid it, nor does an exemption: both are about removing.
Result<Run> begin_restore(Transaction& storage, const Run& source, const Settings& settings,
                          const PauseSwitch::State& pause, TimeMs now);

// The same for a limit that `source` raised: it is set back to what it was, where `group`, by a fresh look, has no more
// members than that.
Result<Run> begin_limit_restore(Transaction& storage, const Run& source, const GroupInfo& group,
                                const Settings& settings, const PauseSwitch::State& pause, TimeMs now);

}  // namespace headroom
