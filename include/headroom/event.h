#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "headroom/refusal.h"
#include "headroom/types.h"

namespace headroom {

// The webhooks that headroom has a use for [34376][34373][34377].
enum class Command { kGroupFull, kMemberExit, kGroupDestroyed };
enum class EventSource { kWebhook, kSweep };

// First half of SHA-256 over command, group, event time and body: what makes two deliveries the same event.
using Fingerprint = std::array<std::uint8_t, 16>;

// Random, of one receipt of one event: a commit of which nobody knows whether it happened is sent again with it.
using IntakeId = std::array<std::uint8_t, 16>;

// Whom the body of Group.CallbackAfterMemberExit [34373] names, at most kMaxExits of them. `kicked`: somebody removed
// them, and the body does not say whether that was headroom itself.
inline constexpr std::size_t kMaxExits = 1000;
struct Exits {
  bool kicked = false;
  std::vector<std::string> accounts;
};

struct Event {
  std::int64_t id = 0;  // 0 until stored
  Command command = Command::kGroupFull;
  std::string group_id;
  EventSource source = EventSource::kWebhook;
  std::optional<TimeMs> event_time;  // absent in bodies of before 2022
  TimeMs received_at = 0;
  std::string client_ip;
  std::string platform;
  std::optional<std::string> topic_id;
  Exits exits;  // of kMemberExit
  // Of a full-group event, and kept with it: as received, but for what no reader of JSON would take (U+FFFD).
  std::string body;
  std::optional<Fingerprint> fingerprint;  // absent when the body has no EventTime: such a body is never a repeat
  std::optional<IntakeId> intake_id;       // absent where the store is this process's own
};

inline constexpr std::size_t kMaxGroupIdBytes = 128;
inline constexpr int kMaxJsonDepth = 64;

// What a webhook's body says: an event (without receipt, client and fingerprint), a command that headroom has no
// use for, or a body that must be refused.
struct IgnoredCommand {
  std::string command;
};
struct InvalidBody {
  RefusalReason reason = RefusalReason::kMalformed;
  std::string what;  // for the sender; names the field
};
using ParsedBody = std::variant<Event, IgnoredCommand, InvalidBody>;

// `query_command` is CallbackCommand of the query, if it was there; the two have to agree.
ParsedBody parse_webhook_body(std::string_view body, const std::optional<std::string>& query_command);

Exits read_exits(std::string_view body);

// 1 to 128 bytes, no control characters.
// What a group id or an account may be: plain text of 1 to 128 bytes.
bool is_valid_subject(std::string_view text);

inline constexpr DurationMs kEventAhead = 5 * kMinuteMs;  // an event time further ahead is not believed
// The time that the group's state goes by: the event's own, or that of its receipt when the event's own is over 24 h
// old or over 5 min ahead of it (or absent).
TimeMs state_time(const Event& event);

}  // namespace headroom
