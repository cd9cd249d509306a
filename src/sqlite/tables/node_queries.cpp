#include "sqlite/tables/node_queries.h"

#include "stored/rows/node_row.h"

namespace headroom::sqlite {

std::vector<NodeState> list_nodes(Connection& connection) {
  Query query =
      connection.query("SELECT " + stored::kNodeColumns + " FROM node ORDER BY name, id LIMIT " + std::to_string(kMostNodes));
  std::vector<NodeState> nodes;
  while (query.step()) nodes.push_back(stored::read_node(query));
  return nodes;
}

void note_node(Connection& connection, const NodeState& node, TimeMs now) {
  connection
      .query("INSERT OR REPLACE INTO node (" + stored::kNodeColumns + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .bind(node.id, node.name, node.version, node.schema, node.config_hash, node.mode, node.started_at, now,
            node.leads, node.spool_depth, node.config)
      .run();
}

int forget_nodes(Connection& connection, TimeMs seen_before) {
  connection.query("DELETE FROM node WHERE seen_at < ?").bind(seen_before).run();
  return connection.changes();
}

int forget_former(Connection& connection, const NodeState& node, TimeMs seen_before) {
  connection.query("DELETE FROM node WHERE name = ? AND id <> ? AND seen_at < ?")
      .bind(node.name, node.id, seen_before)
      .run();
  return connection.changes();
}

void forget_node(Connection& connection, const std::string& id) {
  connection.query("DELETE FROM node WHERE id = ?").bind(id).run();
}

}  // namespace headroom::sqlite
