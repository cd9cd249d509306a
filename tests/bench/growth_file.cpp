#include "tests/bench/growth_file.h"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <stdlib.h>

#include <cstdio>
#include <stdexcept>
#include <vector>

#include "sqlite/sqlite_storage.h"
#include "sqlite/upkeep/migrator.h"
#include "tests/support/temp_dir.h"

namespace headroom::bench {
namespace {

// The same in SQL and here: an odd factor permutes the numbers below 2^32.
constexpr std::uint64_t kFactor = 2654435761U;
std::string scrambled(const std::string& number) { return "(" + number + ") * 2654435761 % 4294967296"; }
std::string id_of(const std::string& number) { return "printf('@TGS#%08X', " + scrambled(number) + ")"; }

// `rows` rows, numbered by `i`. ?1 is their number, ?2 the time, ?3 the number of groups.
void insert(SQLite::Database& database, const std::string& sql, std::int64_t rows, std::int64_t groups) {
  SQLite::Statement statement(database,
                              "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1), given"
                              " (rows, now, groups) AS (VALUES (?1, ?2, ?3)) " +
                                  sql + " FROM n, given");
  statement.bind(1, rows);
  statement.bind(2, kNow);
  statement.bind(3, groups);
  statement.exec();
}

const std::string kSpread = "now - 7776000000 + i * 7776000000 / rows";  // over 90 days

void insert_groups(SQLite::Database& database, std::int64_t groups, std::int64_t due_every) {
  insert(
      database,
      "INSERT INTO chat_group (group_id, state, reason, full_since, last_full_at, full_events, type, name,"
      " member_count, max_member_count, observed_at, next_check_at, failures) SELECT " +
          id_of("i") + ", iif(i % 4 = 0, 'has_room', 'full'), '', iif(i % 4 = 0, NULL, " + kSpread +
          "), now - 3600000, 2, 'Public', 'a group of people', 200, 200, now - 3600000, CASE WHEN i % 4 = 0 THEN NULL"
          " WHEN i % " +
          std::to_string(due_every) + " = 1 THEN now - i * 10000000 / rows ELSE now + 1000 + i * 3600000 / rows END, 0",
      groups, groups);
}

void insert_events(SQLite::Database& database, std::int64_t events, std::int64_t groups) {
  insert(
      database,
      "INSERT INTO event (group_id, source, event_time, received_at, client_ip, platform, body, fingerprint) SELECT " +
          id_of("1 + " + scrambled("i") + " % groups") + ", 'webhook', " + kSpread + " - 40, " + kSpread +
          ", '192.0.2.1', 'Android', printf('%.*c', 120, 'x'), randomblob(16)",
      events, groups);
}

// As the store writes them today; a file of the first schema it does not open.
struct RunJson {
  std::string kept;
  std::string policy;
};
RunJson json_of_a_run(const std::string& path) {
  MigrateOptions all;
  all.now = kNow;
  Migrator(path).up(all);
  SqliteStorageOptions options;
  options.path = path;
  {
    SqliteStorage storage(options);
    storage.begin();
    Run run;
    run.group_id = "@TGS#first";
    run.state = RunState::kNothingToDo;
    storage.insert_run(run);
    storage.commit();
  }
  RunJson json;
  {
    SQLite::Database database(path, SQLite::OPEN_READONLY);
    SQLite::Statement row(database, "SELECT kept, policy FROM run");
    if (row.executeStep()) json = {row.getColumn(0).getString(), row.getColumn(1).getString()};
  }
  for (const char* part : {"", "-wal", "-shm"}) std::filesystem::remove(path + part);
  return json;
}

// Ten members were removed in each.
void insert_runs(SQLite::Database& database, std::int64_t runs, std::int64_t groups, const RunJson& json) {
  insert(database,
         "INSERT INTO run (group_id, \"trigger\", mode, state, reason, created_at, started_at, finished_at, wanted,"
         " considered, eligible, selected, removed, restored, kept, kept_stored, policy) SELECT " +
             id_of("1 + " + scrambled("i") + " % groups") + ", 'scheduler', 'prune', 'succeeded', '', " + kSpread +
             ", 0, 0, 10, 200, 10, 10, 10, 0, '" + json.kept + "', 0, '" + json.policy + "'",
         runs, groups);
  database.exec(
      "INSERT INTO run_member (run_id, account, decision, why, outcome, error_code, sent_at)"
      " SELECT run.id, 'user' || m.value, 'remove', 'inactive', 'removed', 0, run.created_at + 1"
      " FROM run JOIN json_each('[1,2,3,4,5,6,7,8,9,10]') AS m");
}

// Row by row the triggers and indexes of the first migration would take most of the time; what they keep is made up at
// the end, and what the later ones keep they count themselves.
class Bare {
 public:
  explicit Bare(SQLite::Database& database) : database_(database) {
    SQLite::Statement parts(database,
                            "SELECT type || ' ' || name, sql FROM sqlite_master"
                            " WHERE type IN ('trigger', 'index') AND sql IS NOT NULL");
    std::vector<std::string> names;
    while (parts.executeStep()) {
      names.push_back(parts.getColumn(0).getString());
      texts_.push_back(parts.getColumn(1).getString());
    }
    parts.reset();
    for (const std::string& name : names) database.exec("DROP " + name);
  }
  void restore() {
    database_.exec(
        "INSERT INTO event_span SELECT received_at / 600000, min(id), max(id) FROM event GROUP BY 1;"
        "DELETE FROM run_span; INSERT INTO run_span SELECT created_at / 600000, min(id), max(id) FROM run GROUP BY 1;"
        "UPDATE group_counter SET value = (SELECT count(*) FROM chat_group WHERE state = group_counter.name)");
    for (const std::string& text : texts_) database_.exec(text);
  }

 private:
  SQLite::Database& database_;
  std::vector<std::string> texts_;
};

}  // namespace

GrowthFile::GrowthFile(std::int64_t groups, std::int64_t events, const std::string& folder)
    : groups_(groups), events_(events), kept_(!folder.empty()), folder_(folder) {
  if (kept_) {
    std::filesystem::create_directories(folder_);
    if (std::filesystem::exists(path())) return;
  } else {
    folder_ = test::make_temp_dir("growth");
  }
  make();
}

GrowthFile::~GrowthFile() {
  if (kept_) return;
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void GrowthFile::make() const {
  MigrateOptions first;
  first.to = 1;
  first.now = kNow;
  Migrator(path()).up(first);
  fill();
  MigrateOptions all;
  all.now = kNow;
  std::filesystem::remove(Migrator(path()).up(all).backup);
}

std::string GrowthFile::group_id(std::int64_t number) {
  char text[32];
  std::snprintf(text, sizeof text, "@TGS#%08X",
                static_cast<unsigned>((static_cast<std::uint64_t>(number) * kFactor) % 4294967296U));
  return text;
}

void GrowthFile::fill() const {
  SQLite::Database database(path(), SQLite::OPEN_READWRITE);
  database.exec("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -3000000; BEGIN");
  Bare bare(database);
  // Enough of them for full answers in a small file too.
  const std::int64_t every = groups_ < 10000 ? 10 : 100;
  insert_groups(database, groups_, every);
  insert_events(database, events_, groups_);
  insert_runs(database, groups_ / every, groups_, json_of_a_run((folder_ / "run.db").string()));
  bare.restore();
  database.exec("COMMIT");
  database.exec("PRAGMA journal_mode = WAL");
}

}  // namespace headroom::bench
