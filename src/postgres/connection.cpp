#include "postgres/connection.h"

#include <libpq-fe.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <iterator>
#include <utility>

#include "postgres/postgres_errors.h"
#include "stored/database_problem.h"

namespace headroom::postgres {
namespace {

using Kind = StorageError::Kind;

std::string field_of(const Result& result, int field) {
  const char* text = PQresultErrorField(result.get(), field);
  return text == nullptr ? std::string() : std::string(text);
}

// Between the end of a wait for a lock and that of its transaction.
constexpr std::chrono::milliseconds kSpare{350};
constexpr std::chrono::milliseconds kLeastLock{20};
constexpr std::chrono::milliseconds kHurry{1000};

DatabaseProblem problem_of(const LinkLost& lost, const std::string& name) {
  const Kind kind = storage_kind(lost.sqlstate);
  auto problem = DatabaseProblem::Kind::kUnavailable;
  if (lost.sqlstate.starts_with("28")) problem = DatabaseProblem::Kind::kNoPermission;
  if (lost.sqlstate == "3D000") problem = DatabaseProblem::Kind::kMissing;
  if (kind == Kind::kOther && !lost.sqlstate.empty()) problem = DatabaseProblem::Kind::kFailed;
  return {problem, name + ": " + lost.words};
}

}  // namespace

Connection::Connection(const Options& options) : options_(options), address_(options.url, options.password) {
  if (!options_.at_once) return;
  try {
    open();
  } catch (const LinkLost& lost) {
    throw problem_of(lost, name());
  } catch (const StorageError& error) {
    const bool unavailable = error.kind() == Kind::kUnavailable;
    throw DatabaseProblem(unavailable ? DatabaseProblem::Kind::kUnavailable : DatabaseProblem::Kind::kFailed,
                          name() + ": " + error.what());
  }
}

Connection::~Connection() = default;

std::chrono::milliseconds Connection::left_of(std::chrono::milliseconds wait) const {
  if (!until_) return wait;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(*until_ - std::chrono::steady_clock::now());
  return std::clamp(left, std::chrono::milliseconds(0), wait);
}

// In a transaction that a statement has spoilt the server refuses all others: they fail with the first one's error.
void Connection::require_link() const {
  if (link_ == nullptr) throw lost_.value_or(StorageError(Kind::kUnavailable, name() + ": the connection was lost"));
}

template <typename Call>
Result Connection::on_link(Call&& call) {
  require_link();
  silent_ = false;
  const auto& availability = options_.availability;
  const auto heard = [&] {
    if (availability != nullptr) availability->note_heard();
  };
  if (availability != nullptr) availability->note_asked();
  try {
    Result result = std::forward<Call>(call)(*link_);
    heard();
    return checked(std::move(result));
  } catch (const LinkLost& lost) {
    link_.reset();
    silent_ = lost.silent;
    if (silent_) {
      note_silence();
    } else {
      heard();
    }
    const StorageError error(kind_of(lost), name() + ": " + lost.words);
    note(error);
    throw error;
  } catch (const SqlError& error) {
    if (error.ended()) link_.reset();
    const bool delayed = error.kind() == Kind::kTimeout || error.sqlstate() == kLockNotAvailable;
    if (delayed && availability != nullptr) availability->note_delay();
    if (lost_ && error.sqlstate() == kInFailedTransaction) throw *lost_;
    note(error);
    throw;
  }
}

bool Connection::gave_up() const { return until_ && std::chrono::steady_clock::now() >= *until_; }

Kind Connection::kind_of(const LinkLost& lost) const {
  const bool known_silent = options_.availability != nullptr && options_.availability->silent_lately();
  return lost.silent && give_up_at_ && gave_up() && !known_silent ? Kind::kTimeout : Kind::kUnavailable;
}

// Whose own time is over knows little of the server, unless nobody else has heard of it either.
void Connection::note_silence() const {
  if (options_.availability == nullptr) return;
  if (gave_up() && !options_.availability->is_quiet()) {
    options_.availability->note_delay();
  } else {
    options_.availability->note_silence();
  }
}

void Connection::note(const StorageError& error) {
  if (begun_ && !lost_) lost_ = error;
}

Result Connection::checked(Result result) {
  const ExecStatusType status = PQresultStatus(result.get());
  if (status == PGRES_FATAL_ERROR) {
    const std::string severity = field_of(result, PG_DIAG_SEVERITY_NONLOCALIZED);
    throw SqlError(field_of(result, PG_DIAG_SQLSTATE), field_of(result, PG_DIAG_MESSAGE_PRIMARY), severity != "ERROR");
  }
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_EMPTY_QUERY) {
    throw StorageError(Kind::kOther, std::string("an answer that nobody asked for: ") + PQresStatus(status));
  }
  const char* changed = PQcmdTuples(result.get());
  changes_ = 0;
  std::from_chars(changed, changed + std::strlen(changed), changes_);
  return result;
}

void Connection::script(const std::string& sql) {
  begins_with_next_ = false;
  send_pending();
  on_link([&](Link& link) { return link.script(sql, patience()); });
}

void Connection::send_pending() {
  const auto pending = std::exchange(pending_, {});
  if (!pending.empty()) on_link([&](Link& link) { return link.run(pending, patience()); });
}

const std::string& Connection::prepared(const std::string& sql) {
  auto found = prepared_.find(sql);
  if (found == prepared_.end()) {
    send_pending();  // what it fails of is undone with what it is a part of
    const std::string name = "s" + std::to_string(prepared_.size() + 1);
    on_link([&](Link& link) { return link.prepare(name, sql, patience()); });
    found = prepared_.emplace(sql, name).first;
  }
  return found->second;
}

Result Connection::run(const std::string& sql, const Link::Parameters& parameters) {
  const auto once = [&] {
    const std::string& name = prepared(sql);
    if (pending_.empty()) return on_link([&](Link& link) { return link.run(name, parameters, patience()); });
    auto all = std::exchange(pending_, {});
    all.push_back({{}, name, parameters});
    return on_link([&](Link& link) { return link.run(all, patience()); });
  };
  if (!std::exchange(begins_with_next_, false)) return once();
  const auto first = pending_;
  try {
    return once();
  } catch (const StorageError&) {
    if (is_open() || silent_) throw;
    reopen_begun(first);
    return once();
  }
}

void Connection::run_later(const std::string& sql, const Link::Parameters& parameters) {
  require_link();
  const std::string& name = prepared(sql);
  pending_.push_back({{}, name, parameters});
}

void Connection::later(const std::string& sql) {
  require_link();
  if (lost_) throw *lost_;
  pending_.push_back({sql, {}});
}

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
    result = on_link([&](Link& link) { return link.run(all, left_of(options_.commit_within)); });
  } catch (const StorageError& error) {
    if (!is_open()) throw unknown(error.what());
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
