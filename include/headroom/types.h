#pragma once

#include <cstdint>

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

}  // namespace headroom
