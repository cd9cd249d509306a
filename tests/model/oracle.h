#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "headroom/run.h"
#include "headroom/storage.h"
#include "tests/model/orders.h"
#include "tests/model/sight.h"
#include "tests/model/trace.h"

namespace headroom::model {

// Compares what the daemon does with what the contract promises (section 6), after every step. Knows the world, the
// orders and what each worker was shown; of the daemon only what it has on disk.
class Oracle {
 public:
  explicit Oracle(Trace& trace) : trace_(trace) {}

  Orders orders;
  // Of the database as it is now; absent while the daemon is down.
  ReadView* view = nullptr;

  // A delete call is about to leave the daemon. Returns the run that it belongs to.
  std::int64_t sends(Sight& sight, const std::string& group_id, const std::vector<std::string>& accounts, TimeMs now);
  // The world did it.
  void removed(std::int64_t run_id, const std::vector<std::string>& accounts, TimeMs now);
  // A transaction of this worker was committed.
  void committed(Sight& sight, TimeMs now);
  // An operator approved a plan while this policy was in force: its limits of a day hold.
  void approved(std::int64_t run_id, const Policy& in_force, TimeMs now);
  // The daemon was killed or stopped: runs that run now may be resolved, never carried on.
  void ended();
  // A run was left open by its worker: the same.
  void given_up(std::int64_t run_id) { closed_to_sending_.insert(run_id); }
  // Somebody went out of a group, by whatever way.
  void went_out(const std::string& group_id, const std::string& account, TimeMs now);
  // Those whom a run removed from the group, `but` that one.
  std::set<std::string> once_removed(const std::string& group_id, std::int64_t but = 0) const;
  // The whole history against the ledger, at rest.
  void check_history(TimeMs now);

  void fail(const std::string& promise, const std::string& what);
  const std::string& violation() const { return violation_; }
  bool failed() const { return !violation_.empty(); }
  std::int64_t sends_seen() const { return sends_; }
  void gone(const std::string& group_id) { gone_.insert(group_id); }

 private:
  struct Fate {  // of one member of one run
    TimeMs first_sent_at = 0;
    TimeMs sent_at = 0;                // newest
    std::optional<TimeMs> removed_at;  // by our call
  };

  std::optional<Run> run_that_sends(Sight& sight, const std::string& group_id);
  void check_looks(const Sight& sight, const Run& run, std::size_t count);
  void check_members(const Sight& sight, const Run& run, const std::vector<std::string>& accounts, TimeMs now);
  void check_orders(const Sight& sight, const Run& run, const std::vector<std::string>& accounts, TimeMs now);
  void check_limits(const Run& run, TimeMs now);
  std::int64_t sent_in_a_day(const std::string* group_id, TimeMs now) const;
  void check_plan(const Sight& sight, const Run& run, TimeMs now);
  void check_selection(const Sight& sight, const Run& run, const std::vector<RunMember>& plan);
  void check_reservation(const Run& run, TimeMs now);
  void check_group(const std::string& group_id);
  void check_closed(const Run& run);
  void check_fates(const Run& run, const std::vector<RunMember>& plan);

  Trace& trace_;
  std::string violation_;
  std::int64_t sends_ = 0;
  std::map<std::int64_t, std::map<std::string, Fate>> fates_;  // by run
  std::map<std::int64_t, Run> sending_;                        // runs that have sent
  std::map<std::int64_t, std::set<std::string>> plans_;        // who was selected when the plan was made
  std::map<std::int64_t, Policy> approved_under_;
  std::set<std::int64_t> unsure_;             // runs whose looks were incomplete
  std::set<std::int64_t> closed_to_sending_;  // running when the daemon ended, or given up
  std::map<std::string, std::vector<std::pair<std::string, TimeMs>>> outs_;  // by group: who went out when
  std::set<std::string> gone_;  // groups that were destroyed, or that an answer called gone
};

}  // namespace headroom::model
