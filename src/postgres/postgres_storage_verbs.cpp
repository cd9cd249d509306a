// The verbs of its transaction, each in the file of its noun.
#include <algorithm>

#include "postgres/postgres_storage.h"
#include "postgres/tables/audit_queries.h"
#include "postgres/tables/event_queries.h"
#include "postgres/tables/exemption_queries.h"
#include "postgres/tables/first_look_queries.h"
#include "postgres/tables/group_queries.h"
#include "postgres/tables/growth_queries.h"
#include "postgres/tables/kept_answer_queries.h"
#include "postgres/tables/lease_queries.h"
#include "postgres/tables/node_queries.h"
#include "postgres/tables/raise_queries.h"
#include "postgres/tables/removal_queries.h"
#include "postgres/tables/run_member_queries.h"
#include "postgres/tables/run_queries.h"
#include "postgres/tables/summary_queries.h"
#include "postgres/tables/sweep_queries.h"
#include "postgres/upkeep/migration.h"
#include "postgres/upkeep/schema_status.h"

namespace headroom {

std::optional<std::int64_t> PostgresStorage::insert_event(const Event& event) {
  const auto id = write([&] { return postgres::insert_event(connection(), event); });
  if (id) tally_.add_event(*id, event.received_at);
  return id;
}

std::int64_t PostgresStorage::save_group(const Group& group) {
  bool newly_blocked = false;
  const std::int64_t id = write([&] {
    newly_blocked =
        group.state == GroupState::kBlocked && !postgres::is_blocked_for(connection(), group.id, group.reason);
    return postgres::save_group(connection(), group);
  });
  if (newly_blocked && newly_blocked_.size() < kMaxBlocked) newly_blocked_.push_back(group);
  return id;
}

void PostgresStorage::save_full_events(const Group& group) {
  write([&] { postgres::save_full_events(connection(), group); });
}

void PostgresStorage::delete_group(const std::string& group_id) {
  write([&] { postgres::delete_group(connection(), group_id); });
}

int PostgresStorage::evict_unconfirmed_groups(std::int64_t keep, int limit) {
  return write([&] { return postgres::evict_unconfirmed_groups(connection(), keep, limit); });
}

std::int64_t PostgresStorage::insert_run(const Run& run) {
  return write([&] { return postgres::insert_run(connection(), run); });
}

void PostgresStorage::insert_run_members(std::int64_t run_id, const std::vector<RunMember>& members) {
  write([&] { postgres::insert_run_members(connection(), run_id, members); });
}

void PostgresStorage::update_run(const Run& run) {
  write([&] { postgres::update_run(connection(), run); });
}

void PostgresStorage::shorten_plan(std::int64_t run_id, std::int64_t limit) {
  write([&] { postgres::shorten_plan(connection(), run_id, limit); });
}

void PostgresStorage::mark_sent(std::int64_t run_id, const std::vector<std::string>& accounts, TimeMs now) {
  write([&] { postgres::mark_sent(connection(), run_id, accounts, now); });
}

void PostgresStorage::unmark_sent(std::int64_t run_id, const std::vector<std::string>& accounts) {
  write([&] { postgres::unmark_sent(connection(), run_id, accounts); });
}

void PostgresStorage::add_doubt(std::int64_t run_id, std::int64_t vain_looks, DurationMs over) {
  write([&] { postgres::add_doubt(connection(), run_id, vain_looks, over); });
}

void PostgresStorage::finish_member(std::int64_t run_id, const std::string& account, Outcome outcome, int error_code) {
  write([&] { postgres::finish_member(connection(), run_id, account, outcome, error_code); });
}

void PostgresStorage::note_first_looks(const std::string& group_id, const std::vector<NotedLook>& looks, TimeMs now,
                                       TimeMs moved_after) {
  write([&] { postgres::note_first_looks(connection(), group_id, looks, now, moved_after); });
}

void PostgresStorage::learn_ceiling(const LearnedCeiling& ceiling, TimeMs now) {
  write([&] { postgres::learn_ceiling(connection(), ceiling, now); });
}

void PostgresStorage::forget_ceilings(const std::string& group_id, std::optional<GroupType> type, std::int64_t limit) {
  write([&] { postgres::forget_ceilings(connection(), group_id, type, limit); });
}

int PostgresStorage::delete_ceilings_before(TimeMs learned_before, int limit) {
  return write([&] { return postgres::delete_ceilings_before(connection(), learned_before, limit); });
}

int PostgresStorage::delete_first_looks_before(TimeMs noted_before, int limit) {
  return write([&] { return postgres::delete_first_looks_before(connection(), noted_before, limit); });
}

void PostgresStorage::note_back(const std::string& group_id, const std::vector<std::string>& accounts, TimeMs now) {
  write([&] { postgres::note_back(connection(), group_id, accounts, now); });
}

std::int64_t PostgresStorage::note_rejoined(const std::string& group_id, const std::vector<std::string>& accounts,
                                            TimeMs now) {
  return write([&] { return postgres::note_rejoined(connection(), group_id, accounts, now); });
}

Exemption PostgresStorage::put_exemption(const Exemption& exemption) {
  return write([&] { return postgres::put_exemption(connection(), exemption); });
}

bool PostgresStorage::delete_exemption(ExemptionKind kind, const std::string& subject) {
  return write([&] { return postgres::delete_exemption(connection(), kind, subject); });
}

std::int64_t PostgresStorage::insert_audit(const AuditEntry& entry) {
  return write([&] { return postgres::insert_audit(connection(), entry); });
}

std::optional<KeptAnswer> PostgresStorage::find_answer(const RequestKey& key, TimeMs created_after) {
  if (!connection().in_transaction()) {
    return connection().read([&] { return postgres::find_answer(connection(), key, created_after); });
  }
  return write([&] { return postgres::claim_answer(connection(), key, created_after); });
}

void PostgresStorage::keep_answer(const RequestKey& key, const KeptAnswer& answer, TimeMs now) {
  write([&] { postgres::keep_answer(connection(), key, answer, now); });
}

std::int64_t PostgresStorage::kept_answers() {
  return connection().read([&] { return postgres::kept_answers(connection()); });
}

std::int64_t PostgresStorage::insert_sweep(const Sweep& sweep) {
  return write([&] { return postgres::insert_sweep(connection(), sweep); });
}

void PostgresStorage::update_sweep(const Sweep& sweep) {
  write([&] { postgres::update_sweep(connection(), sweep); });
}

std::int64_t PostgresStorage::save_growth(const Growth& growth) {
  return write([&] { return postgres::save_growth(connection(), growth); });
}

bool PostgresStorage::delete_growth(const std::string& group_id) {
  return write([&] { return postgres::delete_growth(connection(), group_id); });
}

void PostgresStorage::put_setting(const std::string& key, const std::optional<std::string>& value) {
  write([&] { postgres::put_setting(connection(), key, value); });
}

std::optional<std::int64_t> PostgresStorage::take_lease(const LeaseClaim& claim) {
  return write([&] { return postgres::take_lease(connection(), claim); });
}

bool PostgresStorage::renew_lease(const LeaseClaim& claim, std::int64_t fence) {
  return write([&] { return postgres::renew_lease(connection(), claim, fence); });
}

void PostgresStorage::give_back_lease(std::int64_t fence) {
  write([&] { postgres::give_back_lease(connection(), fence); });
}

bool PostgresStorage::holds_lease(std::int64_t fence) {
  return write([&] { return postgres::holds_lease(connection(), fence); });
}

void PostgresStorage::note_node(const NodeState& node) {
  write([&] { postgres::note_node(connection(), node); });
}

int PostgresStorage::forget_nodes(DurationMs unseen_for) {
  return write([&] { return postgres::forget_nodes(connection(), unseen_for); });
}

int PostgresStorage::forget_former(const NodeState& node, DurationMs unseen_for) {
  return write([&] { return postgres::forget_former(connection(), node, unseen_for); });
}

void PostgresStorage::forget_node(const std::string& id) {
  write([&] { postgres::forget_node(connection(), id); });
}

bool PostgresStorage::see_server(const LeaseClaim& claim) {
  return write([&] { return postgres::see_server(connection(), connection().server(), claim); });
}

postgres::Standbys PostgresStorage::standbys() {
  return connection().read([&] { return postgres::standbys(connection()); });
}

SchemaStatus PostgresStorage::schema() {
  return postgres::read_schema_status(connection(), postgres::embedded_migrations(), std::nullopt);
}

int PostgresStorage::delete_exemptions_before(TimeMs expired_before, int limit) {
  return write([&] { return postgres::delete_exemptions_before(connection(), expired_before, limit); });
}

Store::ForgottenEvents PostgresStorage::forget_events(TimeMs before, TimeMs newest, const TimePosition& after,
                                                      int limit) {
  return write([&] { return postgres::forget_events(connection(), before, newest, after, limit); });
}

int PostgresStorage::delete_answers_before(TimeMs created_before, int limit) {
  return write([&] { return postgres::delete_answers_before(connection(), created_before, limit); });
}

int PostgresStorage::delete_growth_before(TimeMs seen_before, int limit) {
  return write([&] { return postgres::delete_growth_before(connection(), seen_before, limit); });
}

int PostgresStorage::drop_forecasts_before(TimeMs seen_before, int limit) {
  return write([&] { return postgres::drop_forecasts_before(connection(), seen_before, limit); });
}

int PostgresStorage::delete_kept_members_before(TimeMs created_before, int limit) {
  return write([&] { return postgres::delete_kept_members_before(connection(), created_before, limit); });
}

}  // namespace headroom
