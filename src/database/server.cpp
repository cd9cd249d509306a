#include "database/server.h"

#include "postgres/postgres_storage.h"

namespace headroom {

postgres::Connection::Options server_options(const DatabaseConfig& database) {
  postgres::Connection::Options options;
  options.url = database.url.server;
  if (database.password) options.password = database.password->expose();
  return options;
}

postgres::Connection::Options server_options(const std::string& url, const DatabaseConfig& database,
                                             const std::string& key) {
  const postgres::Address address(url, "", key);
  postgres::Connection::Options options;
  options.url = url;
  if (database.password) options.password = database.password->expose();
  return options;
}

std::string server_name(const DatabaseConfig& database) { return postgres::Address(database.url.server, "").name(); }

ServerFacts look_at_server(const DatabaseConfig& database) {
  PostgresStorage storage(server_options(database));
  ServerFacts facts;
  facts.synchronous = storage.has_synchronous_standby();
  facts.nodes = storage.nodes();
  return facts;
}

}  // namespace headroom
