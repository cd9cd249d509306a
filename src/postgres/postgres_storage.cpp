#include "postgres/postgres_storage.h"

#include <algorithm>
#include <iterator>
#include <memory>

#include "postgres/tables/lease_queries.h"
#include "postgres/tables/tally_queries.h"

namespace headroom {

PostgresStorage::PostgresStorage(const postgres::Connection::Options& options, std::string node, Order order)
    : PostgresReads(std::make_unique<postgres::Connection>(options)), node_(std::move(node)), order_(order) {}

void PostgresStorage::require_transaction() {
  if (connection().lost()) throw *connection().lost();
  if (connection().in_transaction()) return;
  throw StorageError(StorageError::Kind::kOther, "no transaction is open");
}

void PostgresStorage::begin() {
  if (connection().in_transaction()) {
    throw StorageError(StorageError::Kind::kOther, "a transaction is open already");
  }
  tally_.clear();
  newly_blocked_.clear();
  connection().begin_later("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE");
  if (order_ == Order::kInTurn) postgres::take_turn(connection());
}

void PostgresStorage::commit() {
  try {
    require_transaction();
    if (!tally_.empty()) postgres::write_tally(connection(), tally_, node_);
    connection().commit();
    tally_.clear();
  } catch (...) {
    rollback();
    throw;
  }
  const std::size_t room = kMaxBlocked - std::min(kMaxBlocked, blocked_.size());
  newly_blocked_.resize(std::min(newly_blocked_.size(), room));
  std::move(newly_blocked_.begin(), newly_blocked_.end(), std::back_inserter(blocked_));
  newly_blocked_.clear();
}

void PostgresStorage::rollback() noexcept {
  tally_.clear();
  newly_blocked_.clear();
  connection().rollback();
}

void PostgresStorage::savepoint(const std::function<void()>& body) {
  require_transaction();
  connection().set_savepoint("job");
  const stored::PendingTally tally_before = tally_;
  const std::size_t blocked_before = newly_blocked_.size();
  try {
    body();
    connection().release("job");
  } catch (...) {
    tally_ = tally_before;
    newly_blocked_.resize(std::min(blocked_before, newly_blocked_.size()));
    connection().undo("job");
    throw;
  }
}

// More than any page has room for, so that a file has to grow, and nobody ever sees it.
void PostgresStorage::make_room() {
  begin();
  try {
    connection().execute(
        "INSERT INTO setting (key, value) SELECT 'room', string_agg(md5(random()::text), '') FROM "
        "generate_series(1, 8192)");
  } catch (...) {
    rollback();
    throw;
  }
  rollback();
}

// As late as can be: others who write the same rows wait from then on.
void PostgresStorage::write_tally() {
  if (tally_.empty()) return;
  write([&] { postgres::write_tally(connection(), tally_, node_); });
  tally_.clear();
}

Page<Event> PostgresStorage::events(const EventFilter& filter, const PageRequest& page) {
  write_tally();
  return PostgresReads::events(filter, page);
}

std::vector<TimelineBucket> PostgresStorage::timeline(TimelineUnit unit, TimeMs since, TimeMs last) {
  write_tally();
  return PostgresReads::timeline(unit, since, last);
}

Counts PostgresStorage::counts(TimeMs now, TimeMs stale_before) {
  write_tally();
  return PostgresReads::counts(now, stale_before);
}

}  // namespace headroom
