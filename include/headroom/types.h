#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace headroom {

// Milliseconds since the Unix epoch, UTC. Chat's REST replies count in seconds; they are converted at the adapter.
using TimeMs = std::int64_t;
using DurationMs = std::int64_t;

inline constexpr DurationMs kSecondMs = 1000;
inline constexpr DurationMs kMinuteMs = 60 * kSecondMs;
inline constexpr DurationMs kHourMs = 60 * kMinuteMs;
inline constexpr DurationMs kDayMs = 24 * kHourMs;
inline constexpr TimeMs kMaxTimeMs = 253402300799999;  // 9999-12-31T23:59:59.999Z

struct Nothing {};  // the value of what has no result but that it is done

// RFC 3339 in UTC with milliseconds, "2026-11-23T06:45:00.000Z". Times outside 0..kMaxTimeMs are clamped.
std::string format_time(TimeMs time);
// The reverse; a time zone offset and 0 to 9 fractional digits are accepted. nullopt when it is no such time.
std::optional<TimeMs> parse_time(std::string_view text);

}  // namespace headroom
