#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "headroom/types.h"

// Moments, as people write and read them.
namespace headroom::ctl {

enum class Zone { kLocal, kUtc };  // local: that of TZ
enum class Direction { kBack, kAhead };

// RFC 3339, a date (its first moment in the zone), or a duration (2h) from now; nullopt when it is none of them.
std::optional<TimeMs> parse_moment(std::string_view text, TimeMs now, Zone zone, Direction direction);

// "2026-11-29 10:06:05"; in UTC with a Z behind it.
std::string show_moment(TimeMs moment, Zone zone);

// The larger two units: "3d 4h", "5m", "0s". What is negative is none.
std::string show_span(DurationMs span);

}  // namespace headroom::ctl
