#include "database/server.h"

namespace headroom {

postgres::Connection::Options server_options(const DatabaseConfig& database) {
  postgres::Connection::Options options;
  options.url = database.url.server;
  if (database.password) options.password = database.password->expose();
  return options;
}

std::string server_name(const DatabaseConfig& database) { return postgres::Address(database.url.server, "").name(); }

}  // namespace headroom
