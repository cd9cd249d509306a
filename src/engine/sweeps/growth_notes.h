#pragma once

#include <cstdint>
#include <vector>

#include "engine/writer.h"
#include "headroom/clock.h"
#include "headroom/group_state.h"

namespace headroom {

// Keeps what a sweep's looks say of how groups fill, unless it is a dry run: a point of the day for each that is
// filling up, and nothing more of those that are not, or not any more. In jobs that hold the writer for a moment each.
void note_growth(Writer& writer, std::int64_t sweep_id, const std::vector<Look>& looks, std::int64_t min_capacity,
                 const Clock& clock);

}  // namespace headroom
