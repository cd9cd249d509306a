#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/soak/node_process.h"

namespace headroom::soak {

// Webhooks of full groups, one after the other, as a load balancer hands them out: each to the next node that takes the
// connection, and is not about to end. A node that has kept silent is left out for a moment.
class BalancedSenders {
 public:
  using Nodes = std::vector<std::unique_ptr<NodeProcess>>;
  struct Sent {
    std::string group;
    std::int64_t event_time = 0;
    bool acknowledged = false;
  };
  struct Answers {
    std::int64_t sent = 0;
    std::int64_t repeats = 0;       // of them
    std::int64_t ok = 0;            // 200
    std::int64_t handed_on = 0;     // 503 of a node that ends: the next one is asked, which takes it
    std::int64_t refused = 0;       // any other status
    std::int64_t nobody = 0;        // no node took the connection
    std::int64_t excused = 0;       // no answer within 2 s, and the node was stopped, killed or ending meanwhile
    std::int64_t late = 0;          // no answer within 2 s without such an excuse
    std::int64_t slowest_ms = 0;    // of those that count
    std::vector<std::string> told;  // the first that were late or refused
  };

  // `group_of` says what group the next event is about.
  BalancedSenders(const Nodes& nodes, int count, std::uint64_t seed, std::function<std::string()> group_of);
  ~BalancedSenders();

  Answers stop();
  std::vector<Sent> sent() const;
  std::int64_t number() const;

 private:
  struct Reply;
  class Line;
  void loop(std::uint64_t seed);
  void send(std::size_t number, Line& line);
  void note(std::size_t number, const NodeProcess* node, bool excused, const Reply& reply);

  const Nodes& nodes_;
  const std::function<std::string()> group_of_;
  std::atomic<bool> stopping_ = false;
  mutable std::mutex mutex_;  // guards what follows
  std::vector<Sent> sent_;
  Answers answers_;
  std::vector<std::thread> threads_;
};

}  // namespace headroom::soak
