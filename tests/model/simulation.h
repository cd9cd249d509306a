#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/model/coverage.h"
#include "tests/model/life.h"
#include "tests/model/mischief.h"

namespace headroom::model {

struct Verdict {
  std::string violation;  // empty: every promise was kept
  std::int64_t sends = 0;
  std::int64_t steps = 0;
  std::int64_t deaths = 0;
  Coverage coverage;
};

// One world from its seed: a time of trouble, then a time of calm in which everything has to come to rest.
class Simulation {
 public:
  // `store` is cleared first.
  Simulation(std::uint64_t seed, Store& store, bool verbose);
  ~Simulation();
  Verdict run();

 private:
  static constexpr DurationMs kLongestTrouble = 2 * kHourMs;  // of one node

  void start_node(std::size_t number);
  // Who gives orders asks that one: who leads, or else one that lives. Null: all are down.
  Daemon* present() const;
  // The one that the balancer gives a webhook.
  Daemon* taker();
  void webhook(const chatsim::WebhookEvent& event);
  void deliver(const Event& event);
  bool advance(TimeMs until);
  void reload_all(const Settings& settings);
  void follow_ledger();
  void bury(std::size_t number);
  void plan_troubles_of_nodes();
  void trouble(Daemon* node, DurationMs length, bool freezes);
  void stop_in(const Outside::Passing& call);
  void come_to_rest();
  bool await_leader();
  bool await_doubts();
  void check_rest();
  void check_parked(const std::string& group_id);
  void check_room(const std::string& group_id);
  bool could_be_raised(const chatsim::GroupInfo& group) const;
  void check_known(const std::string& group_id);

  Store& store_;
  Dice dice_;
  Trace trace_;
  Climate climate_;
  Timeline timeline_;
  chatsim::World world_;
  Faults faults_;
  Oracle oracle_;
  Outside outside_;
  std::vector<std::string> groups_;
  Settings settings_;
  Dice nodes_dice_{0};  // of its own, as that of capacities
  double lost_commits_ = 0;
  std::int64_t starts_ = 0;
  std::vector<std::unique_ptr<Daemon>> nodes_;  // null: it is down
  std::unique_ptr<Life> life_;
  std::unique_ptr<Mischief> mischief_;
  std::uint64_t ledger_read_ = 0;
  std::map<std::string, TimeMs> filled_at_;  // at the latest: when it changed last
  bool deaf_ = false;
  std::uint64_t fingerprints_ = 0;
  Verdict verdict_;
};

}  // namespace headroom::model
