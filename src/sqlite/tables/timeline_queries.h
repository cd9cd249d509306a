#pragma once

#include <vector>

#include "headroom/storage.h"
#include "sqlite/connection.h"

namespace headroom::sqlite {

std::vector<TimelineBucket> timeline(Connection& connection, TimelineUnit unit, TimeMs since, TimeMs last);

}  // namespace headroom::sqlite
