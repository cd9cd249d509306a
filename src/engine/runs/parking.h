#pragma once

#include "engine/gate/settings.h"
#include "headroom/run.h"
#include "headroom/storage.h"

// A run waits for the calendar. Each is part of one transaction.
namespace headroom {

// It holds nothing of the limits and no worker; its group is due at the opening. Returns it as it is stored then.
Run park(Transaction& storage, Run run, const Settings& settings, TimeMs now);

// A plan that is made now could not be carried out while it is young enough.
bool opens_too_late(const Settings& settings, TimeMs now);

// Somebody of it was sent to delete: only while this process lives is it known that nothing of that is on its way.
bool has_sent(RunView& view, const Run& run);

// An operator orders a run of his own that does not wait: false when this one has to be looked up first.
bool give_way(Transaction& storage, Run& parked, TimeMs now);

}  // namespace headroom
