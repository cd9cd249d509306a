#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "headroom/audit.h"
#include "headroom/event.h"
#include "headroom/group.h"
#include "headroom/kept_answer.h"
#include "headroom/run.h"
#include "headroom/sweep.h"
#include "headroom/types.h"

namespace headroom {

class StorageError : public std::runtime_error {
 public:
  enum class Kind {
    kFull,     // no space: nothing was stored; heals when there is space again
    kFatal,    // failed read, write or sync, corruption: what is on disk is unknown; the process has to end
    kTimeout,  // a read took longer than a read may
    kOther     // this operation alone failed (a broken constraint, another process's lock)
  };
  StorageError(Kind kind, const std::string& what) : std::runtime_error(what), kind_(kind) {}
  Kind kind() const { return kind_; }

 private:
  Kind kind_;
};

// Lists are newest first, by id. `before_id`: only rows with a smaller one.
struct PageRequest {
  int limit = 50;
  std::optional<std::int64_t> before_id;
};
template <typename T>
struct Page {
  std::vector<T> items;
  std::optional<std::int64_t> next_before_id;  // absent: that was the last page
};

// Behind this row, in a walk by a time that rows have, and by their ids where it is the same.
struct TimePosition {
  TimeMs time = 0;
  std::int64_t id = 0;
};

struct GroupFilter {
  std::optional<GroupState> state;
  std::optional<TimeMs> full_since_until;  // only groups in `full` with full_since <= this
};
struct EventFilter {
  std::optional<std::string> group_id;
  std::optional<TimeMs> since;  // received_at, inclusive
  std::optional<TimeMs> until;  // exclusive
};
struct RunFilter {
  std::optional<std::string> group_id;
  std::optional<RunState> state;
  std::optional<TimeMs> since;  // created_at, inclusive
  std::optional<TimeMs> until;  // exclusive
};

enum class ExemptionKind { kGroup, kMember };
struct Exemption {
  std::int64_t id = 0;
  ExemptionKind kind = ExemptionKind::kGroup;
  std::string subject;  // group id or account
  std::string reason;
  TimeMs created_at = 0;
  std::optional<TimeMs> expires_at;
};

// Members sent to delete since a moment, and those that running runs still mean to send.
struct RemovalUsage {
  std::int64_t sent = 0;
  std::int64_t undecided = 0;  // of those: of running runs, whose call may not have gone out yet, or may be refused
  std::int64_t reserved = 0;
  std::optional<TimeMs> oldest_sent_at;  // of those in `sent`
};

// A member that a run removed and that no later one has removed again; or (not certain) that a run sent to delete and
// nobody saw gone: only a JoinTime newer than the plan's says that it was removed after all.
struct Removal {
  std::int64_t run_id = 0;
  std::optional<std::int64_t> joined_at_s;  // Unix seconds, as the plan saw it
  std::optional<TimeMs> restored_at;        // when a restore sent it back
  std::optional<TimeMs> rejoined_at;        // when it was first seen to have come back by itself
  bool certain = true;
  std::optional<TimeMs> back_at;  // since when it is known to have been there again, whatever brought it back
};

// What became of those that one policy removed.
struct PolicyOutcome {
  Policy policy;
  std::int64_t removed = 0;
  std::int64_t rejoined = 0;  // of them: came back by themselves
};

struct Counts {
  std::array<std::int64_t, kGroupStates> groups{};  // by GroupState
  std::int64_t stale_full = 0;                      // full since `stale_before` or longer
  std::optional<TimeMs> oldest_full_since;          // of groups in `full`
  std::map<BlockReason, std::int64_t> blocked;      // reasons without any may be missing
  std::int64_t due = 0;
  std::int64_t events_last_hour = 0;
  std::int64_t events_last_day = 0;
  std::map<RunState, std::int64_t> runs_last_day;
  std::int64_t runs_awaiting_approval = 0;
  std::int64_t removals_last_day = 0;  // sent to delete
  std::optional<TimeMs> last_event_at;
  std::optional<TimeMs> last_sweep_at;  // when one was finished
  std::vector<PolicyOutcome> policies;  // the last used first, at most 5
};

// What happened in one hour or day (UTC).
struct TimelineBucket {
  TimeMs start = 0;
  std::int64_t events = 0;         // full-group events, by their receipt
  std::int64_t groups_filled = 0;  // groups that went from not full to full, by full_since
  std::int64_t removals = 0;       // members sent to delete
};
enum class TimelineUnit { kHour, kDay };

// What headroom asks of its store. Every call may throw StorageError. A ReadView shows one committed state at a
// time; an object belongs to one thread at a time.
class ReadView {
 public:
  virtual ~ReadView() = default;

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
  virtual Page<Group> groups(const GroupFilter& filter, const PageRequest& page) = 0;

  virtual Page<Event> events(const EventFilter& filter, const PageRequest& page) = 0;

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

  // Those of `accounts` that were removed from the group.
  virtual std::map<std::string, Removal> removals(const std::string& group_id,
                                                  const std::vector<std::string>& accounts) = 0;

  virtual std::optional<Exemption> find_exemption(ExemptionKind kind, const std::string& subject, TimeMs now) = 0;
  // Those of `accounts` that are exempt now, and until when; absent: for ever.
  virtual std::map<std::string, std::optional<TimeMs>> exempt_members(const std::vector<std::string>& accounts,
                                                                      TimeMs now) = 0;
  // Those that hold now.
  virtual Page<Exemption> exemptions(const PageRequest& page, TimeMs now) = 0;
  // Those that are over by `now`, by expires_at.
  virtual std::vector<Exemption> expired_exemptions(const TimePosition& after, TimeMs now, int limit) = 0;

  // One bucket after the other, from that of `since` to that of `last`, also where nothing happened.
  virtual std::vector<TimelineBucket> timeline(TimelineUnit unit, TimeMs since, TimeMs last) = 0;
  virtual Page<AuditEntry> audit(const AuditFilter& filter, const PageRequest& page) = 0;
  virtual std::optional<Sweep> find_sweep(std::int64_t id) = 0;
  virtual Page<Sweep> sweeps(const PageRequest& page) = 0;
  virtual std::optional<Sweep> running_sweep() = 0;
  // The newest that was no dry run.
  virtual std::optional<Sweep> last_sweep() = 0;

  virtual std::optional<std::string> setting(const std::string& key) = 0;
  virtual Counts counts(TimeMs now, TimeMs stale_before) = 0;
};

// The one writer. Mutations happen inside begin … commit; what ReadView's calls of this object show includes them.
class Storage : public ReadView {
 public:
  // An immediate transaction, durable when commit returns. rollback never throws.
  virtual void begin() = 0;
  virtual void commit() = 0;
  virtual void rollback() noexcept = 0;
  // Inside a transaction: what `body` did is undone when it throws, and the exception goes on.
  virtual void savepoint(const std::function<void()>& body) = 0;
  // Moves the log into the database file as far as readers allow, and returns when it is on disk there; outside a
  // transaction.
  virtual void checkpoint() = 0;
  // The same in two parts: the first returns once the pages are moved, the second when they are on disk and throws what
  // came of it. In between commits go on, in the log behind what was moved; only when the log is to begin anew they
  // wait for the disk.
  enum class LogAfter { kGoesOn, kBeginsAnew };
  virtual void start_checkpoint(LogAfter log) = 0;
  virtual void finish_checkpoint() = 0;
  // True while the disk is busy with what start_checkpoint() moved; and when a commit would wait for it.
  virtual bool checkpoint_running() const = 0;
  virtual bool commit_would_wait() const = 0;
  // How much commits have added to the log since the last checkpoint began, and how long it is.
  virtual std::int64_t log_growth_bytes() const = 0;
  virtual std::int64_t log_bytes() const = 0;

  // The new id, or nullopt when it repeats a stored event (same fingerprint).
  virtual std::optional<std::int64_t> insert_event(const Event& event) = 0;
  // Inserts when group.id is 0. Returns the id.
  virtual std::int64_t save_group(const Group& group) = 0;
  // The same for a group that is stored, of which only full_events and last_full_at have changed; cheaper.
  virtual void save_full_events(const Group& group) = 0;
  virtual void delete_group(const std::string& group_id) = 0;
  // Groups that the transactions committed since the last call have made blocked, or blocked for another reason; at
  // most kMaxBlocked of them.
  static constexpr std::size_t kMaxBlocked = 1000;
  virtual std::vector<Group> take_blocked() = 0;

  virtual std::int64_t insert_run(const Run& run) = 0;  // returns the id
  // In plan order: selected ones first, the first to go first. Once per run.
  virtual void insert_run_members(std::int64_t run_id, const std::vector<RunMember>& members) = 0;
  // Everything but id, group, trigger and created_at.
  virtual void update_run(const Run& run) = 0;
  // Keeps the first `limit` selected members; the others become kept ones, as kOverLimit. Before anyone was sent.
  virtual void shorten_plan(std::int64_t run_id, std::int64_t limit) = 0;
  virtual void mark_sent(std::int64_t run_id, const std::vector<std::string>& accounts, TimeMs now) = 0;
  // Those that were not sent after all: nothing went out, or Chat refused the whole call. They cost no limit.
  virtual void unmark_sent(std::int64_t run_id, const std::vector<std::string>& accounts) = 0;
  // The run means to send nothing more and reserves nothing: it is to be closed by looking. Adds what was tried in
  // vain.
  virtual void add_doubt(std::int64_t run_id, std::int64_t vain_looks, DurationMs over) = 0;
  virtual void finish_member(std::int64_t run_id, const std::string& account, Outcome outcome, int error_code) = 0;
  // Removed members that were seen in their group again, and whom nobody restored. Returns how many of them are news.
  virtual std::int64_t note_rejoined(const std::string& group_id, const std::vector<std::string>& accounts,
                                     TimeMs now) = 0;
  // Removed members that have been in their group again since: all that is known, say, of one who has left it.
  virtual void note_back(const std::string& group_id, const std::vector<std::string>& accounts, TimeMs now) = 0;

  // Inserts, or replaces the reason and expiry of the same subject (id and created_at stay, unless that one was over by
  // the new one's created_at). Returns it as stored.
  virtual Exemption put_exemption(const Exemption& exemption) = 0;
  virtual bool delete_exemption(ExemptionKind kind, const std::string& subject) = 0;

  virtual std::int64_t insert_audit(const AuditEntry& entry) = 0;  // returns the id
  // Keeps the newest kMaxSweeps; at most one of them is running. Returns the id.
  static constexpr std::int64_t kMaxSweeps = 1000;
  virtual std::int64_t insert_sweep(const Sweep& sweep) = 0;
  // Everything but id, dry_run and started_at.
  virtual void update_sweep(const Sweep& sweep) = 0;

  // The answer of that key, if it is younger than that.
  virtual std::optional<KeptAnswer> find_answer(const RequestKey& key, TimeMs created_after) = 0;
  virtual void keep_answer(const RequestKey& key, const KeptAnswer& answer, TimeMs now) = 0;
  virtual std::int64_t kept_answers() = 0;  // at most so many are kept

  virtual void put_setting(const std::string& key, const std::optional<std::string>& value) = 0;

  // Retention, at most `limit` rows a call; returns how many went.
  virtual int delete_exemptions_before(TimeMs expired_before, int limit) = 0;
  // Events are as old as the later of received_at and event_time, if that is no later than now. Looks at `limit` of
  // those that were received before, by received_at, and deletes them unless their event_time is younger.
  struct ForgottenEvents {
    int seen = 0;
    int deleted = 0;
    TimePosition last;  // that it has seen
  };
  virtual ForgottenEvents forget_events(TimeMs before, TimeMs now, const TimePosition& after, int limit) = 0;
  virtual int delete_answers_before(TimeMs created_before, int limit) = 0;
  virtual int delete_kept_members_before(TimeMs created_before, int limit) = 0;
  // Forgets the longest known groups that Chat never confirmed, while there are more than `keep` of them.
  virtual int evict_unconfirmed_groups(std::int64_t keep, int limit) = 0;
};

}  // namespace headroom
