#pragma once

#include <optional>
#include <string>
#include <vector>

namespace headroom::stored {

// A table as it goes from one store to the other: `type` is PostgreSQL's (bigint, text, boolean or bytea), and so are
// the texts of the values; absent: NULL.
struct TableColumn {
  std::string name;
  std::string type;
};
using TableRow = std::vector<std::optional<std::string>>;

}  // namespace headroom::stored
