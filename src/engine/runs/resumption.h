#pragma once

#include <cstdint>
#include <variant>

#include "engine/gate/settings.h"
#include "headroom/run.h"
#include "headroom/storage.h"

// A run that waited for the calendar is asked about.
namespace headroom {

// What becomes of a parked run that is asked about.
struct StaysParked {};
struct GoesOn {
  Run run;
};
struct Ends {
  Run run;  // runs still, and is to be closed by looking
  Reason reason;
};
using Unparked = std::variant<StaysParked, GoesOn, Ends>;
// Part of a transaction. It goes on with what the limits leave it today, if its plan is young enough.
Unparked unpark(Transaction& storage, std::int64_t run_id, const Settings& settings, TimeMs now);

}  // namespace headroom
