#pragma once

#include <optional>

#include "headroom/group_state.h"

// The single moves of a group, which what happens to it is made of (group_state, after_run).
namespace headroom::group_moves {

inline constexpr DurationMs kShortestPause = kSecondMs;

// `otherwise`, where the time is beyond the limit.
std::optional<TimeMs> not_beyond(const std::optional<TimeMs>& time, TimeMs limit, TimeMs otherwise);
// The longest cool-down that any rule sets.
TimeMs latest_cooldown(TimeMs now, const Timing& timing);

TimeMs stale_at(const Group& group, TimeMs otherwise, const Timing& timing);
// When the scheduler has a reason to look at a full group: stale, and past its cool-down.
TimeMs look_at(const Group& group, TimeMs now, const Timing& timing);
// The end of the cool-down behind its last run that made room, doubled where those follow each other soon; nullopt:
// none did.
std::optional<TimeMs> cooled_at(const Group& group, const Timing& timing);
void make_due(Group& group, TimeMs at);

void become(Group& group, GroupState state, BlockReason reason, std::optional<TimeMs> next_check_at);
void become_full(Group& group, TimeMs since, TimeMs now, const Timing& timing);
void become_gone(Group& group, TimeMs at);
void become_roomy(Group& group, TimeMs seen_at);

// Blocked for what the group is, or by an operator's word; not for who is in it.
bool is_left_alone(BlockReason reason);
// Full or blocked.
bool is_looked_at(GroupState state);
bool shows_room(const Look& look);
// A full event is newer than the look.
bool event_since(const Group& group, const Look& look);

}  // namespace headroom::group_moves
