#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "postgres/address.h"

struct pg_conn;
struct pg_result;

namespace headroom::postgres {

struct ClearResult {
  void operator()(pg_result* result) const;
};
using Result = std::unique_ptr<pg_result, ClearResult>;

// No connection: a StorageError or a DatabaseProblem is made of it by who knows what for.
struct LinkLost {
  std::string words;
  std::string sqlstate;  // empty: no server said anything
  bool silent = false;   // it is there, as far as anybody knows, and did not answer in time
  bool tls = false;      // what one side's configuration of TLS forbids, and no wait mends
};

// libpq, never waiting for longer than it is told. (But for the name of a host, which libpq asks for by itself; an
// address in the URI needs none.)
class Link {
 public:
  // To one host. Throws LinkLost.
  Link(const Address::Parameters& host, std::chrono::milliseconds within);
  ~Link();
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  // Each waits for its result, which may be an error of the server. Throws LinkLost, after which the link is of no use.
  using Parameters = std::vector<std::optional<std::string>>;  // as texts; absent: NULL
  Result script(const std::string& sql, std::chrono::milliseconds within);
  Result prepare(const std::string& name, const std::string& sql, std::chrono::milliseconds within);
  Result run(const std::string& name, const Parameters& parameters, std::chrono::milliseconds within);
  // Several at once, in one way there and back: the last one's result, or that of the first that failed; those behind
  // it are not run.
  struct Statement {
    std::string sql;   // one, without parameters; or
    std::string name;  // of what is prepared
    Parameters parameters = {};
  };
  Result run(const std::vector<Statement>& statements, std::chrono::milliseconds within);

  bool in_transaction() const;
  // What the server has warned of since the last call; notices are not kept.
  std::string take_warning();

 private:
  void require_writes() const;
  bool send(const std::string& name, const Parameters& parameters);
  Result answer(bool sent, std::chrono::milliseconds within);
  void flush(std::chrono::steady_clock::time_point until);
  Result next(std::chrono::steady_clock::time_point until);
  Result said(Result result) const;
  void wait(bool for_writing, std::chrono::steady_clock::time_point until) const;
  [[noreturn]] void refuse(bool in_handshake) const;
  [[noreturn]] void lose(const std::string& words) const;

  pg_conn* connection_ = nullptr;
  std::string warning_;
};

}  // namespace headroom::postgres
