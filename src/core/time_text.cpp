#include <algorithm>
#include <array>
#include <cstdio>

#include "headroom/types.h"

namespace headroom {
namespace {

struct Date {
  std::int64_t year;
  int month, day;
};

// Days since 1970-01-01 of the proleptic Gregorian calendar, and back, by counting in years that begin in March.
std::int64_t days_from_date(Date date) {
  const std::int64_t y = date.year - (date.month <= 2 ? 1 : 0);
  const std::int64_t era = (y >= 0 ? y : y - 399) / 400;
  const std::int64_t year_of_era = y - era * 400;
  const std::int64_t month_from_march = (date.month + 9) % 12;
  const std::int64_t day_of_year = (153 * month_from_march + 2) / 5 + date.day - 1;
  return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

Date date_from_days(std::int64_t days) {
  days += 719468;
  const std::int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  const std::int64_t day_of_era = days - era * 146097;
  const std::int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t month_from_march = (5 * day_of_year + 2) / 153;
  const int day = static_cast<int>(day_of_year - (153 * month_from_march + 2) / 5 + 1);
  const int month = static_cast<int>(month_from_march < 10 ? month_from_march + 3 : month_from_march - 9);
  return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month, day};
}

int days_in_month(std::int64_t year, int month) {
  constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : kDays[static_cast<std::size_t>(month - 1)];
}

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
  const Date date = date_from_days(time / kDayMs);
  const auto in_day = time % kDayMs;
  std::array<char, 48> text{};
  const int length = std::snprintf(
      text.data(), text.size(), "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year), date.month,
      date.day, static_cast<int>(in_day / kHourMs), static_cast<int>(in_day % kHourMs / kMinuteMs),
      static_cast<int>(in_day % kMinuteMs / kSecondMs), static_cast<int>(in_day % kSecondMs));
  return {text.data(), static_cast<std::size_t>(length)};
}

std::optional<TimeMs> parse_time(std::string_view text) {
  Scanner scan{text};
  Date date{};
  date.year = scan.number(4);
  scan.expect("-");
  date.month = scan.number(2);
  scan.expect("-");
  date.day = scan.number(2);
  scan.expect("Tt ");
  const int hour = scan.number(2);
  scan.expect(":");
  const int minute = scan.number(2);
  scan.expect(":");
  const int second = scan.number(2);
  const DurationMs fraction = scan.ok ? scan.fraction() : 0;
  const DurationMs offset = scan.ok ? scan.offset() : 0;
  if (!scan.ok || !scan.text.empty()) return std::nullopt;
  if (date.month < 1 || date.month > 12 || date.day < 1 || date.day > days_in_month(date.year, date.month) ||
      hour > 23 || minute > 59 || second > 59) {
    return std::nullopt;
  }
  return days_from_date(date) * kDayMs + hour * kHourMs + minute * kMinuteMs + second * kSecondMs + fraction - offset;
}

}  // namespace headroom
