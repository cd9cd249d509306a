#include "database/server.h"

#include <optional>
#include <string>

#include "config/secrets.h"
#include "postgres/postgres_storage.h"

namespace headroom {

namespace {

// Of a file that is empty or away for a moment nothing is taken over. (A credential is systemd's copy, made at a
// start.)
void add_password(postgres::Connection::Options& options, const DatabaseConfig& database) {
  if (database.password) options.password = database.password->expose();
  if (database.password_file.empty()) return;
  options.password_now = [path = database.password_file]() -> std::optional<std::string> {
    const SecretFile file = read_secret_file(path);
    return file.secret ? std::optional(file.secret->expose()) : std::nullopt;
  };
}

}  // namespace

postgres::Connection::Options server_options(const DatabaseConfig& database) {
  postgres::Connection::Options options;
  options.url = database.url.server;
  add_password(options, database);
  return options;
}

postgres::Connection::Options server_options(const std::string& url, const DatabaseConfig& database,
                                             const std::string& key) {
  const postgres::Address address(url, "", key);
  postgres::Connection::Options options;
  options.url = url;
  add_password(options, database);
  return options;
}

std::string server_name(const DatabaseConfig& database) { return postgres::Address(database.url.server, "").name(); }

ServerFacts look_at_server(const DatabaseConfig& database) {
  PostgresStorage storage(server_options(database));
  ServerFacts facts;
  const postgres::Standbys standbys = storage.standbys();
  facts.synchronous = standbys.confirm;
  facts.named_standbys = standbys.named;
  facts.nodes = storage.nodes();
  return facts;
}

}  // namespace headroom
