#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "headroom/audit.h"
#include "headroom/event.h"
#include "headroom/exemption.h"
#include "headroom/first_look.h"
#include "headroom/group.h"
#include "headroom/growth.h"
#include "headroom/node.h"
#include "headroom/page.h"
#include "headroom/removal.h"
#include "headroom/report.h"
#include "headroom/run.h"
#include "headroom/scope.h"
#include "headroom/storage_error.h"
#include "headroom/sweep.h"
#include "headroom/types.h"

namespace headroom {

enum class GroupSort { kNewest, kFullest, kOldest, kMostRefused };
struct GroupFilter {
  std::vector<GroupState> states = {};          // any of these; empty: all
  std::vector<BlockReason> reasons = {};        // of `blocked` groups only, any of these; empty: all
  std::optional<TimeMs> full_since_until = {};  // only groups in `full` with full_since <= this
  std::string search = {};                      // part of the id or the name, ASCII letters of either case alike
  GroupSort sort = GroupSort::kNewest;
};
struct EventFilter {
  std::optional<std::string> group_id;
  std::optional<TimeMs> since;  // received_at, inclusive
  std::optional<TimeMs> until;  // exclusive
};
struct RunFilter {
  std::optional<std::string> group_id;
  std::vector<RunState> states = {};  // any of these; empty: all
  std::optional<TimeMs> since;        // created_at, inclusive
  std::optional<TimeMs> until;        // exclusive
};

// What headroom asks of its store, by noun: who needs one of them takes that one. Every call may throw StorageError.

// Groups, and what happened to them.
class GroupView {
 public:
  virtual ~GroupView() = default;

  virtual std::optional<Group> find_group(const std::string& group_id) = 0;
  // Groups whose next_check_at has come: costs `limit`, not the number of groups. The longest due first, among those
  // that Chat confirmed (observed_at is set) and among the others. While there are enough of both, every fifth is one
  // of the others.
  virtual std::vector<Group> due_groups(TimeMs now, int limit) = 0;
  // Groups that Chat never confirmed, the longest known first, from the one after `after_id`. None while there are no
  // more than `beyond` of them.
  virtual std::vector<Group> unconfirmed_groups(std::int64_t after_id, std::int64_t beyond, int limit) = 0;
  virtual std::optional<TimeMs> next_due_at() = 0;
  // Those that are due later than that, by next_check_at.
  virtual std::vector<Group> groups_due_after(const TimePosition& after, int limit) = 0;
  // Looks at a bounded number of groups: where few of them are shown, a page is short. In other orders than the newest
  // first: largest member_count / max_member_count, smallest full_since, largest full_events (from eight on as of the
  // last look at the group, or of the first event in its last minute and an eighth ago). Behind them those without it,
  // newest first.
  virtual Page<Group> groups(const GroupFilter& filter, const PageRequest& page) = 0;

  virtual Page<Event> events(const EventFilter& filter, const PageRequest& page) = 0;

  // The lowest of the group's and its type's, of those that were learned later than that.
  virtual std::optional<std::int64_t> learned_ceiling(const std::string& group_id, std::optional<GroupType> type,
                                                      TimeMs learned_after) = 0;
};

// Runs, their members, and whom they removed.
class RunView {
 public:
  virtual ~RunView() = default;

  virtual std::optional<Run> find_run(std::int64_t id) = 0;
  virtual Page<Run> runs(const RunFilter& filter, const PageRequest& page) = 0;
  virtual std::optional<Run> open_run(const std::string& group_id) = 0;
  virtual std::vector<Run> running_runs() = 0;
  // Those that wait for their approval, the longest waiting first.
  virtual std::vector<Run> waiting_runs(int limit) = 0;
  // The group's newest run that listed members and did not find them implausible; no plan that nobody has approved.
  virtual std::optional<Run> last_listing(const std::string& group_id) = 0;
  // In plan order, the one list that ascends: `before_id` is the last one of the page before.
  virtual Page<RunMember> run_members(std::int64_t run_id, std::optional<Decision> decision,
                                      const PageRequest& page) = 0;
  // The selected members in plan order: the first to go first.
  virtual std::vector<RunMember> plan(std::int64_t run_id) = 0;
  // All groups, or one.
  virtual RemovalUsage removal_usage(TimeMs since, const std::optional<std::string>& group_id) = 0;
  // The same of limits that runs of mode `raise` set, in all groups.
  virtual RemovalUsage raise_usage(TimeMs since) = 0;

  // Those of `accounts` that were removed from the group.
  virtual std::map<std::string, Removal> removals(const std::string& group_id,
                                                  const std::vector<std::string>& accounts) = 0;
  // Who came back to the group by themselves, and when that was first seen; up to `limit` of them.
  virtual std::map<std::string, TimeMs> rejoined(const std::string& group_id, int limit) = 0;
  // What earlier plans saw of those of `accounts` that they have to remember.
  virtual std::map<std::string, FirstLook> first_looks(const std::string& group_id,
                                                       const std::vector<std::string>& accounts) = 0;
  // Everybody who was removed, in the order in which that was verified.
  virtual Page<PastRemoval> removal_history(const RemovalFilter& filter, const PageRequest& page) = 0;
};

// Who is exempt.
class ExemptionView {
 public:
  virtual ~ExemptionView() = default;

  virtual std::optional<Exemption> find_exemption(ExemptionKind kind, const std::string& subject, TimeMs now) = 0;
  // Those of `accounts` that are exempt now, and until when; absent: for ever.
  virtual std::map<std::string, std::optional<TimeMs>> exempt_members(const std::vector<std::string>& accounts,
                                                                      TimeMs now) = 0;
  // Those that hold now.
  virtual Page<Exemption> exemptions(const PageRequest& page, TimeMs now) = 0;
  // Those that are over by `now`, by expires_at.
  virtual std::vector<Exemption> expired_exemptions(const TimePosition& after, TimeMs now, int limit) = 0;
};

// Sweeps.
class SweepView {
 public:
  virtual ~SweepView() = default;

  virtual std::optional<Sweep> find_sweep(std::int64_t id) = 0;
  virtual Page<Sweep> sweeps(const PageRequest& page) = 0;
  virtual std::optional<Sweep> running_sweep() = 0;
  // The newest that was no dry run.
  virtual std::optional<Sweep> last_sweep() = 0;
};

// Groups that fill up, as sweeps saw them.
class GrowthView {
 public:
  virtual ~GrowthView() = default;

  virtual std::optional<Growth> find_growth(const std::string& group_id) = 0;
  // Those that will be full until that day, the soonest first, by full_on and id: the rank is full_on.
  virtual Page<Growth> filling(Day until, const PageRequest& page) = 0;
};

// What is shown of all of it.
class ReportView {
 public:
  virtual ~ReportView() = default;

  // One bucket after the other, from that of `since` to that of `last`, also where nothing happened.
  virtual std::vector<TimelineBucket> timeline(TimelineUnit unit, TimeMs since, TimeMs last) = 0;
  virtual Page<AuditEntry> audit(const AuditFilter& filter, const PageRequest& page) = 0;

  virtual Counts counts(TimeMs now, TimeMs stale_before) = 0;
};

// Who shares the store.
class NodeView {
 public:
  virtual ~NodeView() = default;

  // By name and id, kMostNodes at most.
  virtual std::vector<NodeState> nodes() = 0;
};

// What the daemon keeps for itself.
class SettingView {
 public:
  virtual ~SettingView() = default;

  virtual std::optional<std::string> setting(const std::string& key) = 0;
};

// One committed state at a time; an object belongs to one thread at a time.
class ReadView : public GroupView,
                 public RunView,
                 public ExemptionView,
                 public SweepView,
                 public GrowthView,
                 public ReportView,
                 public NodeView,
                 public SettingView {};

}  // namespace headroom
