#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "headroom/event.h"

namespace headroom::test {

inline constexpr TimeMs kNow = 1'790'000'000'000;

inline IntakeId intake_id(std::uint64_t number) {
  IntakeId id{};
  for (std::size_t i = 0; i < 8; ++i) id[i] = static_cast<std::uint8_t>(number >> (8 * i));
  id[15] = 1;
  return id;
}

// The event of group "g<number>".
inline Event numbered(std::uint64_t number, std::size_t body_bytes = 40) {
  Event event;
  event.group_id = "g" + std::to_string(number);
  event.received_at = kNow + static_cast<TimeMs>(number);
  event.event_time = event.received_at - 5;
  event.body = std::string(body_bytes, 'x');
  event.intake_id = intake_id(number);
  return event;
}

inline std::vector<Event> numbered_from(std::uint64_t first, std::size_t count) {
  std::vector<Event> events;
  for (std::size_t i = 0; i < count; ++i) events.push_back(numbered(first + i));
  return events;
}

inline std::vector<std::string> groups_of(const std::vector<Event>& events) {
  std::vector<std::string> groups;
  for (const Event& event : events) groups.push_back(event.group_id);
  return groups;
}

}  // namespace headroom::test
