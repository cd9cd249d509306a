#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "stored/table_row.h"

namespace SQLite {
class Database;
}

namespace headroom::sqlite {

// Whole tables of a database, for another store.
class TableReader {
 public:
  explicit TableReader(SQLite::Database& database) : database_(database) {}

  std::vector<std::string> tables() const;
  std::vector<std::string> columns(const std::string& table) const;
  // All rows in the order of their primary key, as the other store keeps them: texts too that are from before the rule
  // of stored/text.h.
  void rows(const std::string& table, const std::vector<stored::TableColumn>& columns,
            const std::function<void(const stored::TableRow&)>& each) const;
  // The greatest id that was ever given out, of a table that gives them out; else 0.
  std::int64_t last_id(const std::string& table) const;

 private:
  SQLite::Database& database_;
};

// Calls `read` as read_quietly does: it may run twice. Throws DatabaseProblem.
void read_tables(const std::string& path, const std::function<void(const TableReader&)>& read);

}  // namespace headroom::sqlite
