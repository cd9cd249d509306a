#include "tests/support/postgres_server.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <exception>
#include <stdexcept>
#include <system_error>

#include "postgres/connection.h"

#include "tests/support/places.h"

namespace headroom::test {
namespace {

std::array<int, 2> a_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
  return ends;
}

}  // namespace

PostgresServer& PostgresServer::shared() {
  static PostgresServer server;
  return server;
}

PostgresServer::PostgresServer() {
  const auto to_script = a_pipe();
  const auto from_script = a_pipe();
  posix_spawn_file_actions_t files{};
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, to_script[0], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&files, from_script[1], STDOUT_FILENO);
  std::string path = postgres_server_script();
  std::array<char*, 2> arguments = {path.data(), nullptr};
  const int failed = posix_spawn(&script_, path.c_str(), &files, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&files);
  ::close(to_script[0]);
  ::close(from_script[1]);
  input_ = to_script[1];
  output_ = from_script[0];
  if (failed != 0) throw std::system_error(failed, std::generic_category(), path);
  const std::string line = read_line();
  if (!line.starts_with("ready ")) throw std::runtime_error(line);
  folder_ = line.substr(6);
}

PostgresServer::~PostgresServer() {
  ::close(input_);
  while (::waitpid(script_, nullptr, 0) < 0 && errno == EINTR) {
  }
  ::close(output_);
}

std::string PostgresServer::url(const std::string& database, const std::string& user) const {
  return "postgresql://" + user + "@/" + database + "?connect_timeout=20&host=" + folder_;
}

void PostgresServer::execute(const std::string& sql, const std::string& database) {
  postgres::Connection connection({.url = url(database), .statement_timeout = std::chrono::seconds(30)});
  connection.script("SET synchronous_commit = local");
  connection.script(sql);
}

// Commits go by what another process of the server has read by then: whether one waits, only a commit tells.
void PostgresServer::await_standby(bool wait) {
  execute(wait ? "ALTER SYSTEM SET synchronous_standby_names = 'nobody'"
               : "ALTER SYSTEM RESET synchronous_standby_names");
  execute("SELECT pg_reload_conf()");
  for (bool waits = !wait; waits != wait;) {
    postgres::Connection watcher({.url = url()});
    postgres::Connection probe({.url = url(), .commit_within = std::chrono::milliseconds(wait ? 50 : 3000)});
    probe.begin("BEGIN");
    probe.script("SELECT pg_logical_emit_message(true, 'probe', '')");
    try {
      probe.commit();
      waits = false;
    } catch (const StorageError&) {
      waits = watcher.query("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep'").step();
    }
  }
}

void PostgresServer::start_standby() {
  order("standby-start", "started");
  execute("ALTER SYSTEM SET synchronous_standby_names = 'standby'");
  execute("SELECT pg_reload_conf()");
}

void PostgresServer::ignore_standby() {
  execute("ALTER SYSTEM RESET synchronous_standby_names");
  execute("SELECT pg_reload_conf()");
}

std::string PostgresServer::create(const std::string& name_of_template) {
  const std::string name = "test_" + std::to_string(++databases_);
  execute("CREATE DATABASE " + name + " TEMPLATE " + name_of_template);
  return name;
}

void PostgresServer::drop(const std::string& database) { execute("DROP DATABASE " + database + " WITH (FORCE)"); }

void PostgresServer::order(const std::string& what, const std::string& answer) {
  const std::string line = what + "\n";
  if (::write(input_, line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
    throw std::system_error(errno, std::generic_category(), "write");
  }
  if (const std::string got = read_line(); got != answer) throw std::runtime_error(got);
}

std::string PostgresServer::read_line() {
  std::string line;
  for (char c = 0;;) {
    const ssize_t got = ::read(output_, &c, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0 || c == '\n') return line;
    line += c;
  }
}

PostgresDatabase::~PostgresDatabase() {
  try {
    PostgresServer::shared().drop(name_);
  } catch (const std::exception&) {
    // The server goes with the program, and it with the server.
  }
}

}  // namespace headroom::test
