#pragma once

#include <optional>
#include <string>
#include <utility>

#include "headroom/group_state.h"
#include "tests/support/reason_words.h"

// Groups, and what happens to them.
namespace headroom::group_steps {

inline constexpr TimeMs kNow = 1'700'000'000'000;

inline Event event_at(Command command, TimeMs received_at, std::optional<TimeMs> event_time = std::nullopt) {
  Event event;
  event.command = command;
  event.group_id = "g";
  event.received_at = received_at;
  event.event_time = event_time;
  return event;
}
inline Event full_at(TimeMs at) { return event_at(Command::kGroupFull, at, at); }

inline Look look_at(TimeMs sent_at, std::int64_t members, std::int64_t max, const std::string& type = "Public") {
  Look look;
  look.sent_at = sent_at;
  look.info.group_id = "g";
  look.info.type = type;
  look.info.member_num = members;
  look.info.max_member_num = max;
  return look;
}
inline Look gone_at(TimeMs sent_at) {
  Look look;
  look.sent_at = sent_at;
  look.gone = true;
  return look;
}

inline Group full_group(TimeMs since = kNow) {
  Group group = *advance(std::nullopt, full_at(since), {});
  group.observed_at = since;
  return group;
}
inline Group roomy_group(TimeMs seen_at) {
  return after_look(full_group(seen_at - kHourMs), look_at(seen_at, 150, 200), std::nullopt, seen_at, {}).group;
}
inline RunEnd ended(RunState state, const std::string& word, std::optional<Look> look = std::nullopt) {
  RunEnd end;
  end.run.id = 7;
  end.run.state = state;
  end.run.reason = headroom::reason(word);
  end.look = std::move(look);
  return end;
}

}  // namespace headroom::group_steps
