#pragma once

#include <string>

#include "config/config.h"
#include "postgres/connection.h"

namespace headroom {

// Of a database on a server. Both throw DatabaseProblem for a URI that libpq can not read.
postgres::Connection::Options server_options(const DatabaseConfig& database);
// Hosts and name, for people.
std::string server_name(const DatabaseConfig& database);

}  // namespace headroom
