#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "headroom/types.h"

namespace headroom {

// RFC 3339 in UTC with milliseconds, "2026-11-23T06:45:00.000Z". Times outside 0..kMaxTimeMs are clamped.
std::string format_time(TimeMs time);
// The reverse; a time zone offset and 0 to 9 fractional digits are accepted. nullopt when it is no such time.
std::optional<TimeMs> parse_time(std::string_view text);

}  // namespace headroom
