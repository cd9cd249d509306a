#include "headroom/calendar.h"

#include <algorithm>

namespace headroom {
namespace {

constexpr Day kMondayBefore1970 = -3;

Day floor_div(std::int64_t value, std::int64_t by) { return value / by - (value % by < 0 ? 1 : 0); }

// What the clock on the wall shows, counted as if it were UTC.
struct WallTime {
  std::int64_t ms = 0;
  Day day() const { return floor_div(ms, kDayMs); }
  // Of the week, from Monday 00:00.
  std::int64_t week_ms() const { return ms - week_start(); }
  std::int64_t week_start() const {
    const Day days = day() - kMondayBefore1970;
    return (kMondayBefore1970 + floor_div(days, 7) * 7) * kDayMs;
  }
};

const Freeze* freeze_on(const Calendar& calendar, Day day) {
  const auto found = std::find_if(calendar.freezes.begin(), calendar.freezes.end(),
                                  [day](const Freeze& freeze) { return freeze.first <= day && day <= freeze.last; });
  return found == calendar.freezes.end() ? nullptr : &*found;
}

bool shows_open(const Calendar& calendar, WallTime wall) {
  if (freeze_on(calendar, wall.day()) != nullptr) return false;
  const std::int64_t minute = wall.week_ms() / kMinuteMs;
  return calendar.hours.empty() ||
         std::any_of(calendar.hours.begin(), calendar.hours.end(),
                     [minute](const WeekSpan& span) { return span.from <= minute && minute < span.to; });
}

// The next moment at which an hour or a freeze may begin or end, were the zone's offset to stay. It leaps over what is
// left of a freeze.
WallTime next_mark(const Calendar& calendar, WallTime wall) {
  if (const Freeze* freeze = freeze_on(calendar, wall.day())) return {(freeze->last + 1) * kDayMs};
  std::int64_t next = wall.ms + kCalendarHorizon;
  for (const Freeze& freeze : calendar.freezes) {
    if (freeze.first * kDayMs > wall.ms) next = std::min(next, freeze.first * kDayMs);
  }
  if (calendar.hours.empty()) return {next};
  const std::int64_t week = wall.week_start();
  next = std::min(next, week + kWeekMinutes * kMinuteMs);  // behind it the spans begin anew
  for (const WeekSpan& span : calendar.hours) {
    for (const int minute : {span.from, span.to}) {
      const std::int64_t mark = week + minute * kMinuteMs;
      if (mark > wall.ms) next = std::min(next, mark);
    }
  }
  return {next};
}

// Each step passes a mark or a change of the offset, of which the horizon has so many.
std::optional<TimeMs> next_change_to(const Calendar& calendar, TimeMs now, bool open) {
  if (is_open(calendar, now) == open) return std::nullopt;
  const TimeMs horizon = now + kCalendarHorizon;
  const auto& changes = calendar.zone.changes;
  auto change = std::upper_bound(changes.begin(), changes.end(), now,
                                 [](TimeMs time, const ZoneChange& each) { return time < each.at; });
  DurationMs offset = offset_at(calendar.zone, now);
  for (TimeMs time = now; time <= horizon;) {
    time = next_mark(calendar, {time + offset}).ms - offset;
    if (change != changes.end() && change->at <= time) {
      time = change->at;
      offset = change->offset;
      ++change;
    }
    if (time <= horizon && shows_open(calendar, {time + offset}) == open) return time;
  }
  return std::nullopt;
}

}  // namespace

std::vector<WeekSpan> merged(const std::vector<WeekSpan>& spans) {
  std::vector<WeekSpan> pieces;
  for (const WeekSpan& span : spans) {
    pieces.push_back({span.from, std::min(span.to, kWeekMinutes)});
    if (span.to > kWeekMinutes) pieces.push_back({0, span.to - kWeekMinutes});
  }
  std::sort(pieces.begin(), pieces.end(), [](const WeekSpan& a, const WeekSpan& b) { return a.from < b.from; });
  std::vector<WeekSpan> whole;
  for (const WeekSpan& piece : pieces) {
    if (!whole.empty() && piece.from <= whole.back().to) {
      whole.back().to = std::max(whole.back().to, piece.to);
    } else {
      whole.push_back(piece);
    }
  }
  return whole;
}

DurationMs offset_at(const ZoneRules& zone, TimeMs time) {
  const auto next = std::upper_bound(zone.changes.begin(), zone.changes.end(), time,
                                     [](TimeMs at, const ZoneChange& each) { return at < each.at; });
  return next == zone.changes.begin() ? zone.first_offset : std::prev(next)->offset;
}

bool is_open(const Calendar& calendar, TimeMs time) {
  return shows_open(calendar, {time + offset_at(calendar.zone, time)});
}

std::optional<TimeMs> next_opening(const Calendar& calendar, TimeMs now) { return next_change_to(calendar, now, true); }
std::optional<TimeMs> next_closing(const Calendar& calendar, TimeMs now) {
  return next_change_to(calendar, now, false);
}

}  // namespace headroom
