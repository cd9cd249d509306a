// A transaction: what it has written, and what else is to be as it was when it is undone.
#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "sqlite/sqlite_storage.h"

namespace headroom {

void SqliteStorage::require_transaction() {
  if (connection().in_transaction()) return;
  if (lost_) throw *lost_;
  throw StorageError(StorageError::Kind::kOther, "no transaction is open");
}

void SqliteStorage::begin() {
  lost_.reset();
  forget_uncommitted(0);
  forget_open_delays();
  connection().guarded([&] {
    checkpoint_.before_transaction();
    connection().execute("BEGIN IMMEDIATE");
    look_for_others();
  });
}

void SqliteStorage::commit() {
  try {
    list_new_events();
    write_due_counts();
    note_delayed();
    write_tally();
    write([&] {
      checkpoint_.before_commit();
      connection().execute("COMMIT");
    });
    delayed_.commit();
    delayed_from_ = open_delayed_from_;
    data_version_ = data_version();
    const std::size_t room = kMaxBlocked - std::min(kMaxBlocked, blocked_.size());
    newly_blocked_.resize(std::min(newly_blocked_.size(), room));
    std::move(newly_blocked_.begin(), newly_blocked_.end(), std::back_inserter(blocked_));
    newly_blocked_.clear();
  } catch (...) {
    rollback();
    throw;
  }
}

void SqliteStorage::rollback() noexcept {
  lost_.reset();
  forget_uncommitted(0);
  forget_open_delays();
  forget_known();
  if (!connection().in_transaction()) return;
  try {
    connection().execute("ROLLBACK");
  } catch (const std::exception&) {
    // SQLite has rolled back already, or the next begin() reports what is wrong.
  }
}

void SqliteStorage::savepoint(const std::function<void()>& body) {
  list_new_events();
  write_tally();
  write([&] { connection().execute("SAVEPOINT job"); });
  const std::size_t blocked_before = newly_blocked_.size();
  sqlite::DelayedCounts::Open delayed_before = delayed_.open();
  try {
    body();
    list_new_events();
    write_tally();
  } catch (...) {
    forget_uncommitted(blocked_before);
    delayed_.put_back(std::move(delayed_before));
    forget_known();
    undo_savepoint();
    throw;
  }
  write([&] { connection().execute("RELEASE job"); });
}

// All but the first so many of the groups that became blocked.
void SqliteStorage::forget_uncommitted(std::size_t blocked) noexcept {
  tally_.clear();
  unlisted_.clear();
  newly_blocked_.resize(std::min(blocked, newly_blocked_.size()));
}

void SqliteStorage::undo_savepoint() noexcept {
  if (!connection().in_transaction()) return;
  try {
    connection().execute("ROLLBACK TO job");
    connection().execute("RELEASE job");
  } catch (const std::exception& error) {
    // The savepoint can not be undone alone, so the whole transaction goes, and what follows in it has to fail.
    rollback();
    lost_.emplace(StorageError::Kind::kOther, std::string("the transaction was rolled back: ") + error.what());
  }
}

}  // namespace headroom
