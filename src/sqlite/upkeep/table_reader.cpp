#include "sqlite/upkeep/table_reader.h"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <optional>
#include <string_view>

#include "sqlite/quiet_reader.h"
#include "stored/text.h"
#include "text/hex.h"

namespace headroom::sqlite {
namespace {

std::optional<std::string> value_of(const SQLite::Column& column, const std::string& type) {
  if (column.isNull()) return std::nullopt;
  if (type == "boolean") return column.getInt64() != 0 ? "t" : "f";
  if (type == "bytea") return "\\x" + hex_of(column.getString());
  std::string text = column.getString();
  return stored::is_storable(text) ? text : stored::storable(text);
}

std::string quoted(const std::string& name) { return '"' + name + '"'; }

std::vector<std::string> names(SQLite::Statement& query) {
  std::vector<std::string> all;
  while (query.executeStep()) all.push_back(query.getColumn(0).getString());
  return all;
}

std::string listed(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ", ") + quoted(name);
  return list;
}

}  // namespace

std::vector<std::string> TableReader::tables() const {
  SQLite::Statement query(
      database_,
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name");
  return names(query);
}

std::vector<std::string> TableReader::columns(const std::string& table) const {
  SQLite::Statement query(database_, "SELECT name FROM pragma_table_info(?) ORDER BY cid");
  query.bind(1, table);
  return names(query);
}

void TableReader::rows(const std::string& table, const std::vector<stored::TableColumn>& columns,
                       const std::function<void(const stored::TableRow&)>& each) const {
  SQLite::Statement keys(database_, "SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk");
  keys.bind(1, table);
  std::vector<std::string> wanted;
  for (const stored::TableColumn& column : columns) wanted.push_back(column.name);
  SQLite::Statement query(database_,
                          "SELECT " + listed(wanted) + " FROM " + quoted(table) + " ORDER BY " + listed(names(keys)));
  stored::TableRow row(columns.size());
  while (query.executeStep()) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
      row[i] = value_of(query.getColumn(static_cast<int>(i)), columns[i].type);
    }
    each(row);
  }
}

std::int64_t TableReader::last_id(const std::string& table) const {
  SQLite::Statement query(database_, "SELECT seq FROM sqlite_sequence WHERE name = ?");
  query.bind(1, table);
  return query.executeStep() ? query.getColumn(0).getInt64() : 0;
}

void read_tables(const std::string& path, const std::function<void(const TableReader&)>& read) {
  read_quietly(path, [&](SQLite::Database& database) { read(TableReader(database)); });
}

}  // namespace headroom::sqlite
