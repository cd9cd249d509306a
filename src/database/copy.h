#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "headroom/types.h"
#include "postgres/connection.h"

namespace headroom {

struct CopyOptions {
  std::string source;  // a database file
  postgres::Connection::Options target;
  std::optional<std::int64_t> sdk_app_id = std::nullopt;  // whose database it is, and will be
  TimeMs now = 0;
  std::size_t batch_rows = 4000;
  std::size_t batch_bytes = 8 * 1024 * 1024;
  std::function<void(const std::string&)> warn = [](const std::string&) {};
  // Called before each batch is stored, before the rows are compared and before the end: tests fail there.
  std::function<void(const std::string& step, std::int64_t rows)> before = [](const std::string&, std::int64_t) {};
};

struct CopyReport {
  std::string target;          // its name, for people
  bool nothing_to_do = false;  // was finished before
  struct Table {
    std::string name;
    std::int64_t rows = 0;  // of the target, as read back
  };
  std::vector<Table> tables;
  std::vector<std::string> problems;  // tables that are not what the source has; empty: the copy is finished
};

// Everything of a database file that no daemon uses goes to an empty database on a server, which gets the schema. What
// was ended in between goes on where it was, as long as the source is what it was. Reads the file only. Throws
// DatabaseProblem.
CopyReport copy_database(const CopyOptions& options);

}  // namespace headroom
