#pragma once

#include "engine/gate/pause_switch.h"
#include "engine/gate/settings.h"
#include "headroom/control.h"
#include "headroom/storage.h"

// What an operator, or the time, makes of a plan. Each is part of one transaction.
namespace headroom {

// A plan that waits, or one of mode `plan`, begins to run: exactly as stored, but for what the daily limits do not
// leave any more. A waiting plan has reserved nothing; from here on it has.
Result<Run> approve(Transaction& storage, Run run, const Settings& settings, bool paused, TimeMs now);
Result<Run> reject(Transaction& storage, Run run, const Settings& settings, TimeMs now);

// Older than scheduler.approval_ttl; a look that came to the same plan makes it young again.
bool is_too_old(const Run& plan, const Settings& settings, TimeMs now);
// Ends a plan that waits for a group that is gone. Returns it as it is stored then.
Run end_with_group(Transaction& storage, Run run, TimeMs now);
// Ends a plan that waits, as kRejected or kExpired. Returns it as it is stored then.
Run end_waiting(Transaction& storage, Run run, RunState state, const Settings& settings, TimeMs now);

}  // namespace headroom
