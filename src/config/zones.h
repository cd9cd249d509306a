#pragma once

#include <string>
#include <string_view>

#include "config/calendar_text.h"

namespace headroom {

// The rules of a zone by its IANA name, out of the system's /usr/share/zoneinfo (package tzdata); UTC needs no file.
// Behind 2037, the last year that Debian's files have, the last offset stays.
CalendarText<ZoneRules> load_zone(std::string_view name);

}  // namespace headroom
