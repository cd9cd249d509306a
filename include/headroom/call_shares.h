#pragma once

namespace headroom {

// Whose so many calls to Chat a second are, of each API, when several nodes share them. Questions have half of them at
// most, a like part for each node; the node that leads has what the others' questions leave.
struct CallShares {
  int leader = 0;
  int follower = 0;  // 0: too few to be shared, and only the leader asks
};
// At least one node.
CallShares call_shares(int calls_per_second, int nodes);

}  // namespace headroom
