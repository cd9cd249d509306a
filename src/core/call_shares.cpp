#include "headroom/call_shares.h"

#include <algorithm>

namespace headroom {

CallShares call_shares(int calls_per_second, int nodes) {
  const int others = std::max(0, nodes - 1);
  const int follower = calls_per_second / 2 / (others + 1);
  return {calls_per_second - others * follower, follower};
}

}  // namespace headroom
