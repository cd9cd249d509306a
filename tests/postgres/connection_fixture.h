#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>

#include "postgres/connection.h"
#include "stored/database_problem.h"
#include "tests/support/postgres_server.h"

namespace headroom::postgres {

class PostgresConnectionTest : public testing::Test {
 protected:
  Connection::Options options() const { return {.url = database_.url()}; }
  // Of connections that have agreed on the server.
  Connection::Options agreed_options() const {
    Connection::Options agreed = options();
    agreed.availability = std::make_shared<Availability>();
    agreed.probes = true;
    agreed.availability->agree_on(Connection(agreed).server());
    agreed.probes = false;
    return agreed;
  }
  static std::string one(Connection& connection, const std::string& sql) {
    Query query = connection.query(sql);
    return query.step() ? query.text() : "no row";
  }
  static int backend_of(Connection& connection) { return std::stoi(one(connection, "SELECT pg_backend_pid()")); }

  // What another session does to it.
  void terminate(int backend) const {
    test::PostgresServer::shared().execute("SELECT pg_terminate_backend(" + std::to_string(backend) + ")");
  }
  static DatabaseProblem problem_of(const Connection::Options& options) {
    try {
      const Connection connection(options);
    } catch (const DatabaseProblem& problem) {
      return problem;
    }
    throw std::logic_error("it connects");
  }

  test::PostgresServer& server_ = test::PostgresServer::shared();
  const test::PostgresDatabase database_;
};

}  // namespace headroom::postgres
