#pragma once

#include <map>
#include <string>
#include <vector>

#include "sqlite/upkeep/table_reader.h"
#include "stored/table_row.h"

namespace headroom {

struct CopiedTable {
  std::string name;
  std::vector<stored::TableColumn> columns;
};

// What goes over, in an order in which each row finds those that it refers to. Throws std::logic_error for a table or a
// column that one of the two has and nobody has thought of here.
std::vector<CopiedTable> copy_plan(const sqlite::TableReader& source,
                                   const std::map<std::string, std::vector<stored::TableColumn>>& target);
// Tables of the server's that are not copied, and have to be without rows nevertheless.
std::vector<std::string> tables_of_daemons();

}  // namespace headroom
