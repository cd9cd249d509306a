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

}  // namespace headroom
