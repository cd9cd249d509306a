#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "headroom/storage.h"
#include "postgres/connection.h"

namespace headroom::postgres {

std::optional<Group> find_group(Connection& connection, const std::string& group_id);
std::vector<Group> due_groups(Connection& connection, TimeMs now, int limit);
std::vector<Group> unconfirmed_groups(Connection& connection, std::int64_t after_id, std::int64_t beyond, int limit);
std::optional<TimeMs> next_due_at(Connection& connection);
std::vector<Group> groups_due_after(Connection& connection, const TimePosition& after, int limit);

// Whether the stored group with that id is blocked for that reason; false when there is none.
bool is_blocked_for(Connection& connection, std::int64_t id, BlockReason reason);
std::int64_t save_group(Connection& connection, const Group& group);
void save_full_events(Connection& connection, const Group& group);
// What an UPDATE of chat_group sets when it has been refused `events` times in all, `last` at the last: SQL, as that of
// stored::is_listed_anew().
std::string set_full_events(const std::string& events, const std::string& last);
void delete_group(Connection& connection, const std::string& group_id);
// Returns how many went.
int evict_unconfirmed_groups(Connection& connection, std::int64_t keep, int limit);

}  // namespace headroom::postgres
