#include "text/time_text.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

namespace headroom {
namespace {

// Reads fixed-width pieces off the front of a text; `ok` goes false at the first that does not fit.
struct Scanner {
  std::string_view text;
  bool ok = true;

  int number(std::size_t width) {
    if (text.size() < width) ok = false;
    int value = 0;
    for (std::size_t i = 0; ok && i < width; ++i) {
      if (text[i] < '0' || text[i] > '9') ok = false;
      value = value * 10 + (text[i] - '0');
    }
    if (ok) text.remove_prefix(width);
    return ok ? value : 0;
  }
  bool accept(std::string_view any_of) {
    if (!ok || text.empty() || any_of.find(text.front()) == std::string_view::npos) return false;
    text.remove_prefix(1);
    return true;
  }
  void expect(std::string_view any_of) { ok = accept(any_of); }

  DurationMs fraction() {
    if (!accept(".")) return 0;
    std::size_t digits = 0;
    DurationMs value = 0;
    while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') {
      if (digits < 3) value = value * 10 + (text[digits] - '0');
      ++digits;
    }
    if (digits == 0 || digits > 9) ok = false;
    for (std::size_t i = digits; i < 3; ++i) value *= 10;
    text.remove_prefix(digits);
    return value;
  }
  DurationMs offset() {
    if (accept("Zz")) return 0;
    if (text.empty() || (text.front() != '+' && text.front() != '-')) {
      ok = false;
      return 0;
    }
    const int sign = text.front() == '-' ? -1 : 1;
    text.remove_prefix(1);
    const int hours = number(2);
    expect(":");
    const int minutes = number(2);
    if (hours > 23 || minutes > 59) ok = false;
    return sign * (hours * kHourMs + minutes * kMinuteMs);
  }
};

}  // namespace

std::string format_time(TimeMs time) {
  time = std::clamp<TimeMs>(time, 0, kMaxTimeMs);
  const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(time / kDayMs))};
  const auto in_day = time % kDayMs;
  std::array<char, 48> text{};
  const int length =
      std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()),
                    static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                    static_cast<int>(in_day / kHourMs), static_cast<int>(in_day % kHourMs / kMinuteMs),
                    static_cast<int>(in_day % kMinuteMs / kSecondMs), static_cast<int>(in_day % kSecondMs));
  return {text.data(), static_cast<std::size_t>(length)};
}

std::optional<TimeMs> parse_time(std::string_view text) {
  Scanner scan{text};
  const std::chrono::year year(scan.number(4));
  scan.expect("-");
  const std::chrono::month month(static_cast<unsigned>(scan.number(2)));
  scan.expect("-");
  const std::chrono::day day(static_cast<unsigned>(scan.number(2)));
  scan.expect("Tt ");
  const int hour = scan.number(2);
  scan.expect(":");
  const int minute = scan.number(2);
  scan.expect(":");
  const int second = scan.number(2);
  const DurationMs fraction = scan.ok ? scan.fraction() : 0;
  const DurationMs offset = scan.ok ? scan.offset() : 0;
  if (!scan.ok || !scan.text.empty()) return std::nullopt;
  const std::chrono::year_month_day date(year, month, day);
  if (!date.ok() || hour > 23 || minute > 59 || second > 59) return std::nullopt;
  const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  return days * kDayMs + hour * kHourMs + minute * kMinuteMs + second * kSecondMs + fraction - offset;
}

}  // namespace headroom
