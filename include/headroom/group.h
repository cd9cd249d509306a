#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "headroom/types.h"

namespace headroom {

enum class GroupState { kFull, kPruning, kHasRoom, kBlocked, kGone };
inline constexpr int kGroupStates = 5;

enum class BlockReason {
  kNone,
  kNobodyRemovable,
  kExempt,
  kUnsupportedType,
  kOutOfScope,
  kTooSmall,
  kNoPermission,
  kDailyLimit,
  kImplausibleData
};
inline constexpr BlockReason kLastBlockReason = BlockReason::kImplausibleData;

struct Group {
  std::int64_t id = 0;  // immutable, ascending; 0 until stored
  std::string group_id;
  GroupState state = GroupState::kFull;
  BlockReason reason = BlockReason::kNone;
  std::optional<TimeMs> full_since;    // smallest state time of a full event since the group was seen with room
  std::optional<TimeMs> last_full_at;  // greatest state time of a full event
  std::int64_t full_events = 0;
  // When the look that last saw room (or no group) was sent: a full event of before says nothing about now.
  std::optional<TimeMs> seen_room_at;
  std::string type;  // as Chat writes it; empty until the first look
  std::string name;
  std::optional<std::int64_t> member_count;
  std::optional<std::int64_t> max_member_count;
  std::optional<TimeMs> observed_at;     // when Chat last confirmed the group; absent: only webhooks know it
  std::optional<TimeMs> next_check_at;   // when the scheduler looks at it; absent: never by itself
  std::optional<TimeMs> cooldown_until;  // no scheduler's run before
  std::optional<TimeMs> exit_look_at;    // when a MemberExit last made it due
  int failures = 0;                      // failed runs in a row, for the back-off
  std::optional<std::int64_t> last_run_id;
  std::optional<TimeMs> made_room_at;  // when a run last made room
  int cooldown_doublings = 0;          // full again within a day of it, so often in a row
  // A listing of it has been below policy.first_share, or was approved above it.
  bool share_settled = false;
  std::optional<TimeMs> first_planned_at;  // a plan above it, for a person to see, in mode plan
  bool silent = false;                     // an operator's word that silence is its nature
  std::optional<std::int64_t> raised_to;   // the limit that headroom has set last
  bool at_ceiling = false;                 // the last plan found that its limit can not be raised far enough

  bool operator==(const Group&) const = default;
};

}  // namespace headroom
