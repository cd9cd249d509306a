#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "postgres/connection.h"
#include "tests/e2e/fixture.h"
#include "tests/support/postgres_server.h"

namespace headroom::e2e {

// Several daemons over one database on a PostgreSQL that the tests have to themselves. What E2e asks of `daemon_` it
// asks of the one that was used last.
class Nodes : public E2e {
 protected:
  Nodes();
  ~Nodes() override;

  // Migrates (the first time) and starts it.
  void start_node(const std::string& name);
  // Another one is asked, and gets the webhooks, from now on.
  void use(const std::string& name);
  void kill_node(const std::string& name);
  int stop_node(const std::string& name);  // SIGTERM; the exit status
  int wait_for(const std::string& name) { return nodes_.at(name).process->wait(); }  // until it has ended by itself
  void signal_node(const std::string& name, int number) const { nodes_.at(name).process->signal(number); }
  std::string log_of(const std::string& name) const { return nodes_.at(name).process->stderr_text(); }

  // Longer than a lease, its holder's drain and the failures on the way.
  static bool in_time(const std::function<bool()>& condition);
  // Whoever says of itself that it leads, and lives.
  std::optional<std::string> leader();
  std::int64_t metric_of(const std::string& name, const std::string& series);
  std::size_t events_of(const std::string& group_id);
  // Starts `a`, and waits until it leads.
  void leads();
  // A transaction of somebody else, which holds something.
  std::unique_ptr<postgres::Connection> stranger(const std::string& sql) const;
  static double seconds_since(std::chrono::steady_clock::time_point began);
  // A webhook of its own, straight to the node in use: status and seconds.
  std::pair<int, double> webhook(const std::string& group_id);

  test::PostgresServer& server_ = test::PostgresServer::shared();
  test::PostgresDatabase database_;

 private:
  struct Node {
    std::unique_ptr<DaemonProcess> process;
    std::string admin_url, webhook_url;
  };
  std::map<std::string, Node> nodes_;
  bool migrated_ = false;
  int webhooks_ = 0;
};

}  // namespace headroom::e2e
