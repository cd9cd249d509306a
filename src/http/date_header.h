#pragma once

#include <optional>
#include <string_view>

#include "headroom/types.h"

namespace headroom {

// An HTTP date (RFC 9110, 5.6.7); nullopt when it is none.
std::optional<TimeMs> parse_http_date(std::string_view text);

// The other side's clock minus ours. A date says only the second: the offset nearest to 0 that it allows.
DurationMs clock_offset_of(TimeMs date, TimeMs our_time);

}  // namespace headroom
