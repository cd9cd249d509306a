#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "simulator/group.h"
#include "simulator/world.h"

namespace chatsim {

// How many members of each kind a group starts with; all but newcomers joined long ago.
struct Population {
  std::string prefix = "user";  // of account names
  int owners = 1;               // 0 or 1
  int admins = 0;
  int newcomers = 0;  // joined a day ago, never spoke
  int active = 0;     // spoke within the last twenty days
  int readers = 0;    // silent, but have read all but the newest five messages
  int online = 0;     // silent, Online or PushOnline
  int inactive = 0;   // silent since inactive_days and one day more for each; every other one never spoke
  int inactive_days = 60;
};

struct Settlers {
  std::vector<Member> members;
  std::vector<std::string> online;
};

Settlers settle(const Population& population, std::int64_t now_s, std::int64_t next_msg_seq);

// Creates `spec` with these members instead of its own and sets their presence.
bool create_populated(World& world, GroupSpec spec, const Population& population);

}  // namespace chatsim
