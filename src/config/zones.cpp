#include "config/zones.h"

#include <date/tz.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>
#include <vector>

#include "config/nearest.h"

namespace headroom {
namespace {

TimeMs ms(date::sys_seconds time) { return time.time_since_epoch().count() * kSecondMs; }

// From the year in which Unix time begins.
ZoneRules rules_of(const date::time_zone& zone) {
  const date::sys_seconds end(std::chrono::seconds(kMaxTimeMs / kSecondMs));
  auto info = zone.get_info(date::sys_seconds());
  ZoneRules rules;
  rules.first_offset = info.offset.count() * kSecondMs;
  while (info.end < end) {
    const auto at = info.end;
    info = zone.get_info(at);
    const ZoneChange change{ms(at), info.offset.count() * kSecondMs};
    const DurationMs before = rules.changes.empty() ? rules.first_offset : rules.changes.back().offset;
    if (change.offset != before) rules.changes.push_back(change);
    if (info.end <= at) break;
  }
  return rules;
}

// A link to the machine's own zone, which is no name of IANA's.
bool is_name(std::string_view name) { return name != "localtime"; }

std::string_view city_of(std::string_view name) { return name.substr(name.rfind('/') + 1); }

// By the whole name, else by the city alone: "berlin". Capitals are no difference.
std::string nearest_zone(std::string_view given, const date::tzdb& known) {
  std::vector<std::string> names;
  std::vector<std::string> small;
  for (const auto& zone : known.zones) {
    if (!is_name(zone.name())) continue;
    names.push_back(zone.name());
    small.push_back(in_small_letters(zone.name()));
  }
  const std::vector<std::string_view> whole(small.begin(), small.end());
  std::vector<std::string_view> cities;
  for (const std::string_view name : whole) cities.push_back(city_of(name));
  for (const auto* words : {&whole, &std::as_const(cities)}) {
    const std::string nearest = nearest_word(given, *words);
    if (nearest.empty()) continue;
    const auto found = std::find(words->begin(), words->end(), nearest);
    return names[static_cast<std::size_t>(found - words->begin())];
  }
  return {};
}

std::string unknown(std::string_view name, const date::tzdb& known) {
  const std::string nearest = nearest_zone(name, known);
  return nearest.empty() ? "there is no such time zone: names are those of IANA, as Europe/Berlin or Asia/Shanghai"
                         : "did you mean " + nearest + "?";
}

}  // namespace

CalendarText<ZoneRules> load_zone(std::string_view name) {
  using Result = CalendarText<ZoneRules>;
  if (name == "UTC") return Result::of({});
  try {
    const date::tzdb& known = date::get_tzdb();
    for (const auto& zone : known.zones) {
      if (is_name(name) && zone.name() == name) return Result::of(rules_of(zone));
    }
    return Result::wrong(unknown(name, known));
  } catch (const std::exception& error) {
    return Result::wrong(std::string("the system's time zones can not be read (is the package tzdata installed?): ") +
                         error.what());
  }
}

}  // namespace headroom
