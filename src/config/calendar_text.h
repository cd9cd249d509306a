#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "headroom/calendar.h"

// How a calendar's values are written in the configuration.
namespace headroom {

template <typename Value>
struct CalendarText {
  std::optional<Value> value;
  std::string error;  // what is wrong and what to write instead; empty with a value

  static CalendarText of(Value value) { return {std::move(value), {}}; }
  static CalendarText wrong(std::string error) { return {std::nullopt, std::move(error)}; }
};

inline constexpr std::size_t kMostCalendarEntries = 100;

// `Mon-Fri 09:00-18:00, Sat 10:00-12:00`. `22:00-06:00` ends on the next day, `24:00` is an end, `Sat-Mon` wraps.
// Empty: always.
CalendarText<std::vector<WeekSpan>> parse_hours(std::string_view text);

// `2027-01-28..2027-02-06 Spring Festival, 2027-05-01 Labour Day`: both days belong to it.
CalendarText<std::vector<Freeze>> parse_freezes(std::string_view text);

}  // namespace headroom
