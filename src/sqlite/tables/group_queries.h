#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "headroom/storage.h"
#include "sqlite/connection.h"
#include "sqlite/group_cache.h"

namespace headroom::sqlite {

std::optional<Group> find_group(Connection& connection, const std::string& group_id);
std::optional<GroupRow> find_group_row(Connection& connection, const std::string& group_id);
std::vector<Group> due_groups(Connection& connection, TimeMs now, int limit);
std::vector<Group> unconfirmed_groups(Connection& connection, std::int64_t after_id, std::int64_t beyond, int limit);
std::optional<TimeMs> next_due_at(Connection& connection);
std::vector<Group> groups_due_after(Connection& connection, const TimePosition& after, int limit);

// Whether the stored group with that id is blocked for that reason; false when there is none.
bool is_blocked_for(Connection& connection, std::int64_t id, BlockReason reason);
std::int64_t save_group(Connection& connection, const Group& group);
void save_full_events(Connection& connection, const GroupRow& row);
void save_recent_events(Connection& connection, const GroupRow& row);
void delete_group(Connection& connection, const std::string& group_id);
// By how many the groups that Chat never confirmed are more than `keep`; below 0 when they are fewer.
std::int64_t unconfirmed_groups_beyond(Connection& connection, std::int64_t keep);
// Of those without an open run.
std::vector<std::string> oldest_unconfirmed(Connection& connection, int limit);

}  // namespace headroom::sqlite
