#include "ctl/when.h"

#include <time.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "text/time_text.h"
#include "text/units.h"

namespace headroom::ctl {
namespace {

std::tm parts_of(TimeMs moment, Zone zone) {
  const std::time_t seconds = moment / kSecondMs;
  std::tm parts{};
  if (zone == Zone::kUtc) {
    ::gmtime_r(&seconds, &parts);
  } else {
    ::localtime_r(&seconds, &parts);
  }
  return parts;
}

bool is_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  return std::all_of(text.begin(), text.end(), [](char c) { return c == '-' || is_digit(c); });
}

std::optional<TimeMs> first_moment(std::string_view date, Zone zone) {
  const auto utc = parse_time(std::string(date) + "T00:00:00Z");
  if (!utc || zone == Zone::kUtc) return utc;
  std::tm parts = parts_of(*utc, Zone::kUtc);
  parts.tm_isdst = -1;
  return static_cast<TimeMs>(::mktime(&parts)) * kSecondMs;
}

}  // namespace

std::optional<TimeMs> parse_moment(std::string_view text, TimeMs now, Zone zone, Direction direction) {
  if (is_date(text)) return first_moment(text, zone);
  if (const auto time = parse_time(text)) return time;
  const auto span = parse_duration(text);
  if (!span) return std::nullopt;
  const DurationMs bounded = std::min(*span, kMaxTimeMs);
  return direction == Direction::kBack ? std::max<TimeMs>(0, now - bounded) : std::min(kMaxTimeMs, now + bounded);
}

std::string show_moment(TimeMs moment, Zone zone) {
  const std::tm parts = parts_of(std::clamp<TimeMs>(moment, 0, kMaxTimeMs), zone);
  std::array<char, 64> text{};
  const std::size_t length =
      std::strftime(text.data(), text.size(), zone == Zone::kUtc ? "%Y-%m-%d %H:%M:%SZ" : "%Y-%m-%d %H:%M:%S", &parts);
  return {text.data(), length};
}

std::string show_span(DurationMs span) {
  span = std::max<DurationMs>(0, span);
  const std::int64_t days = span / kDayMs, hours = span % kDayMs / kHourMs, minutes = span % kHourMs / kMinuteMs;
  const auto pair = [](std::int64_t large, const char* one, std::int64_t small, const char* other) {
    const std::string first = std::to_string(large) + one;
    return small == 0 ? first : first + " " + std::to_string(small) + other;
  };
  if (days >= 30) return std::to_string(days) + "d";
  if (days > 0) return pair(days, "d", hours, "h");
  if (hours > 0) return pair(hours, "h", minutes, "m");
  if (minutes > 0) return pair(minutes, "m", span % kMinuteMs / kSecondMs, "s");
  return std::to_string(span / kSecondMs) + "s";
}

}  // namespace headroom::ctl
