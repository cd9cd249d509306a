#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "postgres/connection.h"
#include "postgres/postgres_reads.h"
#include "postgres/tables/node_queries.h"
#include "stored/pending_tally.h"
#include "stored/schema.h"

namespace headroom {

// One connection that writes, beside others of the same kind: READ COMMITTED, and who is in another's way is told so
// (kConflict). A statement that fails is undone alone. Not thread-safe. The caller has had the schema checked.
class PostgresStorage final : public PostgresReads<Store> {
 public:
  // Transactions that lock more than what stands in one order do so one after the other, over all nodes: kInTurn. They
  // would wait for each other in a circle. Those of the intake, which locks groups by their ids and its own counters,
  // and of a node's own row need no turn.
  enum class Order { kAtOnce, kInTurn };
  // `node`: whose counters its events go into; nodes that have their own do not wait for each other. Throws
  // DatabaseProblem.
  explicit PostgresStorage(const postgres::Connection::Options& options, std::string node = {},
                           Order order = Order::kAtOnce);

  void begin() override;
  void commit() override;
  void rollback() noexcept override;
  void savepoint(const std::function<void()>& body) override;
  // Of this store alone: the transactions that begin from now on end by then, whatever they wait for. What is not
  // stored by then fails; a commit under way is kUnknown.
  void give_up_at(std::chrono::steady_clock::time_point until) { connection().give_up_at(until); }

  // The server sees to its own files: whether its disk has room again only a write tells.
  void after_batch(const Batch&) override {}
  void make_room() override;
  bool has_upkeep() const override { return false; }
  bool upkeep_running() const override { return false; }
  void finish_upkeep() override {}
  bool commit_would_wait() const override { return false; }
  bool has_delayed() const override { return false; }
  void write_delayed() override {}

  std::optional<Group> find_group(const std::string& group_id) override;
  std::optional<Run> find_run(std::int64_t id) override;
  std::optional<Run> open_run(const std::string& group_id) override;
  std::optional<std::string> setting(const std::string& key) override;
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
  // Of this store alone: which server the connection leads to, and what the others are to know of it. See
  // postgres::see_server.
  const std::string& server() { return connection().server(); }
  bool see_server(const LeaseClaim& claim);
  // As far as this role may know.
  postgres::Standbys standbys();
  // What it holds, against what this binary carries.
  SchemaStatus schema();

  int delete_exemptions_before(TimeMs expired_before, int limit) override;
  ForgottenEvents forget_events(TimeMs before, TimeMs newest, const TimePosition& after, int limit) override;
  int delete_answers_before(TimeMs created_before, int limit) override;
  int delete_growth_before(TimeMs seen_before, int limit) override;
  int drop_forecasts_before(TimeMs seen_before, int limit) override;
  int delete_kept_members_before(TimeMs created_before, int limit) override;
  int fold_counters(TimeMs over_by, int limit) override;
  int evict_unconfirmed_groups(std::int64_t keep, int limit) override;

 private:
  // What fails is undone alone, and the transaction goes on.
  template <typename Call>
  auto write(Call&& call) {
    require_transaction();
    connection().set_savepoint("verb");
    try {
      if constexpr (std::is_void_v<decltype(call())>) {
        call();
        connection().release("verb");
      } else {
        auto result = call();
        connection().release("verb");
        return result;
      }
    } catch (...) {
      connection().undo("verb");
      throw;
    }
  }
  void require_transaction();
  void write_tally();
  void note_blocked(const std::vector<Group>& groups);

  const std::string node_;
  const Order order_;
  stored::PendingTally tally_;  // of the open transaction, as what follows
  std::vector<Group> newly_blocked_;
  std::vector<Group> blocked_;  // committed, until somebody takes them
};

}  // namespace headroom
