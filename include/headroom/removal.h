#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "headroom/types.h"

namespace headroom {

// Members sent to delete since a moment, and those that running runs still mean to send.
struct RemovalUsage {
  std::int64_t sent = 0;
  std::int64_t undecided = 0;  // of those: of running runs, whose call may not have gone out yet, or may be refused
  std::int64_t reserved = 0;
  std::optional<TimeMs> oldest_sent_at;  // of those in `sent`
};

// A member that a run removed and that no later one has removed again; or (not certain) that a run sent to delete and
// nobody saw gone: only a JoinTime newer than the plan's says that it was removed after all.
struct Removal {
  std::int64_t run_id = 0;
  std::optional<std::int64_t> joined_at_s;  // Unix seconds, as the plan saw it
  std::optional<TimeMs> restored_at;        // when a restore sent it back
  std::optional<TimeMs> rejoined_at;        // when it was first seen to have come back by itself
  bool certain = true;
  std::optional<TimeMs> back_at;  // since when it is known to have been there again, whatever brought it back
};

// One verified removal, as the history has it; a member that was removed twice has two.
struct PastRemoval {
  std::int64_t id = 0;
  std::int64_t run_id = 0;
  std::string group_id;
  std::string account;
  TimeMs removed_at = 0;              // when the delete call was sent
  std::optional<TimeMs> restored_at;  // as in Removal
  std::optional<TimeMs> rejoined_at;
};
struct RemovalFilter {
  std::optional<std::string> account = {};
  std::optional<std::string> group_id = {};
  std::optional<TimeMs> since = {};  // removed_at, inclusive
  std::optional<TimeMs> until = {};  // exclusive
};

}  // namespace headroom
