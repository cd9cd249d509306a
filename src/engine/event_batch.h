#pragma once

#include <span>
#include <vector>

#include "engine/gate/settings.h"
#include "headroom/event_sink.h"
#include "headroom/transaction.h"

namespace headroom {

// What store_event() does with each of them in their order, in a few statements: one for all events of groups that are
// known to be full, three for the others. Who leaves a group that is known costs one more each. Groups that give way to
// new ones do so behind all of them.
std::vector<Stored> store_events(Transaction& storage, std::span<const Event> events, const Settings& settings);

}  // namespace headroom
