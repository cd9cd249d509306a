#include "http/date_header.h"

#include <curl/curl.h>

#include <algorithm>
#include <string>

namespace headroom {
namespace {

constexpr std::size_t kMinDateBytes = 24;  // "Sun Nov  6 08:49:37 1994"
constexpr std::size_t kMaxDateBytes = 40;  // "Wednesday, 06-Nov-94 08:49:37 GMT" is 33

}  // namespace

std::optional<TimeMs> parse_http_date(std::string_view text) {
  // curl_getdate reads less than a full date too ("1994-11-06"), which would be hours off.
  if (text.size() < kMinDateBytes || text.size() > kMaxDateBytes || std::ranges::count(text, ':') != 2) {
    return std::nullopt;
  }
  const time_t seconds = curl_getdate(std::string(text).c_str(), nullptr);
  if (seconds < 0 || seconds > kMaxTimeMs / kSecondMs) return std::nullopt;
  return static_cast<TimeMs>(seconds) * kSecondMs;
}

DurationMs clock_offset_of(TimeMs date, TimeMs our_time) {
  const TimeMs last_of_second = date + kSecondMs - 1;
  return our_time < date ? date - our_time : our_time > last_of_second ? last_of_second - our_time : 0;
}

}  // namespace headroom
