#include "engine/orders/audit_entry.h"

#include "headroom/names.h"

namespace headroom {

std::string exemption_target(ExemptionKind kind, const std::string& subject) {
  return std::string(name_of(kind)) + ":" + subject;
}

void audit(Transaction& storage, const Actor& actor, AuditAction action, const std::string& target, TimeMs now) {
  AuditEntry entry;
  entry.at = now;
  entry.actor = actor;
  entry.action = action;
  entry.target = target;
  storage.insert_audit(entry);
}

}  // namespace headroom
