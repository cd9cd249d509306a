#pragma once

#include <cstdint>
#include <string>

#include "headroom/types.h"

namespace headroom {

// One start of one daemon, as it last said of itself. Several may share a store.
struct NodeState {
  std::string id;    // random
  std::string name;  // as configured; two living nodes may share one by mistake
  std::string version;
  int schema = 0;
  std::string config_hash;  // of the keys in which nodes have to agree
  std::string config;       // those keys, "key = value", a line each; empty: an older version's
  std::string mode;         // a word of scheduler.mode
  TimeMs started_at = 0;
  TimeMs seen_at = 0;  // by the store's own clock
  bool leads = false;
  std::int64_t spool_depth = 0;  // events that only its own disk has
  bool operator==(const NodeState&) const = default;
};

// The keys of which two such texts say different things, as "a, b and 3 more"; empty where one says nothing.
std::string differing_keys(const NodeState& one, const NodeState& other);

inline constexpr DurationMs kNodesKept = 7 * kDayMs;  // unseen
inline constexpr int kMostNodes = 1000;               // that are shown

}  // namespace headroom
