#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "app/chat_session.h"
#include "headroom/storage.h"

namespace headroom {

std::vector<std::string> accounts_of(const std::vector<RunMember>& members);

// A JoinTime that is newer than the plan's: out, and back again.
bool joined_anew(const std::optional<std::int64_t>& join_time_s, const std::optional<std::int64_t>& planned_s);

// Those of removed members who are back, and protected for that.
std::set<std::string> protected_returners(const std::map<std::string, Removal>& removals, const Policy& policy,
                                          TimeMs now);

// Whether members that were sent to delete are out: true when Chat says that they are no members, or shows a JoinTime
// newer than the plan's (removed, and back again). Every one of `members` is in the value.
OrStop<std::map<std::string, bool>> find_removed(ChatSession& chat, const std::string& group_id, bool community,
                                                 const std::vector<RunMember>& members);

}  // namespace headroom
