// What a transaction on a connection is: how it begins, for how long it may last, and how it ends.
#include <libpq-fe.h>

#include <algorithm>
#include <cstring>
#include <iterator>
#include <utility>

#include "postgres/connection.h"
#include "postgres/postgres_errors.h"

namespace headroom::postgres {
namespace {

using Kind = StorageError::Kind;

// Between the end of a wait for a lock and that of its transaction.
constexpr std::chrono::milliseconds kSpare{350};
constexpr std::chrono::milliseconds kLeastLock{20};
constexpr std::chrono::milliseconds kHurry{1000};

}  // namespace

bool Connection::in_transaction() const {
  return link_ != nullptr && (link_->in_transaction() || (begun_ && !pending_.empty()));
}

void Connection::begin_later(const std::string& sql) {
  // Who finds out which server it is has to know before anything is done.
  if (options_.probes) return begin(sql);
  begun_ = false;
  lost_.reset();
  set_deadline();
  begins_with_next_ = is_open();
  if (!is_open()) reopen();
  pending_ = {{sql, {}}};
  add_limits();
  begun_ = true;
}

// Of this transaction alone, on the way of its first statement.
void Connection::add_limits() {
  const auto set = [this](const std::string& limit, std::chrono::milliseconds value) {
    pending_.push_back({"SET LOCAL " + limit + " = " + std::to_string(value.count()), {}});
  };
  const bool hasty = options_.impatient && options_.availability != nullptr && options_.availability->delayed_lately();
  if (hasty) set("statement_timeout", kHasty);
  if (!give_up_at_) return;
  const auto lock = std::max(left_of(options_.lock_timeout + kSpare) - kSpare, kLeastLock);
  if (lock < options_.lock_timeout) set("lock_timeout", lock);
}

void Connection::set_deadline() {
  until_.reset();
  if (options_.transaction_within.count() > 0) {
    until_ = std::chrono::steady_clock::now() + options_.transaction_within;
  }
  const auto by = [this](std::chrono::steady_clock::time_point at) { until_ = until_ ? std::min(*until_, at) : at; };
  if (give_up_at_) by(*give_up_at_);
  if (options_.availability != nullptr && options_.availability->hurried()) {
    by(std::chrono::steady_clock::now() + kHurry);
  }
}

// Of a connection that was lost while nobody used it only the first statement tells. Nothing was done yet: another is
// as good. (Where nobody answers another would not help, and whoever waits has waited long enough.)
void Connection::reopen_begun(const std::vector<Link::Statement>& first) {
  lost_.reset();
  reopen();
  pending_ = first;
}

// Of a connection that was lost while nobody used it only the next call tells. Nothing was done yet: another is as
// good.
void Connection::begin(const std::string& sql) {
  begun_ = begins_with_next_ = false;
  lost_.reset();
  pending_.clear();
  set_deadline();
  const bool was_open = is_open();
  if (!was_open) reopen();
  try {
    script(sql);
  } catch (const StorageError&) {
    if (is_open() || silent_ || !was_open) throw;
    reopen();
    script(sql);
  }
  begun_ = true;
}

void Connection::commit() {
  if (lost_) {
    const StorageError error = *lost_;
    rollback();
    throw error;
  }
  if (!in_transaction()) throw StorageError(Kind::kOther, "no transaction is open");
  begun_ = begins_with_next_ = false;
  const auto unknown = [&](const std::string& why) {
    return StorageError(Kind::kUnknown, "whether the commit is stored is not known: " + why);
  };
  link_->take_warning();
  auto all = std::exchange(pending_, {});
  all.push_back({"COMMIT", {}});
  Result result;
  try {
    result = run_all(all, left_of(options_.commit_within));
  } catch (const StorageError& error) {
    const auto* said = dynamic_cast<const SqlError*>(&error);
    // What came before it. (A pooler that has lost its server says 08P01, too, and ends the connection with it.)
    const bool refused = said != nullptr && !said->ended() && is_of_foreign_session(said->sqlstate());
    if (!is_open() && !refused) throw unknown(error.what());
    rollback();  // of what came before it
    throw;       // an error that leaves the connection is the server's no
  }
  // A wait for a standby that was cut short: it is stored here, and may be nowhere else.
  if (const std::string warning = link_->take_warning(); !warning.empty()) throw unknown(warning);
  if (std::strcmp(PQcmdStatus(result.get()), "COMMIT") != 0) {
    throw StorageError(Kind::kOther, "the transaction was rolled back: a statement of it had failed");
  }
}

void Connection::rollback() noexcept {
  begun_ = begins_with_next_ = false;
  lost_.reset();
  pending_.clear();
  if (!in_transaction()) return;
  try {
    script("ROLLBACK");
  } catch (const std::exception&) {
    link_.reset();  // which ends the transaction, too
  }
}

// What can not be undone alone goes with the whole transaction, and what follows in it has to fail.
void Connection::undo(const std::string& savepoint) noexcept {
  if (!in_transaction()) return;
  // What was not sent is not to be.
  const auto set = std::find_if(pending_.rbegin(), pending_.rend(),
                                [&](const Link::Statement& one) { return one.sql == "SAVEPOINT " + savepoint; });
  if (set != pending_.rend()) {
    pending_.erase(std::prev(set.base()), pending_.end());
    return;
  }
  pending_.clear();
  try {
    script("ROLLBACK TO SAVEPOINT " + savepoint + "; RELEASE SAVEPOINT " + savepoint);
    lost_.reset();
  } catch (const std::exception& error) {
    link_.reset();
    lost_.emplace(Kind::kUnavailable, std::string("the transaction was rolled back: ") + error.what());
  }
}

}  // namespace headroom::postgres
