#pragma once

#include <cstdint>
#include <optional>

#include "headroom/control.h"
#include "headroom/group.h"
#include "headroom/read_view.h"
#include "headroom/types.h"

namespace headroom::admin {

// What stands in the way of a full group's higher limit, or would do.
struct LimitOutlook {
  std::optional<std::int64_t> raise_to;         // a suggestion
  std::optional<std::int64_t> learned_ceiling;  // that Chat has shown, and that holds
};

// Of full groups, by what is in force and what the store knows now.
class LimitOutlooks {
 public:
  LimitOutlooks(const DaemonStatus& status, GroupView& view, TimeMs now)
      : rules_(status.capacity), target_(status.target_headroom), view_(view), now_(now) {}

  LimitOutlook of(const Group& group) const;

 private:
  const CapacityRules rules_;
  const Share target_;
  GroupView& view_;
  const TimeMs now_;
};

}  // namespace headroom::admin
