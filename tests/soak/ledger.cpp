#include "tests/soak/ledger.h"

#include <sqlite3.h>

#include <memory>
#include <stdexcept>

namespace headroom::soak {
namespace {

constexpr std::int64_t kFirstTimeMs = 1'700'000'000'000;
constexpr int kGroups = 61;

using Database = std::unique_ptr<sqlite3, decltype(&sqlite3_close)>;
using Statement = std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)>;

// Read-only, so that the log is left for the daemon to recover.
Database open(const std::string& path) {
  sqlite3* handle = nullptr;
  const int result = sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READONLY, "unix");
  Database database(handle, sqlite3_close);
  if (result != SQLITE_OK) throw std::runtime_error(path + ": " + sqlite3_errstr(result));
  sqlite3_busy_timeout(handle, 5000);
  return database;
}

Statement prepare(const Database& database, const char* sql) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(database.get(), sql, -1, &statement, nullptr) != SQLITE_OK) {
    throw std::runtime_error(sqlite3_errmsg(database.get()));
  }
  return {statement, sqlite3_finalize};
}

bool step(const Database& database, const Statement& statement) {
  const int result = sqlite3_step(statement.get());
  if (result != SQLITE_ROW && result != SQLITE_DONE) throw std::runtime_error(sqlite3_errmsg(database.get()));
  return result == SQLITE_ROW;
}

std::string text(const Statement& statement, int column) {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement.get(), column));
  return bytes == nullptr ? ""
                          : std::string(bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement.get(), column)));
}

}  // namespace

std::string webhook_group(std::int64_t number) { return "@TGS#SOAK" + std::to_string(number % kGroups); }

std::int64_t webhook_time(std::int64_t number) { return kFirstTimeMs + number; }

std::string webhook_body(std::int64_t number) {
  return R"({"CallbackCommand":"Group.CallbackAfterGroupFull","GroupId":")" + webhook_group(number) +
         R"(","EventTime":)" + std::to_string(webhook_time(number)) + R"(,"Padding":")" +
         std::string(static_cast<std::size_t>(number * 37 % 900), static_cast<char>('a' + number % 26)) + "\"}";
}

std::int64_t Ledger::next() {
  const std::lock_guard lock(mutex_);
  if (!unanswered_.empty() && random_() % 2 == 0) {
    const std::int64_t again = unanswered_.front();
    unanswered_.pop_front();
    return again;
  }
  acknowledged_.push_back(false);
  return static_cast<std::int64_t>(acknowledged_.size()) - 1;
}

void Ledger::answered(std::int64_t number, long status) {
  const std::lock_guard lock(mutex_);
  if (status != 200) {
    unanswered_.push_back(number);
    return;
  }
  acknowledged_[static_cast<std::size_t>(number)] = true;
  ++acknowledgements_;
}

std::int64_t Ledger::sent() const {
  const std::lock_guard lock(mutex_);
  return static_cast<std::int64_t>(acknowledged_.size());
}

std::int64_t Ledger::acknowledged() const {
  const std::lock_guard lock(mutex_);
  return acknowledgements_;
}

namespace {

std::int64_t number(const Database& database, const char* sql) {
  const Statement found = prepare(database, sql);
  return step(database, found) ? sqlite3_column_int64(found.get(), 0) : 0;
}

// Every event is counted by its group, but for some of those from events.delayed_from on.
std::int64_t miscounted(const Database& database) {
  const std::int64_t counted = number(database, "SELECT sum(full_events + full_events_more) FROM chat_group");
  const std::int64_t most = number(database, "SELECT count(*) FROM event");
  const std::int64_t least = number(database,
                                    "SELECT count(*) FROM event WHERE id < coalesce((SELECT CAST(value AS INTEGER)"
                                    " FROM setting WHERE key = 'events.delayed_from'), 9223372036854775807)");
  return counted < least ? least - counted : counted > most ? counted - most : 0;
}

}  // namespace

Ledger::Findings Ledger::compare(const std::string& path) const {
  const std::lock_guard lock(mutex_);
  Findings findings;
  const Database database = open(path);
  const Statement check = prepare(database, "PRAGMA integrity_check");
  findings.integrity = step(database, check) ? text(check, 0) : "no answer";

  std::vector<bool> stored(acknowledged_.size(), false);
  const Statement rows = prepare(database, "SELECT event_time, group_id, body FROM event");
  while (step(database, rows)) {
    const std::int64_t number = sqlite3_column_int64(rows.get(), 0) - kFirstTimeMs;
    const bool known = number >= 0 && number < static_cast<std::int64_t>(stored.size());
    if (!known || text(rows, 1) != webhook_group(number) || text(rows, 2) != webhook_body(number)) {
      ++findings.strange;
      continue;
    }
    if (stored[static_cast<std::size_t>(number)]) ++findings.doubled;
    stored[static_cast<std::size_t>(number)] = true;
    ++findings.stored;
  }
  for (std::size_t i = 0; i < stored.size(); ++i) {
    if (acknowledged_[i] && !stored[i]) ++findings.lost;
  }
  findings.miscounted = miscounted(database);
  return findings;
}

}  // namespace headroom::soak
