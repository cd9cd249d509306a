#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sqlite/connection.h"

// Which events are of a group: see the migration that makes `group_event`.
namespace headroom::sqlite {

// Ids as the tables have them, in decimal and separated by blanks. What is no number throws StorageError.
std::string to_text(const std::vector<std::int64_t>& ids);
std::vector<std::int64_t> ids_of(const std::string& text);

// `ids` ascend, are of one group and not empty, and greater than all that were moved before.
void insert_group_events(Connection& connection, const std::string& group_id, const std::vector<std::int64_t>& ids);

// Those of the ids that still have an event.
std::vector<std::int64_t> still_stored(Connection& connection, const std::vector<std::int64_t>& ids);

// The newest event that a row has, 0: none; and whether one has this event.
std::int64_t newest_moved(Connection& connection, const std::string& group_id);
bool is_moved(Connection& connection, const std::string& group_id, std::int64_t id);

// The event is deleted: where it was the last of a row, the row becomes that of those that are left.
void forget_group_event(Connection& connection, const std::string& group_id, std::int64_t id);

}  // namespace headroom::sqlite
