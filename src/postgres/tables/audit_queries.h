#pragma once

#include "headroom/storage.h"
#include "postgres/connection.h"

namespace headroom::postgres {

std::int64_t insert_audit(Connection& connection, const AuditEntry& entry);
Page<AuditEntry> list_audit(Connection& connection, const AuditFilter& filter, const PageRequest& page);

}  // namespace headroom::postgres
