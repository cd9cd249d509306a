#pragma once

#include <string>

#include "headroom/node.h"

namespace headroom::stored {

// The columns of read_node().
inline const std::string kNodeColumns =
    "id, name, version, schema, config_hash, mode, started_at, seen_at, leads, spool_depth, config";

template <typename Row>
NodeState read_node(Row& row) {
  NodeState node;
  node.id = row.text();
  node.name = row.text();
  node.version = row.text();
  node.schema = static_cast<int>(row.integer());
  node.config_hash = row.text();
  node.mode = row.text();
  node.started_at = row.integer();
  node.seen_at = row.integer();
  node.leads = row.boolean();
  node.spool_depth = row.integer();
  node.config = row.text();
  return node;
}

}  // namespace headroom::stored
