#include "sqlite/sqlite_storage.h"

#include <sqlite3.h>

#include <chrono>

#include "sqlite/tables/audit_queries.h"
#include "sqlite/tables/event_queries.h"
#include "sqlite/tables/exemption_queries.h"
#include "sqlite/tables/first_look_queries.h"
#include "sqlite/tables/growth_queries.h"
#include "sqlite/tables/kept_answer_queries.h"
#include "sqlite/tables/raise_queries.h"
#include "sqlite/tables/removal_queries.h"
#include "sqlite/tables/run_member_queries.h"
#include "sqlite/tables/run_queries.h"
#include "sqlite/tables/summary_queries.h"
#include "sqlite/tables/sweep_queries.h"
#include "sqlite/tables/tally_queries.h"
#include "sqlite/writer_connection.h"

namespace headroom {
namespace {

TimeMs machine_now() {
  using std::chrono::duration_cast, std::chrono::milliseconds, std::chrono::system_clock;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

}  // namespace

SqliteStorage::SqliteStorage(const SqliteStorageOptions& options)
    : SqliteReads(sqlite::open_writer(options.path, options.vfs)),
      now_(options.now ? options.now : machine_now),
      delay_from_(options.delay_from),
      most_delayed_(options.most_delayed),
      checkpoint_(connection(), sqlite::open_reader(options.path, options.vfs)),
      pace_(options.checkpoints) {
  sqlite::Query size = connection().query("PRAGMA page_size");
  if (size.step()) pace_.set_page_bytes(size.integer());
  last_event_id_ = connection().guarded([&] { return sqlite::last_event_id(connection()); });
  find_delayed();
  sqlite3_wal_hook(connection().handle(), on_commit, this);
}

// A log whose pages are not on disk must outlive the close, which would delete it.
SqliteStorage::~SqliteStorage() {
  try {
    finish_upkeep();
  } catch (const std::exception&) {
    leave_as_it_is();
  }
}

int SqliteStorage::on_commit(void* self, sqlite3*, const char*, int pages) {
  static_cast<SqliteStorage*>(self)->pace_.committed(pages);
  return SQLITE_OK;
}

void SqliteStorage::leave_as_it_is() noexcept { sqlite::leave_as_it_is(connection()); }

void SqliteStorage::write_tally() {
  if (tally_.empty()) return;
  write([&] { sqlite::write_tally(connection(), tally_); });
  tally_.clear();
}

// What triggers count down has to be counted.
void SqliteStorage::count_new_groups() {
  if (tally_.has_groups()) write_tally();
}

std::vector<TimelineBucket> SqliteStorage::timeline(TimelineUnit unit, TimeMs since, TimeMs last) {
  write_tally();
  return SqliteReads::timeline(unit, since, last);
}

Counts SqliteStorage::counts(TimeMs now, TimeMs stale_before) {
  write_tally();
  return SqliteReads::counts(now, stale_before);
}

std::int64_t SqliteStorage::insert_run(const Run& run) {
  groups_with_open_runs_.reset();
  return write([&] { return sqlite::insert_run(connection(), run); });
}

void SqliteStorage::insert_run_members(std::int64_t run_id, const std::vector<RunMember>& members) {
  write([&] { sqlite::insert_run_members(connection(), run_id, members); });
}

void SqliteStorage::update_run(const Run& run) {
  groups_with_open_runs_.reset();
  write([&] { sqlite::update_run(connection(), run); });
}

void SqliteStorage::shorten_plan(std::int64_t run_id, std::int64_t limit) {
  write([&] { sqlite::shorten_plan(connection(), run_id, limit); });
}

void SqliteStorage::mark_sent(std::int64_t run_id, const std::vector<std::string>& accounts, TimeMs now) {
  write([&] { sqlite::mark_sent(connection(), run_id, accounts, now); });
}

void SqliteStorage::unmark_sent(std::int64_t run_id, const std::vector<std::string>& accounts) {
  write([&] { sqlite::unmark_sent(connection(), run_id, accounts); });
}

void SqliteStorage::add_doubt(std::int64_t run_id, std::int64_t vain_looks, DurationMs over) {
  write([&] { sqlite::add_doubt(connection(), run_id, vain_looks, over); });
}

void SqliteStorage::finish_member(std::int64_t run_id, const std::string& account, Outcome outcome, int error_code) {
  write([&] { sqlite::finish_member(connection(), run_id, account, outcome, error_code); });
}

void SqliteStorage::note_first_looks(const std::string& group_id, const std::vector<NotedLook>& looks, TimeMs now,
                                     TimeMs moved_after) {
  write([&] { sqlite::note_first_looks(connection(), group_id, looks, now, moved_after); });
}

void SqliteStorage::learn_ceiling(const LearnedCeiling& ceiling, TimeMs now) {
  write([&] { sqlite::learn_ceiling(connection(), ceiling, now); });
}

void SqliteStorage::forget_ceilings(const std::string& group_id, std::optional<GroupType> type, std::int64_t limit) {
  write([&] { sqlite::forget_ceilings(connection(), group_id, type, limit); });
}

int SqliteStorage::delete_ceilings_before(TimeMs learned_before, int limit) {
  return write([&] { return sqlite::delete_ceilings_before(connection(), learned_before, limit); });
}

int SqliteStorage::delete_first_looks_before(TimeMs noted_before, int limit) {
  return write([&] { return sqlite::delete_first_looks_before(connection(), noted_before, limit); });
}

void SqliteStorage::note_back(const std::string& group_id, const std::vector<std::string>& accounts, TimeMs now) {
  write([&] { sqlite::note_back(connection(), group_id, accounts, now); });
}

std::int64_t SqliteStorage::note_rejoined(const std::string& group_id, const std::vector<std::string>& accounts,
                                          TimeMs now) {
  return write([&] { return sqlite::note_rejoined(connection(), group_id, accounts, now); });
}

Exemption SqliteStorage::put_exemption(const Exemption& exemption) {
  return write([&] { return sqlite::put_exemption(connection(), exemption); });
}

bool SqliteStorage::delete_exemption(ExemptionKind kind, const std::string& subject) {
  return write([&] { return sqlite::delete_exemption(connection(), kind, subject); });
}

std::int64_t SqliteStorage::insert_audit(const AuditEntry& entry) {
  return write([&] { return sqlite::insert_audit(connection(), entry); });
}

std::optional<KeptAnswer> SqliteStorage::find_answer(const RequestKey& key, TimeMs created_after) {
  return connection().read([&] { return sqlite::find_answer(connection(), key, created_after); });
}

void SqliteStorage::keep_answer(const RequestKey& key, const KeptAnswer& answer, TimeMs now) {
  write([&] { sqlite::keep_answer(connection(), key, answer, now); });
}

std::int64_t SqliteStorage::kept_answers() {
  return connection().read([&] { return sqlite::kept_answers(connection()); });
}

std::int64_t SqliteStorage::insert_sweep(const Sweep& sweep) {
  return write([&] { return sqlite::insert_sweep(connection(), sweep); });
}

void SqliteStorage::update_sweep(const Sweep& sweep) {
  write([&] { sqlite::update_sweep(connection(), sweep); });
}

std::int64_t SqliteStorage::save_growth(const Growth& growth) {
  return write([&] { return sqlite::save_growth(connection(), growth); });
}

bool SqliteStorage::delete_growth(const std::string& group_id) {
  return write([&] { return sqlite::delete_growth(connection(), group_id); });
}

void SqliteStorage::put_setting(const std::string& key, const std::optional<std::string>& value) {
  write([&] { sqlite::put_setting(connection(), key, value); });
}

int SqliteStorage::delete_exemptions_before(TimeMs expired_before, int limit) {
  return write([&] { return sqlite::delete_exemptions_before(connection(), expired_before, limit); });
}

Store::ForgottenEvents SqliteStorage::forget_events(TimeMs before, TimeMs newest, const TimePosition& after,
                                                    int limit) {
  const auto write_first = [this](const std::string& group_id) { write_counts_of(group_id); };
  return write([&] { return sqlite::forget_events(connection(), before, newest, after, limit, write_first); });
}

int SqliteStorage::delete_answers_before(TimeMs created_before, int limit) {
  return write([&] { return sqlite::delete_answers_before(connection(), created_before, limit); });
}

int SqliteStorage::delete_growth_before(TimeMs seen_before, int limit) {
  return write([&] { return sqlite::delete_growth_before(connection(), seen_before, limit); });
}

int SqliteStorage::drop_forecasts_before(TimeMs seen_before, int limit) {
  return write([&] { return sqlite::drop_forecasts_before(connection(), seen_before, limit); });
}

int SqliteStorage::delete_kept_members_before(TimeMs created_before, int limit) {
  return write([&] { return sqlite::delete_kept_members_before(connection(), created_before, limit); });
}

}  // namespace headroom
