#include "daemon/neighbours.h"

#include <algorithm>
#include <utility>

namespace headroom {
namespace {

constexpr DurationMs kJustNow = kHourMs;  // for whom a sweep finds what is still full
constexpr DurationMs kSweepAgain = kMinuteMs;

}  // namespace

Neighbours::Neighbours(const Clock& clock, Log& log, DurationMs lease, Hooks hooks)
    : clock_(clock), log_(log), lease_(lease), hooks_(std::move(hooks)) {}

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
  hooks_.counted(std::max(1, living), own.leads);
  std::map<std::string, TimeMs> seen;
  for (const NodeState& node : nodes) {
    const auto before = first_seen_.find(node.id);
    seen[node.id] = before == first_seen_.end() ? node.seen_at : before->second;
  }
  first_seen_ = std::move(seen);
  miss(nodes, own, newest);
  compare(nodes, own, newest);
}

bool Neighbours::lives(const NodeState& node, TimeMs newest) const { return newest - node.seen_at <= lease_; }

// Behind a time in which this node could not look, the others may not have come to it either.
bool Neighbours::looks_long_enough() {
  const SteadyMs now = clock_.steady_now();
  if (!looked_at_ || now - *looked_at_ > lease_ / 2) looks_since_ = now;
  looked_at_ = now;
  return now - looks_since_ >= lease_;
}

// One that ends as it should takes its row with it, and one that comes back its former one.
void Neighbours::miss(const std::vector<NodeState>& nodes, const NodeState& own, TimeMs newest) {
  if (!looks_long_enough()) return;
  const SteadyMs now = clock_.steady_now();
  std::set<std::string> gone;
  bool another_leads = false;
  if (sweep_refused_->exchange(false)) sweep_owed_since_ = now;  // paused, say, or another one runs
  for (const NodeState& node : nodes) {
    if (node.id == own.id) continue;
    if (lives(node, newest)) {
      another_leads = another_leads || node.leads;
      continue;
    }
    gone.insert(node.id);
    if (missed_.contains(node.id)) continue;
    log_.warning("a node is gone",
                 {{"node", node.name},
                  {"unseen_ms", newest - node.seen_at},
                  {"spool", node.spool_depth},
                  {"hint",
                   "webhooks that it took while the database was away may be on its disk alone: start it again, or "
                   "`headroomd spool export` there and `import` elsewhere"}});
    if (newest - node.seen_at < kJustNow) sweep_owed_since_ = now;
  }
  missed_ = std::move(gone);
  // Whoever leads owes it. The one that has gone may have led: then whoever does so next.
  if (another_leads || (sweep_owed_since_ && now - *sweep_owed_since_ > kJustNow)) sweep_owed_since_.reset();
  if (!own.leads || !sweep_owed_since_ || now < sweep_from_) return;
  sweep_owed_since_.reset();
  sweep_from_ = now + kSweepAgain;
  hooks_.gone([refused = sweep_refused_] { *refused = true; });
}

void Neighbours::compare(const std::vector<NodeState>& nodes, const NodeState& own, TimeMs newest) {
  std::string differences;
  for (const NodeState& node : nodes) {
    if (!lives(node, newest) || node.id == own.id) continue;
    // What a process left that has ended a moment ago, this node's own former one too: one that lives moves.
    if (first_seen_.at(node.id) == node.seen_at) continue;
    if (node.name == own.name) differences += node.name + " is the name of two nodes; ";
    if (node.config_hash == own.config_hash) continue;
    const std::string keys = differing_keys(own, node);
    differences += node.name + " has another configuration" + (keys.empty() ? "" : ": " + keys) + "; ";
  }
  if (differences == told_) return;
  told_ = differences;
  if (differences.empty()) return log_.info("nodes agree again");
  log_.warning("nodes differ",
               {{"node", own.name},
                {"what", differences.substr(0, differences.size() - 2)},
                {"hint",
                 "give all nodes the same policy, capacity, calendar and scheduler sections, and each a node.name of "
                 "its own"}});
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
