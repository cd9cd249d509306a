#pragma once

#include "engine/gate/settings.h"
#include "headroom/run.h"

// What the calendar says, asked before anybody is removed or a limit is raised. Plans and restores ask nothing.
namespace headroom {

// An operator's force is over nothing but the calendar.
bool is_closed(const Settings& settings, const Run& run, TimeMs now);

// When it is asked again for a run that waits: at the opening.
TimeMs next_question(const Settings& settings, TimeMs now);

}  // namespace headroom
