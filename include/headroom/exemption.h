#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "headroom/types.h"

namespace headroom {

enum class ExemptionKind { kGroup, kMember };
struct Exemption {
  std::int64_t id = 0;
  ExemptionKind kind = ExemptionKind::kGroup;
  std::string subject;  // group id or account
  std::string reason;
  TimeMs created_at = 0;
  std::optional<TimeMs> expires_at;
};

}  // namespace headroom
