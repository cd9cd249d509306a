#include "engine/gate/opening.h"

namespace headroom {

bool is_closed(const Settings& settings, const Run& run, TimeMs now) {
  return !run.forced && !is_open(settings.calendar, now);
}

TimeMs next_question(const Settings& settings, TimeMs now) {
  if (is_open(settings.calendar, now)) return now;
  return next_opening(settings.calendar, now).value_or(now + kDayMs);
}

}  // namespace headroom
