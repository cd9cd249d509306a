#pragma once

#include <sys/types.h>

#include <string>

namespace headroom::test {

// A PostgreSQL that this program has to itself: see postgres_server.sh, which ends it.
class PostgresServer {
 public:
  // Started when it is first asked for.
  static PostgresServer& shared();
  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  std::string url(const std::string& database = "postgres", const std::string& user = "headroom") const;
  // A new database, as the template is.
  std::string create(const std::string& name_of_template = "template0");
  // Whoever is connected to it.
  void drop(const std::string& database);
  // One statement, as the server's owner, which waits for no standby.
  void execute(const std::string& sql, const std::string& database = "postgres");

  // Commits of everybody wait for a standby that is not there, or for none.
  void await_standby(bool wait);

  // As a crash and the start after it.
  void stop() { order("stop", "stopped"); }
  void start() { order("start", "started"); }
  // Nobody answers, and nobody goes.
  void freeze() { order("freeze", "frozen"); }
  void thaw() { order("thaw", "thawed"); }
  // A standby, which the server waits for at each commit from its first start on, whether it runs or not; until
  // ignore_standby().
  void start_standby();
  void stop_standby() { order("standby-stop", "stopped"); }
  void ignore_standby();
  const std::string& folder() const { return folder_; }

 private:
  PostgresServer();
  void order(const std::string& what, const std::string& answer);
  std::string read_line();

  pid_t script_ = -1;
  int input_ = -1;
  int output_ = -1;
  std::string folder_;
  int databases_ = 0;
};

// A database of its own, dropped with it.
class PostgresDatabase {
 public:
  explicit PostgresDatabase(const std::string& name_of_template = "template0")
      : name_(PostgresServer::shared().create(name_of_template)) {}
  ~PostgresDatabase();
  PostgresDatabase(const PostgresDatabase&) = delete;
  PostgresDatabase& operator=(const PostgresDatabase&) = delete;

  std::string url(const std::string& user = "headroom") const { return PostgresServer::shared().url(name_, user); }
  const std::string& name() const { return name_; }

 private:
  const std::string name_;
};

}  // namespace headroom::test
