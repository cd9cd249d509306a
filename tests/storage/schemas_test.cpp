#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <gmock/gmock.h>

#include <map>
#include <set>

#include "postgres/connection.h"
#include "postgres/upkeep/migrator.h"
#include "sqlite/upkeep/migrator.h"
#include "tests/support/postgres_server.h"
#include "tests/support/temp_dir.h"

// One schema in two languages: whoever adds to one of them adds to the other, or says here why not.
namespace headroom::test {
namespace {

using Lines = std::set<std::string>;

// What only one of them has, or has in another way.
const std::map<std::string, std::string> kOnlySqlite = {
    {"column group_event.group_id text not null", "an index by group costs a page for each event there"},
    {"column group_event.ids text not null", "an index by group costs a page for each event there"},
    {"column group_event.last_id integer not null", "an index by group costs a page for each event there"},
    {"key group_event (group_id, last_id)", "an index by group costs a page for each event there"},
    {"column chat_group.recent_events text not null", "an index by group costs a page for each event there"},
    {"key policy_outcome (policy)", "an entry of PostgreSQL's indexes has an end"},
    {"key tally (what, span, slot)", "a file has one writer"},
    {"key event_span (slot)", "a file has one writer"},
};
const std::map<std::string, std::string> kOnlyPostgres = {
    {"key policy_outcome (digest_of(policy))", "an entry of PostgreSQL's indexes has an end"},
    {"column schema_migration.compatible_from integer", "a file is one daemon's"},
    {"column event.intake_id uuid", "the outcome of a file's commit is known"},
    {"key event (received_at, intake_id) of some", "the outcome of a file's commit is known"},
    {"column tally.node text not null", "nodes count in rows of their own"},
    {"key tally (what, span, slot, node)", "nodes count in rows of their own"},
    {"column event_span.node text not null", "nodes count in rows of their own"},
    {"key event_span (slot, node)", "nodes count in rows of their own"},
};
// 0 or 1 on SQLite, which has no booleans.
const Lines kBooleans = {"chat_group.at_ceiling",
                         "chat_group.share_settled",
                         "chat_group.silent",
                         "first_look.offline",
                         "learned_ceiling.of_type",
                         "node.leads",
                         "removal.certain",
                         "run.forced",
                         "run.kept_stored",
                         "run_member.exempt",
                         "run_member.first_offline",
                         "run_member.muted",
                         "sweep.dry_run"};

std::string column(const std::string& table, const std::string& name, std::string type, bool may_be_null) {
  if (kBooleans.contains(table + "." + name)) {
    EXPECT_THAT(type, testing::AnyOf("integer", "boolean"));
    type = "boolean";
  }
  return "column " + table + "." + name + " " + type + (may_be_null ? "" : " not null");
}

std::string key(const std::string& table, const std::string& columns, bool partial) {
  return "key " + table + " (" + columns + ")" + (partial ? " of some" : "");
}

Lines without(Lines lines, const std::map<std::string, std::string>& known) {
  for (const auto& [line, reason] : known) EXPECT_EQ(lines.erase(line), 1U) << line << " is not there any more";
  return lines;
}

Lines of_sqlite() {
  const TempDir folder;
  const std::string path = folder.file("db");
  Migrator(path).up({});
  SQLite::Database database(path);
  Lines lines;
  SQLite::Statement tables(
      database, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'");
  while (tables.executeStep()) {
    const std::string table = tables.getColumn(0).getString();
    std::map<int, std::string> primary;
    SQLite::Statement columns(database, "SELECT name, lower(type), \"notnull\", pk FROM pragma_table_info(?)");
    columns.bind(1, table);
    while (columns.executeStep()) {
      const std::string name = columns.getColumn(0).getString();
      const int place = columns.getColumn(3).getInt();
      const bool may_be_null = columns.getColumn(2).getInt() == 0 && place == 0;
      const std::string type = columns.getColumn(1).getString();
      lines.insert(column(table, name, type == "blob" ? "bytes" : type, may_be_null));
      if (place > 0) primary.emplace(place, name);
    }
    std::string of_primary;
    for (const auto& [place, name] : primary) of_primary += (of_primary.empty() ? "" : ", ") + name;
    lines.insert(key(table, of_primary, false));
    SQLite::Statement indexes(database,
                              "SELECT name, partial FROM pragma_index_list(?) WHERE \"unique\" AND origin <> 'pk'");
    indexes.bind(1, table);
    while (indexes.executeStep()) {
      SQLite::Statement parts(
          database, "SELECT group_concat(name, ', ') FROM (SELECT name FROM pragma_index_info(?) ORDER BY seqno)");
      parts.bind(1, indexes.getColumn(0).getString());
      parts.executeStep();
      lines.insert(key(table, parts.getColumn(0).getString(), indexes.getColumn(1).getInt() != 0));
    }
  }
  return lines;
}

Lines of_postgres() {
  const PostgresDatabase database;
  postgres::Migrator({.url = database.url()}).up({});
  postgres::Connection connection({.url = database.url()});
  Lines lines;
  postgres::Query columns = connection.query(
      "SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), NOT a.attnotnull,"
      " coalesce(k.collname, '') FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid"
      " LEFT JOIN pg_collation AS k ON k.oid = a.attcollation"
      " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped");
  while (columns.step()) {
    const std::string table = columns.text();
    const std::string name = columns.text();
    const std::string type = columns.text();
    const bool may_be_null = columns.boolean();
    if (type == "text") {
      EXPECT_EQ(columns.text(), "C") << table << "." << name << " is in an order of its own";
    }
    const std::map<std::string, std::string> known = {
        {"bigint", "integer"}, {"text", "text"}, {"bytea", "bytes"}, {"boolean", "boolean"}};
    lines.insert(column(table, name, known.contains(type) ? known.at(type) : type, may_be_null));
  }
  postgres::Query keys = connection.query(
      "SELECT c.relname, (SELECT string_agg(pg_get_indexdef(i.indexrelid, n, true), ', ' ORDER BY n)"
      " FROM generate_series(1, i.indnkeyatts) AS n), i.indpred IS NOT NULL"
      " FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indrelid"
      " WHERE c.relnamespace = 'public'::regnamespace AND i.indisunique");
  while (keys.step()) {
    const std::string table = keys.text();
    const std::string of_key = keys.text();
    lines.insert(key(table, of_key, keys.boolean()));
  }
  return lines;
}

TEST(SchemasTest, HaveTheSameTablesColumnsAndKeysOnPostgres) {
  const Lines sqlite = without(of_sqlite(), kOnlySqlite);
  const Lines postgres = without(of_postgres(), kOnlyPostgres);
  EXPECT_GT(sqlite.size(), 150U);
  for (const std::string& line : sqlite) EXPECT_TRUE(postgres.contains(line)) << "only SQLite: " << line;
  for (const std::string& line : postgres) EXPECT_TRUE(sqlite.contains(line)) << "only PostgreSQL: " << line;
}

TEST(SchemasTest, HaveTheSameMigrations) {
  const auto names = [](const std::vector<Migration>& migrations) {
    std::vector<std::string> all;
    for (const Migration& migration : migrations)
      all.push_back(std::to_string(migration.version) + " " + migration.name);
    return all;
  };
  EXPECT_EQ(names(postgres::embedded_migrations()), names(embedded_migrations()));
}

}  // namespace
}  // namespace headroom::test
