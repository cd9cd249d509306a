#pragma once

#include <string>

#include "headroom/audit.h"
#include "headroom/names.h"

namespace headroom::stored {

// The columns of read_audit().
inline const std::string kAuditColumns = "id, at, token, role, peer, action, target, reason";

template <typename Row>
AuditEntry read_audit(Row& row) {
  AuditEntry entry;
  entry.id = row.integer();
  entry.at = row.integer();
  entry.actor.token = row.text();
  entry.actor.role = row.template word<AdminRole>();
  entry.actor.peer = row.text();
  entry.action = row.template word<AuditAction>();
  entry.target = row.text();
  entry.actor.reason = row.text();
  return entry;
}

}  // namespace headroom::stored
