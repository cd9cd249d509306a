#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "daemon/log.h"
#include "headroom/clock.h"
#include "headroom/node.h"

namespace headroom {

// What this node makes of the others that share its database: how many they are, by whose mode orders go, and whether
// all would decide alike. Seen by one thread, asked by any.
class Neighbours {
 public:
  struct Hooks {
    std::function<void(int living, bool leads)> counted = [](int, bool) {};  // this one among them
    // On the node that leads, or takes the lead then: one has gone without saying so, a moment ago. What it took may be
    // on its disk alone. Once more, a minute later, when `refused` was called: from any thread, also behind this one's
    // end.
    std::function<void(std::function<void()> refused)> gone = [](const std::function<void()>&) {};
  };
  // Clock and log outlive this.
  Neighbours(const Clock& clock, Log& log, DurationMs lease, Hooks hooks);

  // As they stand in the store behind this node's own word, which it began to give at `began`.
  void see(const std::vector<NodeState>& nodes, const NodeState& own, SteadyMs began);

  // By whose mode orders are judged: that of the node that leads, as it was last seen.
  std::optional<std::string> leaders_mode() const;
  // Whether a node that does not lead may ask Chat something: all others know of it, and so leave it its share of the
  // calls; and it has heard of them within the last lease.
  bool may_ask() const;

 private:
  bool lives(const NodeState& node, TimeMs newest) const;
  bool looks_long_enough();
  void miss(const std::vector<NodeState>& nodes, const NodeState& own, TimeMs newest);
  void compare(const std::vector<NodeState>& nodes, const NodeState& own, TimeMs newest);

  const Clock& clock_;
  Log& log_;
  const DurationMs lease_;
  const Hooks hooks_;
  std::string told_;  // of which differences
  std::map<std::string, TimeMs> first_seen_;  // by id: their sign of life when they were seen for the first time
  std::set<std::string> missed_;              // by id: of whom was told, while they are gone
  std::optional<SteadyMs> looked_at_;         // last
  SteadyMs looks_since_;                      // without a gap in which nobody may have been able to say that it lives
  std::optional<SteadyMs> sweep_owed_since_;
  SteadyMs sweep_from_;  // not asked for before
  const std::shared_ptr<std::atomic<bool>> sweep_refused_ = std::make_shared<std::atomic<bool>>(false);

  mutable std::mutex mutex_;  // guards what follows
  std::optional<std::string> leaders_mode_;
  std::optional<SteadyMs> asks_from_;
  SteadyMs asks_until_;
};

}  // namespace headroom
