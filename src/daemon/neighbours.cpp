#include "daemon/neighbours.h"

#include <algorithm>
#include <utility>

namespace headroom {

Neighbours::Neighbours(const Clock& clock, Log& log, DurationMs lease, std::function<void(int, bool)> counted)
    : clock_(clock), log_(log), lease_(lease), counted_(std::move(counted)) {}

void Neighbours::see(const std::vector<NodeState>& nodes, const NodeState& own, SteadyMs began) {
  TimeMs newest = 0;
  for (const NodeState& node : nodes) newest = std::max(newest, node.seen_at);
  std::optional<std::string> mode;
  int living = 0;
  for (const NodeState& node : nodes) {
    if (!lives(node, newest)) continue;
    ++living;
    if (node.leads) mode = node.mode;
  }
  {
    const std::lock_guard lock(mutex_);
    leaders_mode_ = mode;
    // The others look several times in a lease.
    if (!asks_from_) asks_from_ = clock_.steady_now() + lease_;
    asks_until_ = began + lease_;
  }
  counted_(std::max(1, living), own.leads);
  warn(nodes, own, newest);
}

bool Neighbours::lives(const NodeState& node, TimeMs newest) const { return newest - node.seen_at <= lease_; }

void Neighbours::warn(const std::vector<NodeState>& nodes, const NodeState& own, TimeMs newest) {
  if (!std::exchange(compared_, true)) {
    for (const NodeState& node : nodes) {
      if (node.name == own.name && node.id != own.id) former_[node.id] = node.seen_at;
    }
  }
  std::string differences;
  for (const NodeState& node : nodes) {
    if (!lives(node, newest) || node.id == own.id) continue;
    // This node's former start, or one that has the same name and lives: then it moves.
    if (const auto former = former_.find(node.id); former != former_.end() && former->second == node.seen_at) continue;
    if (node.name == own.name) differences += node.name + " is the name of two nodes; ";
    if (node.config_hash == own.config_hash) continue;
    const std::string keys = differing_keys(own, node);
    differences += node.name + " has another configuration" + (keys.empty() ? "" : ": " + keys) + "; ";
  }
  if (differences == told_) return;
  told_ = differences;
  if (differences.empty()) return;
  log_.warning("nodes differ",
               {{"node", own.name},
                {"what", differences.substr(0, differences.size() - 2)},
                {"hint",
                 "give all nodes the same policy, capacity, calendar and scheduler sections, and each a "
                 "node.name of its own"}});
}

std::optional<std::string> Neighbours::leaders_mode() const {
  const std::lock_guard lock(mutex_);
  return leaders_mode_;
}

bool Neighbours::may_ask() const {
  const SteadyMs now = clock_.steady_now();
  const std::lock_guard lock(mutex_);
  return asks_from_ && now >= *asks_from_ && now < asks_until_;
}

}  // namespace headroom
