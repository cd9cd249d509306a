#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "headroom/types.h"

// Numbers with and without a unit. Reading takes the whole text and returns nullopt for what is not of its kind;
// writing gives the shortest text that is read as the same.
namespace headroom {

inline bool is_digit(char c) { return c >= '0' && c <= '9'; }
// Without blanks, tabs and line ends around it.
std::string_view trim(std::string_view text);

std::optional<std::int64_t> parse_count(std::string_view text);    // decimal digits
std::optional<DurationMs> parse_duration(std::string_view text);   // 500ms 30s 10m 2h 7d, and 0
std::optional<std::int64_t> parse_size(std::string_view text);     // bytes: 4096 64KiB 1MiB
std::optional<std::int64_t> parse_percent(std::string_view text);  // 5% 0.5%, up to 100%; in millionths

std::string format_duration(DurationMs value);               // "90m", "1500ms", "0"
std::string format_size(std::int64_t bytes);                 // "64KiB"
std::string format_percent(std::int64_t parts_per_million);  // "0.5%"

}  // namespace headroom
