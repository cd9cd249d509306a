#include "postgres/link.h"

#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <cstdint>
#include <string_view>
#include <utility>

#include "postgres/postgres_errors.h"

namespace headroom::postgres {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

// libpq has no call for the SQLSTATE of a connection that was refused; told to be verbose, it writes "FATAL:  28P01: ".
std::string sqlstate_in(std::string_view words) {
  constexpr std::size_t kLength = 5;
  for (std::size_t at = words.find(":  "); at != std::string_view::npos; at = words.find(":  ", at + 1)) {
    const std::string_view code = words.substr(at + 3, kLength);
    const bool is_code = code.size() == kLength && words.substr(at + 3 + kLength, 1) == ":" &&
                         std::all_of(code.begin(), code.end(),
                                     [](unsigned char c) { return std::isdigit(c) != 0 || std::isupper(c) != 0; });
    if (is_code) return std::string(code);
  }
  return {};
}

std::string first_line(std::string_view words) { return std::string(words.substr(0, words.find('\n'))); }

// The way there, and nothing about whom either side trusts. libpq has no code for it.
bool is_broken_off(std::string_view words) {
  constexpr std::array<std::string_view, 6> kTold = {"SYSCALL",           "unexpected eof", "closed the connection",
                                                     "could not receive", "could not send", "error response during"};
  return std::any_of(kTold.begin(), kTold.end(),
                     [&](std::string_view told) { return words.find(told) != std::string_view::npos; });
}

}  // namespace

void ClearResult::operator()(pg_result* result) const { PQclear(result); }

Link::Link(const Address::Parameters& host, std::chrono::milliseconds within) {
  std::vector<const char*> keywords;
  std::vector<const char*> values;
  bool has_to_write = false;
  for (const auto& [keyword, value] : host) {
    const bool writes = keyword == "target_session_attrs" && value == "read-write";
    has_to_write = has_to_write || writes;
    keywords.push_back(keyword.c_str());
    values.push_back(writes ? "any" : value.c_str());  // libpq would not say why it takes none
  }
  keywords.push_back(nullptr);
  values.push_back(nullptr);
  const SteadyTime until = std::chrono::steady_clock::now() + within;
  connection_ = PQconnectStartParams(keywords.data(), values.data(), 0);
  if (connection_ == nullptr) throw LinkLost{"no memory for a connection", {}, false};
  PQsetErrorVerbosity(connection_, PQERRORS_VERBOSE);
  PQsetNoticeReceiver(
      connection_,
      [](void* self, const PGresult* notice) {
        const char* severity = PQresultErrorField(notice, PG_DIAG_SEVERITY_NONLOCALIZED);
        const char* words = PQresultErrorField(notice, PG_DIAG_MESSAGE_PRIMARY);
        const std::string_view kind = severity == nullptr ? "" : severity;
        if (kind != "NOTICE" && kind != "INFO" && kind != "LOG" && kind != "DEBUG") {
          static_cast<Link*>(self)->warning_ = words == nullptr ? "a warning" : words;
        }
      },
      this);
  try {
    PostgresPollingStatusType next =
        PQstatus(connection_) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
    for (bool in_handshake = false; next != PGRES_POLLING_OK;) {
      if (next == PGRES_POLLING_FAILED) refuse(in_handshake);
      wait(next == PGRES_POLLING_WRITING, until);
      in_handshake = PQstatus(connection_) == CONNECTION_SSL_STARTUP;
      next = PQconnectPoll(connection_);
    }
    if (has_to_write) require_writes();
  } catch (...) {
    PQfinish(connection_);
    throw;
  }
  PQsetnonblocking(connection_, 1);
  warning_.clear();
}

// As the server has reported both by itself since 14. Behind what keeps that back the first write tells.
void Link::require_writes() const {
  const auto is_on = [this](const char* name) {
    const char* value = PQparameterStatus(connection_, name);
    return value != nullptr && std::string_view(value) == "on";
  };
  if (is_on("in_hot_standby")) {
    throw LinkLost{"it takes no writes: it is a standby; name the primary, or all hosts, in database.url",
                   std::string(kReadOnly), false};
  }
  if (is_on("default_transaction_read_only")) {
    throw LinkLost{
        "it takes no writes: default_transaction_read_only is on for this role, its database or the server; ALTER ROLE "
        "or ALTER DATABASE … RESET default_transaction_read_only (some set it while their disk is full)",
        std::string(kReadOnly), false};
  }
}

Link::~Link() { PQfinish(connection_); }

Result Link::script(const std::string& sql, std::chrono::milliseconds within) {
  return answer(PQsendQuery(connection_, sql.c_str()) == 1, within);
}

Result Link::prepare(const std::string& name, const std::string& sql, std::chrono::milliseconds within) {
  return answer(PQsendPrepare(connection_, name.c_str(), sql.c_str(), 0, nullptr) == 1, within);
}

bool Link::send(const std::string& name, const Parameters& parameters) {
  std::vector<const char*> values;
  values.reserve(parameters.size());
  for (const auto& parameter : parameters) values.push_back(parameter ? parameter->c_str() : nullptr);
  return PQsendQueryPrepared(connection_, name.c_str(), static_cast<int>(values.size()), values.data(), nullptr,
                             nullptr, 0) == 1;
}

Result Link::run(const std::string& name, const Parameters& parameters, std::chrono::milliseconds within) {
  return answer(send(name, parameters), within);
}

Result Link::run(const std::vector<Statement>& statements, std::chrono::milliseconds within) {
  const SteadyTime until = std::chrono::steady_clock::now() + within;
  bool sent = PQenterPipelineMode(connection_) == 1;
  for (const Statement& statement : statements) {
    if (!sent) break;
    sent = statement.name.empty()
               ? PQsendQueryParams(connection_, statement.sql.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 0) == 1
               : send(statement.name, statement.parameters);
  }
  if (!sent || PQpipelineSync(connection_) != 1) lose(first_line(PQerrorMessage(connection_)));
  flush(until);
  Result result;
  for (;;) {
    Result one = next(until);
    if (one == nullptr) {  // the end of a statement's results, or of the connection
      if (PQstatus(connection_) == CONNECTION_BAD) break;
      continue;
    }
    const ExecStatusType status = PQresultStatus(one.get());
    if (status == PGRES_PIPELINE_SYNC) break;
    if (status == PGRES_PIPELINE_ABORTED) continue;
    if (result == nullptr || PQresultStatus(result.get()) != PGRES_FATAL_ERROR) result = std::move(one);
  }
  PQexitPipelineMode(connection_);
  return said(std::move(result));
}

bool Link::in_transaction() const {
  const PGTransactionStatusType status = PQtransactionStatus(connection_);
  return status == PQTRANS_INTRANS || status == PQTRANS_INERROR;
}

std::string Link::take_warning() { return std::exchange(warning_, {}); }

// Of several statements the last one's result, or the first that failed.
Result Link::answer(bool sent, std::chrono::milliseconds within) {
  const SteadyTime until = std::chrono::steady_clock::now() + within;
  if (!sent) lose(first_line(PQerrorMessage(connection_)));
  flush(until);
  Result result;
  while (Result one = next(until)) {
    if (result == nullptr || PQresultStatus(result.get()) != PGRES_FATAL_ERROR) result = std::move(one);
  }
  return said(std::move(result));
}

void Link::flush(SteadyTime until) {
  for (int left = 1; left != 0;) {
    left = PQflush(connection_);
    if (left < 0) return;  // what the server said before it went may still be read
    if (left == 1) {
      wait(true, until);
      if (PQconsumeInput(connection_) == 0) return;
    }
  }
}

Result Link::next(SteadyTime until) {
  while (PQisBusy(connection_) == 1) {
    wait(false, until);
    // Fails at the end of the connection, behind which an error of the server may stand: it is a result then.
    if (PQconsumeInput(connection_) == 0) break;
  }
  return Result(PQgetResult(connection_));
}

// It, if it is the server's.
Result Link::said(Result result) const {
  if (result == nullptr) lose(first_line(PQerrorMessage(connection_)));
  const bool has_state = PQresultErrorField(result.get(), PG_DIAG_SQLSTATE) != nullptr;
  if (PQresultStatus(result.get()) == PGRES_FATAL_ERROR && !has_state) lose(first_line(PQerrorMessage(connection_)));
  return result;
}

void Link::wait(bool for_writing, SteadyTime until) const {
  pollfd entry{PQsocket(connection_), static_cast<short>(for_writing ? POLLIN | POLLOUT : POLLIN), 0};
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    if (left.count() <= 0) throw LinkLost{"it did not answer in time", {}, true};
    const int ready = ::poll(&entry, 1, static_cast<int>(std::min<std::int64_t>(left.count(), 3'600'000)));
    if (ready > 0) return;
    if (ready < 0 && errno != EINTR) lose("it can not be waited for");
  }
}

// No connection comes of it: in words that say what to do.
void Link::refuse(bool in_handshake) const {
  const std::string words = first_line(PQerrorMessage(connection_));
  if (PQconnectionNeedsPassword(connection_) == 1) {
    throw LinkLost{
        "it asks for a password, and there is none: database.password_file, or the credential "
        "database-password",
        std::string(kInvalidPassword), false};
  }
  if (in_handshake && !is_broken_off(words)) {
    throw LinkLost{words + ": TLS; see sslmode and sslrootcert in database.url, and the server's ssl and certificate",
                   {},
                   false,
                   true};
  }
  const std::string sqlstate = sqlstate_in(PQerrorMessage(connection_));
  // A pooler's own refusals have the code of what a session of others is told.
  const std::string remedy = is_of_foreign_session(sqlstate) ? std::string() : what_to_do(sqlstate);
  throw LinkLost{(words.empty() ? "the connection was lost" : words) + remedy, sqlstate, false};
}

void Link::lose(const std::string& words) const {
  throw LinkLost{words.empty() ? "the connection was lost" : words, sqlstate_in(PQerrorMessage(connection_)), false};
}

}  // namespace headroom::postgres
