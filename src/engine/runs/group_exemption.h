#pragma once

#include <optional>
#include <string>

#include "headroom/group_state.h"
#include "headroom/storage.h"

namespace headroom {

// The group's exemption as it is now: whoever looked earlier asks again where it stores what it has seen.
inline std::optional<ExemptUntil> group_exemption(ReadView& view, const std::string& group_id, TimeMs now) {
  const auto found = view.find_exemption(ExemptionKind::kGroup, group_id, now);
  return found ? std::optional(ExemptUntil{found->expires_at}) : std::nullopt;
}

}  // namespace headroom
