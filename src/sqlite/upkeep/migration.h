#pragma once

#include <string>
#include <vector>

namespace headroom {

struct Migration {
  int version = 0;  // 1, 2, …
  std::string name;
  std::string sql;
  std::string checksum;  // SHA-256 of the file, hexadecimal
};

// Those of migrations/sqlite, checked and embedded when this binary was built; in order, without a gap.
const std::vector<Migration>& embedded_migrations();

}  // namespace headroom
