#pragma once

#include "headroom/policy.h"
#include "text/json_object.h"
#include "text/units.h"

namespace headroom::admin {

// A policy under the names of its configuration keys, with values as they could stand there: durations in the greatest
// unit that is exact ("30d", "90m", "0"), a share as "5%" and a count as a number.
void write_policy(JsonObject& writer, const Policy& policy);

}  // namespace headroom::admin
