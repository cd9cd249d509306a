#include "config/calendar_text.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "text/utf8.h"

namespace headroom {
namespace {

constexpr std::array<std::string_view, 7> kDays{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
constexpr std::size_t kLongestName = 100;  // bytes
constexpr const char* kHoursAre = ": an entry is days and a time, as in Mon-Fri 09:00-18:00 or Sat 22:00-06:00";
constexpr const char* kFreezesAre =
    ": an entry is one day or two and a name, as in 2027-01-28..2027-02-06 Spring Festival";

std::string quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  return first == std::string_view::npos ? std::string_view()
                                         : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::vector<std::string_view> entries_of(std::string_view text) {
  std::vector<std::string_view> entries;
  if (trimmed(text).empty()) return entries;
  for (;;) {
    const auto comma = text.find(',');
    entries.push_back(trimmed(text.substr(0, comma)));
    if (comma == std::string_view::npos) return entries;
    text.remove_prefix(comma + 1);
  }
}

// As many digits as there are characters.
std::optional<int> digits(std::string_view text) {
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return text.empty() ? std::nullopt : std::optional(value);
}

// HH:MM, in minutes; 24:00 too.
std::optional<int> minute_of_day(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  const auto hour = digits(text.substr(0, 2));
  const auto minute = digits(text.substr(3));
  if (!hour || !minute || *minute > 59 || *hour * 60 + *minute > kDayMinutes) return std::nullopt;
  return *hour * 60 + *minute;
}

std::optional<int> day_of_week(std::string_view name) {
  const auto found = std::find(kDays.begin(), kDays.end(), name);
  return found == kDays.end() ? std::nullopt : std::optional(static_cast<int>(found - kDays.begin()));
}

// Empty, or what is wrong with the entry.
std::string add_hours(std::string_view entry, std::vector<WeekSpan>& spans) {
  const auto blank = entry.find_first_of(" \t");
  if (blank == std::string_view::npos) return quoted(entry) + kHoursAre;
  const auto days = entry.substr(0, blank);
  const auto dash = days.find('-');
  const auto first = day_of_week(days.substr(0, dash));
  const auto last = dash == std::string_view::npos ? first : day_of_week(days.substr(dash + 1));
  if (!first || !last) return quoted(days) + " names no days: they are Mon Tue Wed Thu Fri Sat Sun, or Mon-Fri";
  const auto times = trimmed(entry.substr(blank));
  const auto from = minute_of_day(times.substr(0, 5));
  const auto to = times.size() > 6 ? minute_of_day(times.substr(6)) : std::nullopt;
  if (!from || !to || times[5] != '-') return quoted(times) + " is no time from 00:00-24:00" + kHoursAre;
  if (*from == kDayMinutes) return quoted(times) + " begins at 24:00, which is an end: a day begins at 00:00";
  if (*from == *to) return quoted(times) + " ends where it begins: a whole day is 00:00-24:00";
  const int length = *to > *from ? *to - *from : *to + kDayMinutes - *from;
  for (int day = *first;; day = (day + 1) % 7) {
    const int begin = day * kDayMinutes + *from;
    spans.push_back({begin, begin + length});
    if (day == *last) return {};
  }
}

// YYYY-MM-DD of a day that there is.
std::optional<Day> date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto year = digits(text.substr(0, 4));
  const auto month = digits(text.substr(5, 2));
  const auto day = digits(text.substr(8));
  if (!year || !month || !day || *year < 1970) return std::nullopt;
  const std::chrono::year_month_day ymd{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                        std::chrono::day(static_cast<unsigned>(*day))};
  if (!ymd.ok()) return std::nullopt;
  return std::chrono::sys_days(ymd).time_since_epoch().count();
}

std::string add_freeze(std::string_view entry, std::vector<Freeze>& freezes) {
  const auto blank = entry.find_first_of(" \t");
  const auto days = entry.substr(0, blank);
  const auto dots = days.find("..");
  const auto one = days.substr(0, dots);
  const auto other = dots == std::string_view::npos ? one : days.substr(dots + 2);
  for (const auto text : {one, other}) {
    if (!date(text)) return quoted(text) + " is no day of a calendar from 1970-01-01 on" + kFreezesAre;
  }
  Freeze freeze{*date(one), *date(other), {}};
  if (freeze.last < freeze.first) return quoted(days) + " ends before it begins";
  if (blank != std::string_view::npos) freeze.name = trimmed(entry.substr(blank));
  if (freeze.name.size() > kLongestName || !is_plain_text(freeze.name)) {
    return "the name of " + quoted(days) + " has more than 100 bytes, or control characters";
  }
  freezes.push_back(std::move(freeze));
  return {};
}

template <typename Item>
CalendarText<std::vector<Item>> parse(std::string_view text, std::string (*add)(std::string_view, std::vector<Item>&)) {
  const auto entries = entries_of(text);
  if (entries.size() > kMostCalendarEntries) {
    return CalendarText<std::vector<Item>>::wrong("there are more than 100 entries");
  }
  std::vector<Item> items;
  for (const auto entry : entries) {
    auto error = entry.empty() ? "a comma has no entry beside it" : add(entry, items);
    if (!error.empty()) return CalendarText<std::vector<Item>>::wrong(std::move(error));
  }
  return CalendarText<std::vector<Item>>::of(std::move(items));
}

}  // namespace

CalendarText<std::vector<WeekSpan>> parse_hours(std::string_view text) {
  auto hours = parse<WeekSpan>(text, add_hours);
  if (hours.value) hours.value = merged(*hours.value);
  return hours;
}

CalendarText<std::vector<Freeze>> parse_freezes(std::string_view text) { return parse<Freeze>(text, add_freeze); }

}  // namespace headroom
