#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>

#include "headroom/control.h"
#include "headroom/group.h"
#include "headroom/reason.h"
#include "headroom/types.h"

namespace headroom {

// What is looked up when somebody scrapes.
struct MetricsSnapshot {
  std::array<std::int64_t, kGroupStates> groups{};  // by GroupState
  std::int64_t stale_full = 0;
  std::int64_t runs_awaiting_approval = 0;
  std::int64_t write_queue_depth = 0;
  std::int64_t database_bytes = 0;
  std::int64_t wal_bytes = 0;
  std::int64_t refused_connections = 0;  // since the start
  std::int64_t log_lines_dropped = 0;    // since the start
  std::optional<TimeMs> last_event_at;
  std::set<PauseCause> paused_by;  // empty: not paused
  SchedulerMode mode = SchedulerMode::kPlan;
  bool open = true;  // the calendar
  std::map<BlockReason, std::int64_t> blocked;
  std::int64_t at_ceiling = 0;
  DurationMs oldest_stale_full = 0;           // how long it has been full; 0: none is stale
  std::optional<std::int64_t> removals_left;  // absent: no limit
  std::optional<TimeMs> last_sweep_at;
  std::int64_t groups_filling = 0;
  std::optional<TimeMs> last_chat_success_at;
  bool chat_unreachable = false;     // nobody has asked yet: false
  std::int64_t disk_free_bytes = 0;  // for who is not root
  std::int64_t disk_size_bytes = 0;
  bool config_reloaded = true;  // the last reload was taken over, or there was none
  bool counted = true;          // what the database says of groups, runs and limits
  bool shared = false;          // other nodes may be there
  bool leads = true;
  std::int64_t spool_depth = 0;
  double database_unavailable_seconds = 0;
};

}  // namespace headroom
