#pragma once

#include <string>
#include <vector>

#include "headroom/lease.h"
#include "headroom/node.h"
#include "postgres/connection.h"

namespace headroom::postgres {

std::vector<NodeState> list_nodes(Connection& connection);
void note_node(Connection& connection, const NodeState& node);
int forget_nodes(Connection& connection, DurationMs unseen_for);
int forget_former(Connection& connection, const NodeState& node, DurationMs unseen_for);
void forget_node(Connection& connection, const std::string& id);

// Which server this is. Of another one than before, the lease is nobody's until its time and drain are over once more:
// what the former one has said last may be lost, and somebody may lead by that. True for such a one.
bool see_server(Connection& connection, const std::string& server, const LeaseClaim& claim);
// Whether a standby confirms each commit. What the role may not see is not there.
bool has_synchronous_standby(Connection& connection);

}  // namespace headroom::postgres
