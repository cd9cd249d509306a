#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "headroom/types.h"

namespace headroom {

enum class AdminRole { kViewer, kOperator };

// Who asks for a change through the admin API.
struct Actor {
  std::string token;  // its name, never the secret
  AdminRole role = AdminRole::kOperator;
  std::string peer;    // IP text
  std::string reason;  // what X-Headroom-Reason says; empty: nothing
};

enum class AuditAction {
  kRun,
  kApprove,
  kReject,
  kRestore,
  kExempt,
  kUnexempt,
  kSilent,
  kUnsilent,
  kPause,
  kResume,
  kSweep,
  kConfigure
};

// One change that somebody made through the admin API, or of the policy or the mode by a reload or a start.
struct AuditEntry {
  std::int64_t id = 0;
  TimeMs at = 0;
  Actor actor;
  AuditAction action = AuditAction::kRun;
  std::string target;  // "run:12", "group:ID", "member:ACCOUNT", "sweep:3", "scheduler"
};

struct AuditFilter {
  std::optional<TimeMs> since;  // at, inclusive
  std::optional<TimeMs> until;  // exclusive
};

}  // namespace headroom
