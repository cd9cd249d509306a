#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "headroom/policy.h"
#include "headroom/reason.h"
#include "headroom/types.h"

// What another policy would have done, or would do now.
namespace headroom {

// A policy as it would be with some keys changed.
using PolicyChange = std::function<Policy(const Policy& from)>;

// As an operator asks it.
struct WhatIfRequest {
  std::optional<std::string> group_id;  // absent: all stored runs; else a fresh look at this one
  std::optional<TimeMs> since;          // of runs: created_at, inclusive
  // Names of keys without "policy.", and values as they stand in a configuration.
  std::vector<std::pair<std::string, std::string>> policy;
};

inline constexpr std::size_t kMaxWhatIfNames = 1000;
inline constexpr DurationMs kWhatIfPast = 90 * kDayMs;  // unless somebody asks for another time

struct WhatIfName {
  std::optional<std::int64_t> run_id;  // absent: of a fresh look
  std::string account;
  std::optional<Why> why_then;  // by the run's own policy, or by the one in force; absent: it can not be said
  Why why = Why::kInactive;     // by the other policy
  Reason left_alone;            // not empty: why the group is left alone by the other policy, and `why` says nothing
};

struct WhatIf {
  std::int64_t runs = 0;  // that listed members
  std::int64_t would_remove = 0;
  std::int64_t did_remove = 0;    // whom the runs selected
  std::vector<WhatIfName> added;  // the newest run's first; up to kMaxWhatIfNames together with the next
  std::vector<WhatIfName> spared;
  std::int64_t counted_only = 0;  // as in Replay: how many more it may be, at most
  std::int64_t came_back = 0;     // of would_remove: who was removed, and came back by themselves
  bool truncated = false;         // there are more names
  Reason reason;                  // of a fresh look: why nobody would go
};

}  // namespace headroom
