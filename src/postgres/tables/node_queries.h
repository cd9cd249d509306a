#pragma once

#include <string>
#include <vector>

#include "headroom/lease.h"
#include "headroom/node.h"
#include "postgres/connection.h"

namespace headroom::postgres {

struct Standbys {
  bool confirm = false;  // one of them does, each commit
  std::string named;     // synchronous_standby_names: where none confirms, each commit waits for one of these

  bool operator==(const Standbys&) const = default;
};

std::vector<NodeState> list_nodes(Connection& connection);
void note_node(Connection& connection, const NodeState& node);
int forget_nodes(Connection& connection, DurationMs unseen_for);
int forget_former(Connection& connection, const NodeState& node, DurationMs unseen_for);
void forget_node(Connection& connection, const std::string& id);

// Which server this is. Of another one than before, the lease is nobody's until its time and drain are over once more:
// what the former one has said last may be lost, and somebody may lead by that. True for such a one.
bool see_server(Connection& connection, const std::string& server, const LeaseClaim& claim);
// What the role may not see is not there.
Standbys standbys(Connection& connection);

}  // namespace headroom::postgres
