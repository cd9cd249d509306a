#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "headroom/types.h"

namespace headroom {

enum class Role { kOwner, kAdmin, kMember, kOther, kAbsent, kNotMember };
enum class Presence { kOffline, kOnline, kPushOnline, kUnknown };

// One row of "Getting Group Member Profiles" [34948]. Absent, or of a wrong kind, is nullopt: never 0.
struct Member {
  std::string account;
  Role role = Role::kAbsent;
  std::optional<std::int64_t> join_time_s;        // Unix seconds
  std::optional<std::int64_t> last_sent_time_s;   // Unix seconds; 0 = never sent
  std::optional<std::int64_t> msg_seq;            // newest message that the member has read
  std::optional<std::int64_t> mute_until_s = {};  // Unix seconds; 0 = may speak
  bool operator==(const Member&) const = default;
};

}  // namespace headroom
