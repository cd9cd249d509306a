#pragma once

#include <vector>

#include "headroom/node.h"
#include "sqlite/connection.h"

namespace headroom::sqlite {

std::vector<NodeState> list_nodes(Connection& connection);
void note_node(Connection& connection, const NodeState& node, TimeMs now);
int forget_nodes(Connection& connection, TimeMs seen_before);
int forget_former(Connection& connection, const NodeState& node, TimeMs seen_before);
void forget_node(Connection& connection, const std::string& id);

}  // namespace headroom::sqlite
