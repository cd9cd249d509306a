#pragma once

#include <vector>

#include "headroom/storage.h"
#include "postgres/connection.h"

namespace headroom::postgres {

std::vector<TimelineBucket> timeline(Connection& connection, TimelineUnit unit, TimeMs since, TimeMs last);

}  // namespace headroom::postgres
