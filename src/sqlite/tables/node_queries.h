#pragma once

#include <vector>

#include "headroom/node.h"
#include "sqlite/connection.h"

namespace headroom::sqlite {

std::vector<NodeState> list_nodes(Connection& connection);
void note_node(Connection& connection, const NodeState& node, TimeMs now);
int forget_nodes(Connection& connection, TimeMs seen_before);

}  // namespace headroom::sqlite
