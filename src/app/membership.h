#pragma once

#include <map>
#include <string>
#include <vector>

#include "app/chat_session.h"
#include "headroom/run.h"

namespace headroom {

// Whether members that were sent to delete are out: true when Chat says that they are no members, or shows a JoinTime
// newer than the plan's (removed, and back again). Every one of `members` is in the value.
OrStop<std::map<std::string, bool>> find_removed(ChatSession& chat, const std::string& group_id, bool community,
                                                 const std::vector<RunMember>& members);

}  // namespace headroom
