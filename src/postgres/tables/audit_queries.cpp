#include "postgres/tables/audit_queries.h"

#include "postgres/tables/paging.h"
#include "stored/rows/audit_row.h"

namespace headroom::postgres {
std::int64_t insert_audit(Connection& connection, const AuditEntry& entry) {
  Query query = connection.query(
      "INSERT INTO audit (at, token, role, peer, action, target, reason) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING "
      "id");
  query.bind(entry.at, entry.actor.token, name_of(entry.actor.role), entry.actor.peer, name_of(entry.action),
             entry.target, entry.actor.reason);
  query.step();
  const std::int64_t id = query.integer();
  query.run();
  return id;
}

// People and their scripts make these rows: there are never so many that walking them takes long.
Page<AuditEntry> list_audit(Connection& connection, const AuditFilter& filter, const PageRequest& page) {
  Query query = connection.query("SELECT " + stored::kAuditColumns +
                                 " FROM audit"
                                 " WHERE id <= $1 AND at >= $2 AND at < $3 ORDER BY id DESC LIMIT $4");
  query.bind(ids_before(page).last, filter.since.value_or(0), filter.until.value_or(kMaxTimeMs + 1),
             listed(page.limit) + 1);
  return read_page<AuditEntry>(query, page, stored::read_audit<Query>);
}

}  // namespace headroom::postgres
