#pragma once

#include <string>

#include "admin/writer.h"
#include "headroom/policy.h"

namespace headroom::http {

// A policy under the names of its configuration keys, with values as they could stand there: durations in the greatest
// unit that is exact ("30d", "90m", "0"), a share as "5%" and a count as a number.
void write_policy(AdminWriter& writer, const Policy& policy);

std::string duration_text(DurationMs duration);
std::string percent_text(std::int64_t parts_per_million);

}  // namespace headroom::http
