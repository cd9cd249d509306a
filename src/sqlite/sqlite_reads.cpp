#include "sqlite/sqlite_reads.h"

#include "sqlite/connection.h"
#include "sqlite/tables/audit_queries.h"
#include "sqlite/tables/node_queries.h"
#include "sqlite/tables/event_queries.h"
#include "sqlite/tables/exemption_queries.h"
#include "sqlite/tables/first_look_queries.h"
#include "sqlite/tables/group_list.h"
#include "sqlite/tables/group_queries.h"
#include "sqlite/tables/growth_queries.h"
#include "sqlite/tables/raise_queries.h"
#include "sqlite/tables/removal_history_queries.h"
#include "sqlite/tables/removal_queries.h"
#include "sqlite/tables/run_member_queries.h"
#include "sqlite/tables/run_queries.h"
#include "sqlite/tables/summary_queries.h"
#include "sqlite/tables/sweep_queries.h"
#include "sqlite/tables/timeline_queries.h"

namespace headroom {

template <typename Port>
SqliteReads<Port>::SqliteReads(std::unique_ptr<sqlite::Connection> connection) : connection_(std::move(connection)) {}

template <typename Port>
SqliteReads<Port>::~SqliteReads() = default;

template <typename Port>
std::optional<Group> SqliteReads<Port>::find_group(const std::string& group_id) {
  return connection_->read_one([&] { return sqlite::find_group(*connection_, group_id); });
}

template <typename Port>
std::vector<Group> SqliteReads<Port>::due_groups(TimeMs now, int limit) {
  return connection_->read([&] { return sqlite::due_groups(*connection_, now, limit); });
}

template <typename Port>
std::vector<Group> SqliteReads<Port>::unconfirmed_groups(std::int64_t after_id, std::int64_t beyond, int limit) {
  return connection_->read([&] { return sqlite::unconfirmed_groups(*connection_, after_id, beyond, limit); });
}

template <typename Port>
std::optional<TimeMs> SqliteReads<Port>::next_due_at() {
  return connection_->read([&] { return sqlite::next_due_at(*connection_); });
}

template <typename Port>
Page<Group> SqliteReads<Port>::groups(const GroupFilter& filter, const PageRequest& page) {
  return connection_->read([&] { return sqlite::list_groups(*connection_, filter, page); });
}

template <typename Port>
Page<Event> SqliteReads<Port>::events(const EventFilter& filter, const PageRequest& page) {
  return connection_->read([&] { return sqlite::list_events(*connection_, filter, page); });
}

template <typename Port>
std::optional<Run> SqliteReads<Port>::find_run(std::int64_t id) {
  return connection_->read_one([&] { return sqlite::find_run(*connection_, id); });
}

template <typename Port>
Page<Run> SqliteReads<Port>::runs(const RunFilter& filter, const PageRequest& page) {
  return connection_->read([&] { return sqlite::list_runs(*connection_, filter, page); });
}

template <typename Port>
std::optional<Run> SqliteReads<Port>::open_run(const std::string& group_id) {
  return connection_->read_one([&] { return sqlite::open_run(*connection_, group_id); });
}

template <typename Port>
std::vector<Run> SqliteReads<Port>::running_runs() {
  return connection_->read_one([&] { return sqlite::running_runs(*connection_); });
}

template <typename Port>
std::vector<Run> SqliteReads<Port>::waiting_runs(int limit) {
  return connection_->read_one([&] { return sqlite::waiting_runs(*connection_, limit); });
}

template <typename Port>
std::optional<Run> SqliteReads<Port>::last_listing(const std::string& group_id) {
  return connection_->read_one([&] { return sqlite::last_listing(*connection_, group_id); });
}

template <typename Port>
Page<RunMember> SqliteReads<Port>::run_members(std::int64_t run_id, std::optional<Decision> decision,
                                               const PageRequest& page) {
  return connection_->read_one([&] { return sqlite::list_run_members(*connection_, run_id, decision, page); });
}

template <typename Port>
std::vector<RunMember> SqliteReads<Port>::plan(std::int64_t run_id) {
  return connection_->read_one([&] { return sqlite::plan(*connection_, run_id); });
}

template <typename Port>
RemovalUsage SqliteReads<Port>::removal_usage(TimeMs since, const std::optional<std::string>& group_id) {
  return connection_->read([&] { return sqlite::removal_usage(*connection_, since, group_id); });
}

template <typename Port>
std::map<std::string, Removal> SqliteReads<Port>::removals(const std::string& group_id,
                                                           const std::vector<std::string>& accounts) {
  return connection_->read([&] { return sqlite::removals(*connection_, group_id, accounts); });
}

template <typename Port>
std::map<std::string, TimeMs> SqliteReads<Port>::rejoined(const std::string& group_id, int limit) {
  return connection_->read([&] { return sqlite::rejoined(*connection_, group_id, limit); });
}

template <typename Port>
RemovalUsage SqliteReads<Port>::raise_usage(TimeMs since) {
  return connection_->read([&] { return sqlite::raise_usage(*connection_, since); });
}

template <typename Port>
std::optional<std::int64_t> SqliteReads<Port>::learned_ceiling(const std::string& group_id,
                                                               std::optional<GroupType> type, TimeMs learned_after) {
  return connection_->read([&] { return sqlite::learned_ceiling(*connection_, group_id, type, learned_after); });
}

template <typename Port>
std::map<std::string, FirstLook> SqliteReads<Port>::first_looks(const std::string& group_id,
                                                                const std::vector<std::string>& accounts) {
  return connection_->read([&] { return sqlite::first_looks(*connection_, group_id, accounts); });
}

template <typename Port>
Page<PastRemoval> SqliteReads<Port>::removal_history(const RemovalFilter& filter, const PageRequest& page) {
  return connection_->read([&] { return sqlite::list_removal_history(*connection_, filter, page); });
}

template <typename Port>
std::optional<Exemption> SqliteReads<Port>::find_exemption(ExemptionKind kind, const std::string& subject, TimeMs now) {
  return connection_->read_one([&] { return sqlite::find_exemption(*connection_, kind, subject, now); });
}

template <typename Port>
std::map<std::string, std::optional<TimeMs>> SqliteReads<Port>::exempt_members(const std::vector<std::string>& accounts,
                                                                               TimeMs now) {
  return connection_->read([&] { return sqlite::exempt_members(*connection_, accounts, now); });
}

template <typename Port>
Page<Exemption> SqliteReads<Port>::exemptions(const PageRequest& page, TimeMs now) {
  return connection_->read([&] { return sqlite::list_exemptions(*connection_, page, now); });
}

template <typename Port>
std::vector<Exemption> SqliteReads<Port>::expired_exemptions(const TimePosition& after, TimeMs now, int limit) {
  return connection_->read([&] { return sqlite::expired_exemptions(*connection_, after, now, limit); });
}

template <typename Port>
std::vector<Group> SqliteReads<Port>::groups_due_after(const TimePosition& after, int limit) {
  return connection_->read([&] { return sqlite::groups_due_after(*connection_, after, limit); });
}

template <typename Port>
std::vector<TimelineBucket> SqliteReads<Port>::timeline(TimelineUnit unit, TimeMs since, TimeMs last) {
  return connection_->read([&] { return sqlite::timeline(*connection_, unit, since, last); });
}

template <typename Port>
std::vector<NodeState> SqliteReads<Port>::nodes() {
  return connection_->read([&] { return sqlite::list_nodes(*connection_); });
}

template <typename Port>
Page<AuditEntry> SqliteReads<Port>::audit(const AuditFilter& filter, const PageRequest& page) {
  return connection_->read([&] { return sqlite::list_audit(*connection_, filter, page); });
}

template <typename Port>
std::optional<Sweep> SqliteReads<Port>::find_sweep(std::int64_t id) {
  return connection_->read_one([&] { return sqlite::find_sweep(*connection_, id); });
}

template <typename Port>
Page<Sweep> SqliteReads<Port>::sweeps(const PageRequest& page) {
  return connection_->read([&] { return sqlite::list_sweeps(*connection_, page); });
}

template <typename Port>
std::optional<Sweep> SqliteReads<Port>::running_sweep() {
  return connection_->read_one([&] { return sqlite::running_sweep(*connection_); });
}

template <typename Port>
std::optional<Sweep> SqliteReads<Port>::last_sweep() {
  return connection_->read_one([&] { return sqlite::last_sweep(*connection_); });
}

template <typename Port>
std::optional<Growth> SqliteReads<Port>::find_growth(const std::string& group_id) {
  return connection_->read_one([&] { return sqlite::find_growth(*connection_, group_id); });
}

template <typename Port>
Page<Growth> SqliteReads<Port>::filling(Day until, const PageRequest& page) {
  return connection_->read([&] { return sqlite::list_filling(*connection_, until, page); });
}

template <typename Port>
std::optional<std::string> SqliteReads<Port>::setting(const std::string& key) {
  return connection_->read_one([&] { return sqlite::setting(*connection_, key); });
}

template <typename Port>
Counts SqliteReads<Port>::counts(TimeMs now, TimeMs stale_before) {
  return connection_->read([&] { return sqlite::counts(*connection_, now, stale_before); });
}

template class SqliteReads<ReadView>;
template class SqliteReads<Store>;

}  // namespace headroom
