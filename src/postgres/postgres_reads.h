#pragma once

#include <memory>

#include "headroom/storage.h"

namespace headroom {

namespace postgres {
class Connection;
}

// What the writer and the read views have in common: ReadView's calls on one connection. Port is Store or ReadView.
template <typename Port>
class PostgresReads : public Port {
 public:
  ~PostgresReads() override;
  PostgresReads(const PostgresReads&) = delete;
  PostgresReads& operator=(const PostgresReads&) = delete;

  std::optional<Group> find_group(const std::string& group_id) override;
  std::vector<Group> due_groups(TimeMs now, int limit) override;
  std::vector<Group> unconfirmed_groups(std::int64_t after_id, std::int64_t beyond, int limit) override;
  std::optional<TimeMs> next_due_at() override;
  std::vector<Group> groups_due_after(const TimePosition& after, int limit) override;
  Page<Group> groups(const GroupFilter& filter, const PageRequest& page) override;

  Page<Event> events(const EventFilter& filter, const PageRequest& page) override;
  std::optional<std::int64_t> learned_ceiling(const std::string& group_id, std::optional<GroupType> type,
                                              TimeMs learned_after) override;

  std::optional<Run> find_run(std::int64_t id) override;
  Page<Run> runs(const RunFilter& filter, const PageRequest& page) override;
  std::optional<Run> open_run(const std::string& group_id) override;
  std::vector<Run> running_runs() override;
  std::vector<Run> waiting_runs(int limit) override;
  std::optional<Run> last_listing(const std::string& group_id) override;
  Page<RunMember> run_members(std::int64_t run_id, std::optional<Decision> decision, const PageRequest& page) override;
  std::vector<RunMember> plan(std::int64_t run_id) override;
  RemovalUsage removal_usage(TimeMs since, const std::optional<std::string>& group_id) override;
  RemovalUsage raise_usage(TimeMs since) override;
  std::map<std::string, FirstLook> first_looks(const std::string& group_id,
                                               const std::vector<std::string>& accounts) override;
  std::map<std::string, Removal> removals(const std::string& group_id,
                                          const std::vector<std::string>& accounts) override;
  std::map<std::string, TimeMs> rejoined(const std::string& group_id, int limit) override;
  Page<PastRemoval> removal_history(const RemovalFilter& filter, const PageRequest& page) override;

  std::optional<Exemption> find_exemption(ExemptionKind kind, const std::string& subject, TimeMs now) override;
  std::map<std::string, std::optional<TimeMs>> exempt_members(const std::vector<std::string>& accounts,
                                                              TimeMs now) override;
  Page<Exemption> exemptions(const PageRequest& page, TimeMs now) override;
  std::vector<Exemption> expired_exemptions(const TimePosition& after, TimeMs now, int limit) override;

  std::vector<TimelineBucket> timeline(TimelineUnit unit, TimeMs since, TimeMs last) override;
  Page<AuditEntry> audit(const AuditFilter& filter, const PageRequest& page) override;
  std::vector<NodeState> nodes() override;
  std::optional<Sweep> find_sweep(std::int64_t id) override;
  Page<Sweep> sweeps(const PageRequest& page) override;
  std::optional<Sweep> running_sweep() override;
  std::optional<Sweep> last_sweep() override;
  std::optional<Growth> find_growth(const std::string& group_id) override;
  Page<Growth> filling(Day until, const PageRequest& page) override;

  std::optional<std::string> setting(const std::string& key) override;
  Counts counts(TimeMs now, TimeMs stale_before) override;

 protected:
  explicit PostgresReads(std::unique_ptr<postgres::Connection> connection);
  postgres::Connection& connection() { return *connection_; }

 private:
  const std::unique_ptr<postgres::Connection> connection_;
};

extern template class PostgresReads<ReadView>;
extern template class PostgresReads<Store>;

}  // namespace headroom
