#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "sqlite/checkpoint.h"
#include "sqlite/checkpoint_pace.h"
#include "sqlite/delayed_counts.h"
#include "sqlite/group_cache.h"
#include "sqlite/sqlite_reads.h"
#include "stored/pending_tally.h"

struct sqlite3;

namespace headroom {

struct SqliteStorageOptions {
  std::string path;
  std::string vfs = {};  // empty: the default one
  sqlite::CheckpointLimits checkpoints = {};
  std::function<TimeMs()> now = {};  // the store's clock, which leases go by; empty: the machine's
  // From so many counted events in one transaction on their groups' rows are left for later, until so many are.
  std::size_t delay_from = 2;
  std::size_t most_delayed = 32'768;
};

// The one writing connection, and the only one that ever checkpoints (when it opens, behind its commits, and on a clean
// close). The caller holds the DatabaseLock and has had the schema checked. Not thread-safe.
class SqliteStorage final : public SqliteReads<Store> {
 public:
  // Throws DatabaseProblem; never creates the file. Looks for what the one before had not written yet.
  explicit SqliteStorage(const SqliteStorageOptions& options);

  // Waits for a checkpoint that is under way.
  ~SqliteStorage() override;

  // The disk has failed: closing must not write to it any more.
  void leave_as_it_is() noexcept;

  void begin() override;
  void commit() override;
  void rollback() noexcept override;
  void savepoint(const std::function<void()>& body) override;

  void after_batch(const Batch& batch) override;
  void make_room() override;
  bool has_upkeep() const override { return checkpointing_; }
  bool upkeep_running() const override { return checkpoint_.is_running(); }
  void finish_upkeep() override;
  bool commit_would_wait() const override { return checkpoint_.is_running() && !checkpoint_.lets_commits_go_on(); }
  // Moves the log into the database file as far as readers allow, and returns when it is on disk there; outside a
  // transaction. start_checkpoint() returns once the pages are moved, finish_upkeep() when they are on disk.
  void checkpoint();
  void start_checkpoint(sqlite::LogAfter log);
  std::int64_t log_growth_bytes() const { return pace_.growth_bytes(); }
  std::int64_t log_bytes() const { return pace_.log_bytes(); }

  bool has_delayed() const override { return !delayed_.empty(); }
  void write_delayed() override;

  std::optional<Group> find_group(const std::string& group_id) override;
  std::vector<Group> due_groups(TimeMs now, int limit) override;
  std::vector<Group> unconfirmed_groups(std::int64_t after_id, std::int64_t beyond, int limit) override;
  std::vector<Group> groups_due_after(const TimePosition& after, int limit) override;
  Page<Group> groups(const GroupFilter& filter, const PageRequest& page) override;
  std::optional<Run> open_run(const std::string& group_id) override;
  Page<Event> events(const EventFilter& filter, const PageRequest& page) override;
  std::vector<TimelineBucket> timeline(TimelineUnit unit, TimeMs since, TimeMs last) override;
  Counts counts(TimeMs now, TimeMs stale_before) override;

  std::optional<std::int64_t> insert_event(const Event& event) override;
  std::int64_t save_group(const Group& group) override;
  void save_full_events(const Group& group) override;
  void delete_group(const std::string& group_id) override;
  std::vector<Arrived> insert_events(std::span<const Arrival> events) override;
  std::vector<Group> lock_groups(std::span<const std::string> group_ids) override;
  std::vector<std::int64_t> save_groups(std::span<const Group> groups) override;
  std::vector<Group> take_blocked() override { return std::exchange(blocked_, {}); }

  std::int64_t insert_run(const Run& run) override;
  void insert_run_members(std::int64_t run_id, const std::vector<RunMember>& members) override;
  void update_run(const Run& run) override;
  void shorten_plan(std::int64_t run_id, std::int64_t limit) override;
  void mark_sent(std::int64_t run_id, const std::vector<std::string>& accounts, TimeMs now) override;
  void unmark_sent(std::int64_t run_id, const std::vector<std::string>& accounts) override;
  void add_doubt(std::int64_t run_id, std::int64_t vain_looks, DurationMs over) override;
  void finish_member(std::int64_t run_id, const std::string& account, Outcome outcome, int error_code) override;
  void note_first_looks(const std::string& group_id, const std::vector<NotedLook>& looks, TimeMs now,
                        TimeMs moved_after) override;
  int delete_first_looks_before(TimeMs noted_before, int limit) override;
  void learn_ceiling(const LearnedCeiling& ceiling, TimeMs now) override;
  void forget_ceilings(const std::string& group_id, std::optional<GroupType> type, std::int64_t limit) override;
  int delete_ceilings_before(TimeMs learned_before, int limit) override;
  void note_back(const std::string& group_id, const std::vector<std::string>& accounts, TimeMs now) override;
  std::int64_t note_rejoined(const std::string& group_id, const std::vector<std::string>& accounts,
                             TimeMs now) override;

  Exemption put_exemption(const Exemption& exemption) override;
  bool delete_exemption(ExemptionKind kind, const std::string& subject) override;

  std::int64_t insert_audit(const AuditEntry& entry) override;
  std::int64_t insert_sweep(const Sweep& sweep) override;
  void update_sweep(const Sweep& sweep) override;
  std::int64_t save_growth(const Growth& growth) override;
  bool delete_growth(const std::string& group_id) override;

  std::optional<KeptAnswer> find_answer(const RequestKey& key, TimeMs created_after) override;
  void keep_answer(const RequestKey& key, const KeptAnswer& answer, TimeMs now) override;
  std::int64_t kept_answers() override;

  void put_setting(const std::string& key, const std::optional<std::string>& value) override;

  std::optional<std::int64_t> take_lease(const LeaseClaim& claim) override;
  bool renew_lease(const LeaseClaim& claim, std::int64_t fence) override;
  void give_back_lease(std::int64_t fence) override;
  bool holds_lease(std::int64_t fence) override;
  void note_node(const NodeState& node) override;
  int forget_nodes(DurationMs unseen_for) override;
  int forget_former(const NodeState& node, DurationMs unseen_for) override;
  void forget_node(const std::string& id) override;

  int delete_exemptions_before(TimeMs expired_before, int limit) override;
  ForgottenEvents forget_events(TimeMs before, TimeMs newest, const TimePosition& after, int limit) override;
  int delete_answers_before(TimeMs created_before, int limit) override;
  int delete_growth_before(TimeMs seen_before, int limit) override;
  int drop_forecasts_before(TimeMs seen_before, int limit) override;
  int delete_kept_members_before(TimeMs created_before, int limit) override;
  int fold_counters(TimeMs over_by, int limit) override;
  int evict_unconfirmed_groups(std::int64_t keep, int limit) override;

 private:
  template <typename Call>
  auto write(Call&& call) {
    require_transaction();
    try {
      return connection().guarded(std::forward<Call>(call));
    } catch (const StorageError& error) {
      if (!connection().in_transaction()) lost_ = error;
      throw;
    }
  }
  static int on_commit(void* self, sqlite3* handle, const char* database, int pages);
  void begin_log_anew();
  void require_transaction();
  void undo_savepoint() noexcept;
  void write_tally();
  void count_new_groups();
  void forget_uncommitted(std::size_t blocked) noexcept;
  void forget_known() noexcept;
  unsigned data_version() noexcept;
  void look_for_others();
  sqlite::GroupRow* known_group(const std::string& group_id);
  bool list_new_events(sqlite::GroupRow& row);
  void list_new_events();
  void find_delayed();
  void forget_open_delays() noexcept;
  void write_counts(sqlite::GroupRow& row);
  void write_counts_of(const std::vector<sqlite::DelayedCounts::Waiting>& groups);
  void write_counts_of(const std::string& group_id);
  void write_due_counts();
  void note_delayed();
  std::vector<Group> with_delayed(std::vector<Group> groups) const;

  const std::function<TimeMs()> now_;
  // Why SQLite rolled the open transaction back by itself: all that follows in it fails with the same error.
  std::optional<StorageError> lost_;
  stored::PendingTally tally_;  // of the open transaction, as what follows
  std::vector<Group> newly_blocked_;
  std::vector<Group> blocked_;  // committed, until somebody takes them
  // Of events of the open transaction, which no list of their group has yet.
  std::map<std::string, std::vector<std::int64_t>> unlisted_;
  const std::size_t delay_from_;
  const std::size_t most_delayed_;
  sqlite::DelayedCounts delayed_;
  // What the database says: the first event whose group may not know of it.
  std::optional<std::int64_t> delayed_from_;
  std::optional<std::int64_t> open_delayed_from_;  // of the open transaction
  int noted_rounds_ = 0;
  // What the tables hold, as far as this connection alone writes to them; data_version_ tells.
  sqlite::GroupCache groups_;
  std::optional<std::set<std::string>> groups_with_open_runs_;  // none: not known
  std::int64_t last_event_id_ = 0;
  unsigned data_version_ = 0;
  sqlite::Checkpoint checkpoint_;
  sqlite::CheckpointPace pace_;
  bool checkpointing_ = false;  // one may be under way
  int looks_for_room_ = 0;
};

namespace sqlite {

// What a daemon that was killed has left for later; the file is opened for writing only where there is such. Under its
// DatabaseLock. Throws DatabaseProblem, StorageError.
void write_delayed(const std::string& path);

}  // namespace sqlite
}  // namespace headroom
