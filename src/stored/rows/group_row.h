#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

#include "headroom/group.h"
#include "headroom/names.h"

namespace headroom::stored {

// The columns of read_group().
inline const std::string kGroupColumns =
    "id, group_id, state, reason, full_since, last_full_at, full_events + full_events_more, seen_room_at, type, name,"
    " member_count, max_member_count, observed_at, next_check_at, cooldown_until, exit_look_at, failures, last_run_id,"
    " made_room_at, cooldown_doublings, share_settled, first_planned_at, silent, raised_to, at_ceiling";

template <typename Row>
Group read_group(Row& row) {
  Group group;
  group.id = row.integer();
  group.group_id = row.text();
  group.state = row.template word<GroupState>();
  group.reason = row.template word<BlockReason>();
  group.full_since = row.optional_integer();
  group.last_full_at = row.optional_integer();
  group.full_events = row.integer();
  group.seen_room_at = row.optional_integer();
  group.type = row.text();
  group.name = row.text();
  group.member_count = row.optional_integer();
  group.max_member_count = row.optional_integer();
  group.observed_at = row.optional_integer();
  group.next_check_at = row.optional_integer();
  group.cooldown_until = row.optional_integer();
  group.exit_look_at = row.optional_integer();
  group.failures = row.small();
  group.last_run_id = row.optional_integer();
  group.made_room_at = row.optional_integer();
  group.cooldown_doublings = row.small();
  group.share_settled = row.boolean();
  group.first_planned_at = row.optional_integer();
  group.silent = row.boolean();
  group.raised_to = row.optional_integer();
  group.at_ceiling = row.boolean();
  return group;
}

// group_id, state, …, at_ceiling: all but the id and what is kept beside.
template <typename Query>
void bind_group(Query& query, const Group& group) {
  query.bind(group.group_id, name_of(group.state), name_of(group.reason), group.full_since, group.last_full_at,
             group.full_events, group.seen_room_at, group.type, group.name, group.member_count);
  query.bind(group.max_member_count, group.observed_at, group.next_check_at, group.cooldown_until, group.exit_look_at,
             group.failures, group.last_run_id, group.made_room_at, group.cooldown_doublings, group.share_settled,
             group.first_planned_at, group.silent, group.raised_to, group.at_ceiling);
}

// Whether the index by full_events, where the group stands with `listed`, is to hear of `full_events`: each below
// eight; from there on when they are an eighth more, by the first event of a minute. A group that everybody wants to
// join is not to move an entry for each who tries.
inline bool is_listed_anew(std::int64_t listed, std::int64_t full_events, std::optional<TimeMs> last_before,
                           std::optional<TimeMs> last) {
  constexpr TimeMs kMinute = 60'000;
  if (full_events - listed < std::max<std::int64_t>(listed / 8, 1)) return false;
  return full_events < 8 || !last_before || !last || *last_before / kMinute != *last / kMinute;
}

}  // namespace headroom::stored
