#include "postgres/tables/exemption_queries.h"

#include "postgres/tables/paging.h"
#include "stored/rows/exemption_row.h"

namespace headroom::postgres {
namespace {

using stored::read_exemption;

const std::string& kColumns = stored::kExemptionColumns;

}  // namespace

std::optional<Exemption> find_exemption(Connection& connection, ExemptionKind kind, const std::string& subject,
                                        TimeMs now) {
  Query query = connection.query("SELECT " + kColumns +
                                 " FROM exemption WHERE kind = $1 AND subject = $2"
                                 " AND (expires_at IS NULL OR expires_at > $3)");
  if (!query.bind(name_of(kind), subject, now).step()) return std::nullopt;
  return read_exemption(query);
}

std::map<std::string, std::optional<TimeMs>> exempt_members(Connection& connection,
                                                            const std::vector<std::string>& accounts, TimeMs now) {
  std::map<std::string, std::optional<TimeMs>> exempt;
  for (const std::string& account : accounts) {
    const auto found = find_exemption(connection, ExemptionKind::kMember, account, now);
    if (found) exempt.emplace(account, found->expires_at);
  }
  return exempt;
}

Page<Exemption> list_exemptions(Connection& connection, const PageRequest& page, TimeMs now) {
  Query query = connection.query("SELECT " + kColumns +
                                 " FROM exemption WHERE id <= $1 AND (expires_at IS NULL OR expires_at > $2)"
                                 " ORDER BY id DESC LIMIT $3");
  query.bind(ids_before(page).last, now, listed(page.limit) + 1);
  return read_page<Exemption>(query, page, read_exemption<Query>);
}

std::vector<Exemption> expired_exemptions(Connection& connection, const TimePosition& after, TimeMs now, int limit) {
  Query query =
      connection.query("SELECT " + kColumns +
                       " FROM exemption WHERE expires_at >= $1"
                       " AND expires_at <= $2 AND (expires_at > $3 OR id > $4) ORDER BY expires_at, id LIMIT $5");
  query.bind(after.time, now, after.time, after.id, std::max(limit, 0));
  std::vector<Exemption> expired;
  while (query.step()) expired.push_back(read_exemption(query));
  return expired;
}

Exemption put_exemption(Connection& connection, const Exemption& exemption) {
  connection.query("DELETE FROM exemption WHERE kind = $1 AND subject = $2 AND expires_at <= $3")
      .bind(name_of(exemption.kind), exemption.subject, exemption.created_at)
      .run();
  Query query = connection.query(
      "INSERT INTO exemption (kind, subject, reason, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)"
      " ON CONFLICT (kind, subject) DO UPDATE SET reason = excluded.reason, expires_at = excluded.expires_at"
      " RETURNING " +
      kColumns);
  query.bind(name_of(exemption.kind), exemption.subject, exemption.reason, exemption.created_at, exemption.expires_at);
  query.step();
  Exemption stored = read_exemption(query);
  query.run();
  return stored;
}

bool delete_exemption(Connection& connection, ExemptionKind kind, const std::string& subject) {
  connection.query("DELETE FROM exemption WHERE kind = $1 AND subject = $2").bind(name_of(kind), subject).run();
  return connection.changes() > 0;
}

int delete_exemptions_before(Connection& connection, TimeMs expired_before, int limit) {
  connection
      .query(
          "DELETE FROM exemption WHERE id IN"
          " (SELECT id FROM exemption WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)")
      .bind(expired_before, std::max(limit, 0))
      .run();
  return connection.changes();
}

}  // namespace headroom::postgres
