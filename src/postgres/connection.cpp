#include "postgres/connection.h"

#include <libpq-fe.h>

#include <algorithm>
#include <charconv>
#include <cstring>
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

DatabaseProblem problem_of(const LinkLost& lost, const std::string& name) {
  const Kind kind = storage_kind(lost.sqlstate);
  auto problem = DatabaseProblem::Kind::kUnavailable;
  if (is_of_this_node(lost.sqlstate)) problem = DatabaseProblem::Kind::kNoPermission;
  if (lost.sqlstate == kNoSuchDatabase) problem = DatabaseProblem::Kind::kMissing;
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
    if (error.ended() || is_of_foreign_session(error.sqlstate())) link_.reset();
    const bool delayed = error.kind() == Kind::kTimeout || error.sqlstate() == kLockNotAvailable;
    if (delayed && availability != nullptr) availability->note_delay();
    const bool telling = availability != nullptr && !options_.probes && is_worth_telling(error.sqlstate());
    if (telling) availability->tell(error.what());
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
  if (!pending.empty()) run_all(pending, patience());
}

Result Connection::run_all(const std::vector<Link::Statement>& all, std::chrono::milliseconds wait) {
  return on_link([&](Link& link) { return link.run(all, wait); });
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
    return run_all(all, patience());
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

}  // namespace headroom::postgres
