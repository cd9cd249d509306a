#pragma once

#include <string>
#include <vector>

#include "config/config.h"
#include "headroom/node.h"
#include "postgres/connection.h"

namespace headroom {

// Of a database on a server. All throw DatabaseProblem for a URI that libpq can not read.
postgres::Connection::Options server_options(const DatabaseConfig& database);
// Of another one than the configured, with that one's password. `key`: where its URL was given.
postgres::Connection::Options server_options(const std::string& url, const DatabaseConfig& database,
                                             const std::string& key);
// Hosts and name, for people.
std::string server_name(const DatabaseConfig& database);

struct ServerFacts {
  bool synchronous = false;    // a standby confirms each commit, as far as the role may see
  std::string named_standbys;  // synchronous_standby_names: for whom commits wait where none confirms them
  std::vector<NodeState> nodes;
};
// Of a database whose schema is this binary's. Throws DatabaseProblem, StorageError.
ServerFacts look_at_server(const DatabaseConfig& database);

}  // namespace headroom
