#pragma once

#include <string>
#include <vector>

namespace headroom {

struct Migration {
  int version = 0;  // 1, 2, …
  std::string name;
  std::string sql;
  std::string checksum;  // SHA-256 of the file, hexadecimal
  // A server's database that has it can be used by binaries that know the migrations up to this one; 0: it can not.
  int compatible_from = 0;
};

}  // namespace headroom
