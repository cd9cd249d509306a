#include "postgres/tables/node_queries.h"

#include "stored/rows/node_row.h"

namespace headroom::postgres {
namespace {

const std::string kNow = "(extract(epoch FROM clock_timestamp()) * 1000)::bigint";
// Further than any number of takings that a failover can have lost.
const std::string kFencesLost = "1000000";

}  // namespace

std::vector<NodeState> list_nodes(Connection& connection) {
  static const std::string kList =
      "SELECT " + stored::kNodeColumns + " FROM node ORDER BY name, id LIMIT " + std::to_string(kMostNodes);
  Query query = connection.query(kList);
  std::vector<NodeState> nodes;
  while (query.step()) nodes.push_back(stored::read_node(query));
  return nodes;
}

void note_node(Connection& connection, const NodeState& node) {
  static const std::string kNote =
      "INSERT INTO node (" + stored::kNodeColumns + ") VALUES ($1, $2, $3, $4, $5, $6, $7, " + kNow +
      ", $8, $9, $10) ON CONFLICT (id) DO UPDATE SET (name, version, schema, config_hash, mode,"
      " started_at, seen_at, leads, spool_depth, config) = (excluded.name, excluded.version,"
      " excluded.schema, excluded.config_hash, excluded.mode, excluded.started_at,"
      " excluded.seen_at, excluded.leads, excluded.spool_depth, excluded.config)";
  connection.query(kNote)
      .bind(node.id, node.name, node.version, node.schema, node.config_hash, node.mode, node.started_at, node.leads,
            node.spool_depth, node.config)
      .run();
  // Who led before and is gone can not take it back.
  if (node.leads) connection.query("UPDATE node SET leads = false WHERE leads AND id <> $1").bind(node.id).run();
}

int forget_nodes(Connection& connection, DurationMs unseen_for) {
  static const std::string kForget = "DELETE FROM node WHERE seen_at < " + kNow + " - $1";
  connection.query(kForget).bind(unseen_for).run();
  return connection.changes();
}

int forget_former(Connection& connection, const NodeState& node, DurationMs unseen_for) {
  static const std::string kForget = "DELETE FROM node WHERE name = $1 AND id <> $2 AND seen_at < " + kNow + " - $3";
  connection.query(kForget).bind(node.name, node.id, unseen_for).run();
  return connection.changes();
}

void forget_node(Connection& connection, const std::string& id) {
  connection.query("DELETE FROM node WHERE id = $1").bind(id).run();
}

bool see_server(Connection& connection, const std::string& server, const LeaseClaim& claim) {
  static const std::string kSee = "INSERT INTO cluster (name, server, since) VALUES ('server', $1, " + kNow +
                                  ") ON CONFLICT (name) DO UPDATE SET server = excluded.server, since = excluded.since"
                                  " WHERE cluster.server <> excluded.server RETURNING xmax::text <> '0'";
  static const std::string kTake = "UPDATE lease SET holder = 'failover', fence = fence + " + kFencesLost +
                                   ", until = " + kNow + " + $1, drain = greatest(drain, $2) WHERE name = 'leader'";
  Query seen = connection.query(kSee);
  if (!seen.bind(server).step() || !seen.boolean()) return false;
  connection.query(kTake).bind(claim.lasts, claim.drain).run();
  return true;
}

Standbys standbys(Connection& connection) {
  Query query = connection.query(
      "SELECT EXISTS (SELECT 1 FROM pg_stat_replication WHERE sync_state IN ('sync', 'quorum'))::int,"
      " current_setting('synchronous_standby_names')");
  query.step();
  const bool confirm = query.integer() != 0;
  return {confirm, query.text()};
}

}  // namespace headroom::postgres
