#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <unordered_set>

#include "headroom/group.h"
#include "sqlite/connection.h"

// Events that are stored and that their group's row has not counted yet: what the writer has delayed, by the file alone.
namespace headroom::sqlite {

// The setting that says from which event on a group may not know of its own; absent: every one is counted.
inline constexpr const char* kDelayedFrom = "events.delayed_from";
std::optional<std::int64_t> delayed_from(Connection& connection);

// Calls `visit` with each uncounted event of a known group, by id: with the group as its row has it, and the event's id
// and state time. Of those groups alone, where some are named.
void visit_uncounted(Connection& connection, const std::unordered_set<std::string>* of_groups,
                     const std::function<void(const Group&, std::int64_t, TimeMs)>& visit);

}  // namespace headroom::sqlite
