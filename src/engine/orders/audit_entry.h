#pragma once

#include <cstdint>
#include <string>

#include "headroom/audit.h"
#include "headroom/storage.h"

namespace headroom {

inline constexpr const char* kSchedulerTarget = "scheduler";
inline std::string run_target(std::int64_t id) { return "run:" + std::to_string(id); }
inline std::string sweep_target(std::int64_t id) { return "sweep:" + std::to_string(id); }
std::string exemption_target(ExemptionKind kind, const std::string& subject);

// Records a change in the transaction that makes it: there is neither without the other. Nothing is recorded of what
// was denied, or changed nothing.
void audit(Transaction& storage, const Actor& actor, AuditAction action, const std::string& target, TimeMs now);

}  // namespace headroom
