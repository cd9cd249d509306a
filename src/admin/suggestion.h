#pragma once

#include <cstdint>
#include <optional>

#include "headroom/control.h"
#include "headroom/group.h"
#include "headroom/read_view.h"
#include "headroom/types.h"

namespace headroom::admin {

// What the limits of full groups could be raised to, by what is in force and what the store knows now.
class Suggestions {
 public:
  Suggestions(const DaemonStatus& status, GroupView& view, TimeMs now)
      : rules_(status.capacity), target_(status.target_headroom), view_(view), now_(now) {}

  std::optional<std::int64_t> of(const Group& group) const;

 private:
  const CapacityRules rules_;
  const Share target_;
  GroupView& view_;
  const TimeMs now_;
};

}  // namespace headroom::admin
