#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "headroom/policy.h"
#include "headroom/run.h"
#include "headroom/storage.h"
#include "headroom/types.h"

namespace headroom {

// How many members a run may select now: what is needed, what one run may, what the day leaves.
struct Allowance {
  std::int64_t needed = 0;
  std::int64_t limit = 0;           // at most what is needed
  LimitedBy by = LimitedBy::kNone;  // of the limits the smallest; it cuts when more are needed
  // Set when the daily limits leave nothing: when that can change. What only running runs keep may be free any moment.
  std::optional<TimeMs> day_limit_until;
};
// `limits`: the policy in force. Its limits are one account for all runs, whatever they were when a plan was made; the
// seats that the run wants are the plan's.
Allowance allowance(ReadView& view, const Run& run, const Policy& limits, TimeMs now);

// How many more members of the group may be sent to delete now, whatever running runs have kept for themselves;
// nullopt = no limit.
std::optional<std::int64_t> left_to_send(ReadView& view, const std::string& group_id, const Policy& limits, TimeMs now);

// When a limit of which `usage` leaves nothing may leave something again.
TimeMs free_at(std::int64_t limit, const RemovalUsage& usage, TimeMs now);

}  // namespace headroom
