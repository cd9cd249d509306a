#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/looks/chat_session.h"
#include "headroom/storage.h"

namespace headroom {

std::vector<std::string> accounts_of(const std::vector<RunMember>& members);

// A JoinTime that is newer than the plan's: out, and back again.
bool joined_anew(const std::optional<std::int64_t>& join_time_s, const std::optional<std::int64_t>& planned_s);

// What headroom itself knows of some accounts of a group, as it stands at `now`: what they are judged by beside
// Chat's answers.
class Standings {
 public:
  // `group`: as the newest look at it saw it.
  Standings(ReadView& view, const GroupInfo& group, const std::vector<std::string>& accounts,
            std::string admin_identifier, TimeMs now);

  // Without presence, which is the caller's to fill in.
  JudgeContext context_of(const std::string& account, const std::optional<std::int64_t>& join_time_s) const;
  const std::map<std::string, Removal>& removals() const { return removals_; }

 private:
  const std::string admin_identifier_;
  JudgeContext of_all_;
  const std::map<std::string, std::optional<TimeMs>> exempt_;  // until when
  const std::map<std::string, Removal> removals_;
  const std::map<std::string, FirstLook> first_looks_;
};

// What became of members that were sent to delete.
struct Found {
  // Whether they are out: true when Chat says that they are no members, or shows a JoinTime newer than the plan's.
  // Every one who was asked for is in it.
  std::map<std::string, bool> out;
  std::vector<std::string> back;  // of those who are out: back again, with that newer JoinTime
};
OrStop<Found> find_removed(ChatSession& chat, const std::string& group_id, bool community,
                           const std::vector<RunMember>& members);

}  // namespace headroom
