#include "postgres/postgres_reads.h"

#include "postgres/connection.h"
#include "postgres/tables/audit_queries.h"
#include "postgres/tables/node_queries.h"
#include "postgres/tables/event_queries.h"
#include "postgres/tables/exemption_queries.h"
#include "postgres/tables/first_look_queries.h"
#include "postgres/tables/group_list.h"
#include "postgres/tables/group_queries.h"
#include "postgres/tables/growth_queries.h"
#include "postgres/tables/raise_queries.h"
#include "postgres/tables/removal_history_queries.h"
#include "postgres/tables/removal_queries.h"
#include "postgres/tables/run_member_queries.h"
#include "postgres/tables/run_queries.h"
#include "postgres/tables/summary_queries.h"
#include "postgres/tables/sweep_queries.h"
#include "postgres/tables/timeline_queries.h"

namespace headroom {

template <typename Port>
PostgresReads<Port>::PostgresReads(std::unique_ptr<postgres::Connection> connection)
    : connection_(std::move(connection)) {}

template <typename Port>
PostgresReads<Port>::~PostgresReads() = default;

template <typename Port>
std::optional<Group> PostgresReads<Port>::find_group(const std::string& group_id) {
  return connection_->read([&] { return postgres::find_group(*connection_, group_id); });
}

template <typename Port>
std::vector<Group> PostgresReads<Port>::due_groups(TimeMs now, int limit) {
  return connection_->read([&] { return postgres::due_groups(*connection_, now, limit); });
}

template <typename Port>
std::vector<Group> PostgresReads<Port>::unconfirmed_groups(std::int64_t after_id, std::int64_t beyond, int limit) {
  return connection_->read([&] { return postgres::unconfirmed_groups(*connection_, after_id, beyond, limit); });
}

template <typename Port>
std::optional<TimeMs> PostgresReads<Port>::next_due_at() {
  return connection_->read([&] { return postgres::next_due_at(*connection_); });
}

template <typename Port>
Page<Group> PostgresReads<Port>::groups(const GroupFilter& filter, const PageRequest& page) {
  return connection_->read([&] { return postgres::list_groups(*connection_, filter, page); });
}

template <typename Port>
Page<Event> PostgresReads<Port>::events(const EventFilter& filter, const PageRequest& page) {
  return connection_->read([&] { return postgres::list_events(*connection_, filter, page); });
}

template <typename Port>
std::optional<Run> PostgresReads<Port>::find_run(std::int64_t id) {
  return connection_->read([&] { return postgres::find_run(*connection_, id); });
}

template <typename Port>
Page<Run> PostgresReads<Port>::runs(const RunFilter& filter, const PageRequest& page) {
  return connection_->read([&] { return postgres::list_runs(*connection_, filter, page); });
}

template <typename Port>
std::optional<Run> PostgresReads<Port>::open_run(const std::string& group_id) {
  return connection_->read([&] { return postgres::open_run(*connection_, group_id); });
}

template <typename Port>
std::vector<Run> PostgresReads<Port>::running_runs() {
  return connection_->read([&] { return postgres::running_runs(*connection_); });
}

template <typename Port>
std::vector<Run> PostgresReads<Port>::waiting_runs(int limit) {
  return connection_->read([&] { return postgres::waiting_runs(*connection_, limit); });
}

template <typename Port>
std::optional<Run> PostgresReads<Port>::last_listing(const std::string& group_id) {
  return connection_->read([&] { return postgres::last_listing(*connection_, group_id); });
}

template <typename Port>
Page<RunMember> PostgresReads<Port>::run_members(std::int64_t run_id, std::optional<Decision> decision,
                                                 const PageRequest& page) {
  return connection_->read([&] { return postgres::list_run_members(*connection_, run_id, decision, page); });
}

template <typename Port>
std::vector<RunMember> PostgresReads<Port>::plan(std::int64_t run_id) {
  return connection_->read([&] { return postgres::plan(*connection_, run_id); });
}

template <typename Port>
RemovalUsage PostgresReads<Port>::removal_usage(TimeMs since, const std::optional<std::string>& group_id) {
  return connection_->read([&] { return postgres::removal_usage(*connection_, since, group_id); });
}

template <typename Port>
std::map<std::string, Removal> PostgresReads<Port>::removals(const std::string& group_id,
                                                             const std::vector<std::string>& accounts) {
  return connection_->read([&] { return postgres::removals(*connection_, group_id, accounts); });
}

template <typename Port>
std::map<std::string, TimeMs> PostgresReads<Port>::rejoined(const std::string& group_id, int limit) {
  return connection_->read([&] { return postgres::rejoined(*connection_, group_id, limit); });
}

template <typename Port>
RemovalUsage PostgresReads<Port>::raise_usage(TimeMs since) {
  return connection_->read([&] { return postgres::raise_usage(*connection_, since); });
}

template <typename Port>
std::optional<std::int64_t> PostgresReads<Port>::learned_ceiling(const std::string& group_id,
                                                                 std::optional<GroupType> type, TimeMs learned_after) {
  return connection_->read([&] { return postgres::learned_ceiling(*connection_, group_id, type, learned_after); });
}

template <typename Port>
std::map<std::string, FirstLook> PostgresReads<Port>::first_looks(const std::string& group_id,
                                                                  const std::vector<std::string>& accounts) {
  return connection_->read([&] { return postgres::first_looks(*connection_, group_id, accounts); });
}

template <typename Port>
Page<PastRemoval> PostgresReads<Port>::removal_history(const RemovalFilter& filter, const PageRequest& page) {
  return connection_->read([&] { return postgres::list_removal_history(*connection_, filter, page); });
}

template <typename Port>
std::optional<Exemption> PostgresReads<Port>::find_exemption(ExemptionKind kind, const std::string& subject,
                                                             TimeMs now) {
  return connection_->read([&] { return postgres::find_exemption(*connection_, kind, subject, now); });
}

template <typename Port>
std::map<std::string, std::optional<TimeMs>> PostgresReads<Port>::exempt_members(
    const std::vector<std::string>& accounts, TimeMs now) {
  return connection_->read([&] { return postgres::exempt_members(*connection_, accounts, now); });
}

template <typename Port>
Page<Exemption> PostgresReads<Port>::exemptions(const PageRequest& page, TimeMs now) {
  return connection_->read([&] { return postgres::list_exemptions(*connection_, page, now); });
}

template <typename Port>
std::vector<Exemption> PostgresReads<Port>::expired_exemptions(const TimePosition& after, TimeMs now, int limit) {
  return connection_->read([&] { return postgres::expired_exemptions(*connection_, after, now, limit); });
}

template <typename Port>
std::vector<Group> PostgresReads<Port>::groups_due_after(const TimePosition& after, int limit) {
  return connection_->read([&] { return postgres::groups_due_after(*connection_, after, limit); });
}

template <typename Port>
std::vector<TimelineBucket> PostgresReads<Port>::timeline(TimelineUnit unit, TimeMs since, TimeMs last) {
  return connection_->read([&] { return postgres::timeline(*connection_, unit, since, last); });
}

template <typename Port>
std::vector<NodeState> PostgresReads<Port>::nodes() {
  return connection_->read([&] { return postgres::list_nodes(*connection_); });
}

template <typename Port>
Page<AuditEntry> PostgresReads<Port>::audit(const AuditFilter& filter, const PageRequest& page) {
  return connection_->read([&] { return postgres::list_audit(*connection_, filter, page); });
}

template <typename Port>
std::optional<Sweep> PostgresReads<Port>::find_sweep(std::int64_t id) {
  return connection_->read([&] { return postgres::find_sweep(*connection_, id); });
}

template <typename Port>
Page<Sweep> PostgresReads<Port>::sweeps(const PageRequest& page) {
  return connection_->read([&] { return postgres::list_sweeps(*connection_, page); });
}

template <typename Port>
std::optional<Sweep> PostgresReads<Port>::running_sweep() {
  return connection_->read([&] { return postgres::running_sweep(*connection_); });
}

template <typename Port>
std::optional<Sweep> PostgresReads<Port>::last_sweep() {
  return connection_->read([&] { return postgres::last_sweep(*connection_); });
}

template <typename Port>
std::optional<Growth> PostgresReads<Port>::find_growth(const std::string& group_id) {
  return connection_->read([&] { return postgres::find_growth(*connection_, group_id); });
}

template <typename Port>
Page<Growth> PostgresReads<Port>::filling(Day until, const PageRequest& page) {
  return connection_->read([&] { return postgres::list_filling(*connection_, until, page); });
}

template <typename Port>
std::optional<std::string> PostgresReads<Port>::setting(const std::string& key) {
  return connection_->read([&] { return postgres::setting(*connection_, key); });
}

template <typename Port>
Counts PostgresReads<Port>::counts(TimeMs now, TimeMs stale_before) {
  return connection_->read([&] { return postgres::counts(*connection_, now, stale_before); });
}

template class PostgresReads<ReadView>;
template class PostgresReads<Store>;

}  // namespace headroom
