#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "headroom/group.h"
#include "headroom/policy.h"
#include "headroom/run.h"
#include "headroom/types.h"

namespace headroom {

// What became of those that one policy removed.
struct PolicyOutcome {
  Policy policy;
  std::int64_t removed = 0;
  std::int64_t rejoined = 0;  // of them: came back by themselves
};

struct Counts {
  std::array<std::int64_t, kGroupStates> groups{};  // by GroupState
  std::int64_t stale_full = 0;                      // full since `stale_before` or longer
  std::optional<TimeMs> oldest_full_since;          // of groups in `full`
  std::map<BlockReason, std::int64_t> blocked;      // reasons without any may be missing
  std::int64_t at_ceiling = 0;                      // groups whose limit can not be raised far enough
  std::int64_t due = 0;
  std::int64_t events_last_hour = 0;
  std::int64_t events_last_day = 0;
  std::map<RunState, std::int64_t> runs_last_day;
  std::int64_t runs_awaiting_approval = 0;
  std::int64_t removals_last_day = 0;  // sent to delete
  std::optional<TimeMs> last_event_at;
  std::int64_t groups_filling = 0;      // will be full within kFillingSoon days
  std::optional<TimeMs> last_sweep_at;  // when one was finished
  std::vector<PolicyOutcome> policies;  // the last used first, at most 5
};

// What happened in one hour or day (UTC).
struct TimelineBucket {
  TimeMs start = 0;
  std::int64_t events = 0;         // full-group events, by their receipt
  std::int64_t groups_filled = 0;  // groups that went from not full to full, by full_since
  std::int64_t removals = 0;       // members sent to delete
};
enum class TimelineUnit { kHour, kDay };

}  // namespace headroom
