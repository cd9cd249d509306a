#include "postgres/upkeep/copy_target.h"

#include <chrono>
#include <utility>

#include "postgres/arrays.h"
#include "postgres/upkeep/copy_table.h"
#include "postgres/upkeep/problem_of.h"
#include "stored/database_problem.h"

namespace headroom::postgres {
namespace {

using stored::TableColumn;
using stored::TableRow;

constexpr int kRowsAtOnce = 2000;
constexpr char kFinishedSetting[] = "copied_from";
constexpr char kHere[] = "to_regnamespace(quote_ident(current_schema()))";

// What a migration puts into a table; a row beyond that is somebody's.
const std::map<std::string, std::string> kMigrated = {
    {"group_counter", "value = 0"}, {"setting", "key = 'sdk_app_id'"}, {"lease", "fence = 0"}};

// A batch is a moment's work; an index over millions of rows, or a slow source, is not.
Connection::Options patient(Connection::Options options) {
  options.statement_timeout = std::chrono::minutes(10);
  options.lock_timeout = std::chrono::seconds(10);
  options.idle_timeout = std::chrono::minutes(10);
  options.commit_within = std::chrono::minutes(1);
  return options;
}

std::string quoted(const std::string& name) { return '"' + name + '"'; }

std::string listed(const std::vector<TableColumn>& columns) {
  std::string list;
  for (const TableColumn& column : columns) list += (list.empty() ? "" : ", ") + quoted(column.name);
  return list;
}

std::string insertion(const std::string& table, const std::vector<TableColumn>& columns) {
  std::string arrays;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    arrays += (i == 0 ? "$" : ", $") + std::to_string(i + 1) + "::" + columns[i].type + "[]";
  }
  return "INSERT INTO " + quoted(table) + " (" + listed(columns) + ") SELECT * FROM unnest(" + arrays + ")";
}

DatabaseProblem beside_another(const std::string& name) {
  return {DatabaseProblem::Kind::kLocked, name + ": held by another process, which copies into it"};
}

}  // namespace

CopyTarget::CopyTarget(Connection::Options options) : connection_(patient(std::move(options))) {}

template <typename Call>
auto CopyTarget::guarded(Call&& call) {
  try {
    return std::forward<Call>(call)();
  } catch (const StorageError& error) {
    throw problem_of(error, name());
  }
}

template <typename Call>
void CopyTarget::in_transaction(Call&& call) {
  guarded([&] {
    connection_.begin("BEGIN");
    try {
      call();
      connection_.commit();
    } catch (...) {
      connection_.rollback();
      throw;
    }
  });
}

std::map<std::string, std::vector<TableColumn>> CopyTarget::tables() {
  return guarded([&] {
    std::map<std::string, std::vector<TableColumn>> all;
    Query query = connection_.query(
        std::string("SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod) FROM pg_class AS c"
                    " JOIN pg_attribute AS a ON a.attrelid = c.oid WHERE c.relkind = 'r' AND a.attnum > 0"
                    " AND NOT a.attisdropped AND c.relnamespace = ") +
        kHere + " ORDER BY c.relname, a.attnum");
    while (query.step()) {
      const std::string table = query.text();
      TableColumn column{query.text(), {}};
      column.type = query.text();
      if (table != kCopyTable) all[table].push_back(std::move(column));
    }
    return all;
  });
}

std::optional<CopyTarget::Progress> CopyTarget::progress() {
  return guarded([&]() -> std::optional<Progress> {
    Query table =
        connection_.query(std::string("SELECT 1 FROM pg_class WHERE relname = $1 AND relnamespace = ") + kHere);
    if (!table.bind(std::string_view(kCopyTable)).step()) return std::nullopt;
    Progress progress;
    Query query = connection_.query("SELECT source, of_table, copied FROM copy_progress");
    while (query.step()) {
      progress.source = query.text();
      const std::string of_table = query.text();
      progress.copied[of_table] = query.integer();
    }
    return progress;
  });
}

std::optional<std::string> CopyTarget::finished_source() {
  return guarded([&]() -> std::optional<std::string> {
    Query table =
        connection_.query(std::string("SELECT 1 FROM pg_class WHERE relname = 'setting' AND relnamespace = ") + kHere);
    if (!table.step()) return std::nullopt;
    Query query = connection_.query("SELECT value FROM setting WHERE key = $1");
    query.bind(std::string_view(kFinishedSetting));
    return query.step() ? query.optional_text() : std::nullopt;
  });
}

std::optional<std::string> CopyTarget::find_filled(const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    const auto migrated = kMigrated.find(name);
    const std::string own = migrated == kMigrated.end() ? "" : " WHERE NOT (" + migrated->second + ")";
    if (connection_.query("SELECT 1 FROM " + quoted(name) + own + " LIMIT 1").step()) return name;
  }
  return std::nullopt;
}

std::optional<std::string> CopyTarget::filled_table(const std::vector<std::string>& names) {
  return guarded([&] { return find_filled(names); });
}

// Whether they are filled is looked at once nobody else can write to them.
std::optional<std::string> CopyTarget::begin(const std::string& source, const std::vector<std::string>& tables,
                                             const std::vector<std::string>& others) {
  if (progress()) throw beside_another(name());
  std::optional<std::string> filled;
  guarded([&] {
    connection_.begin("BEGIN");
    try {
      connection_.script(
          "LOCK TABLE schema_migration IN EXCLUSIVE MODE; CREATE TABLE copy_progress (of_table text COLLATE \"C\" "
          "PRIMARY KEY, source text COLLATE \"C\" NOT NULL, copied bigint NOT NULL)");
      for (const std::string& table : tables) {
        connection_.script("ALTER TABLE " + quoted(table) + " DISABLE TRIGGER USER");
      }
      filled = find_filled(tables);
      if (!filled) filled = find_filled(others);
      if (filled) return connection_.rollback();
      for (const std::string& table : tables) {
        connection_.script("DELETE FROM " + quoted(table));
        connection_.query("INSERT INTO copy_progress (of_table, source, copied) VALUES ($1, $2, 0)")
            .bind(table, source)
            .run();
      }
      connection_.commit();
    } catch (...) {
      connection_.rollback();
      throw;
    }
  });
  return filled;
}

void CopyTarget::store(const std::string& table, const std::vector<TableColumn>& columns,
                       const std::vector<TableRow>& rows, std::int64_t before) {
  Rows arrays(columns.size());
  for (const TableRow& row : rows) {
    for (const auto& value : row) arrays.bind(value);
  }
  const std::int64_t behind = before + static_cast<std::int64_t>(rows.size());
  in_transaction([&] {
    connection_.query("UPDATE copy_progress SET copied = $1 WHERE of_table = $2 AND copied = $3")
        .bind(behind, table, before)
        .run();
    if (connection_.changes() != 1) throw beside_another(name());
    connection_.query(insertion(table, columns)).bind_rows(arrays).run();
  });
}

// By a cursor: no table has to fit into memory.
void CopyTarget::rows(const std::string& table, const std::vector<TableColumn>& columns,
                      const std::function<void(const TableRow&)>& each) {
  in_transaction([&] {
    const std::string cursor = quoted("copy_of_" + table);
    connection_.script("DECLARE " + cursor + " CURSOR FOR SELECT " + listed(columns) + " FROM " + quoted(table));
    TableRow row(columns.size());
    for (int read = kRowsAtOnce; read == kRowsAtOnce;) {
      Query query = connection_.query("FETCH " + std::to_string(kRowsAtOnce) + " FROM " + cursor);
      for (read = 0; query.step(); ++read) {
        for (auto& value : row) value = query.optional_text();
        each(row);
      }
    }
  });
}

std::vector<std::string> CopyTarget::identities() {
  Query query = connection_.query(
      std::string("SELECT c.relname FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid"
                  " WHERE c.relkind = 'r' AND a.attname = 'id' AND a.attidentity <> '' AND c.relnamespace = ") +
      kHere);
  std::vector<std::string> all;
  while (query.step()) all.push_back(query.text());
  return all;
}

void CopyTarget::finish(const std::string& source, const std::vector<std::string>& tables,
                        const std::map<std::string, std::int64_t>& last_ids) {
  guarded([&] {
    for (const std::string& table : tables) connection_.script("ANALYZE " + quoted(table));
  });
  in_transaction([&] {
    for (const std::string& table : identities()) {
      const auto known = last_ids.find(table);
      const std::int64_t last = known == last_ids.end() ? 0 : known->second;
      connection_
          .query(
              "SELECT setval(pg_get_serial_sequence($1, 'id'), greatest(m, $2, 1), greatest(m, $2) > 0) FROM"
              " (SELECT coalesce(max(id), 0) AS m FROM " +
              quoted(table) + ") AS t")
          .bind(quoted(table), last)
          .run();
    }
    for (const std::string& table : tables) connection_.script("ALTER TABLE " + quoted(table) + " ENABLE TRIGGER USER");
    connection_.query("INSERT INTO setting (key, value) VALUES ($1, $2)")
        .bind(std::string_view(kFinishedSetting), source)
        .run();
    connection_.script("DROP TABLE copy_progress");
  });
}

}  // namespace headroom::postgres
