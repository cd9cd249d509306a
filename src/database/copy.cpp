#include "database/copy.h"

#include <map>
#include <utility>

#include "database/copy_plan.h"
#include "database/row_sum.h"
#include "http/sha256.h"
#include "postgres/upkeep/copy_target.h"
#include "postgres/upkeep/migrator.h"
#include "sqlite/database_lock.h"
#include "sqlite/log_check.h"
#include "sqlite/sqlite_storage.h"
#include "sqlite/upkeep/migrator.h"
#include "sqlite/upkeep/table_reader.h"
#include "stored/database_problem.h"

namespace headroom {
namespace {

using Problem = DatabaseProblem::Kind;
using Sums = std::map<std::string, RowSum>;

std::vector<std::string> names_of(const std::vector<CopiedTable>& plan) {
  std::vector<std::string> names;
  for (const CopiedTable& table : plan) names.push_back(table.name);
  return names;
}

std::size_t bytes_of(const stored::TableRow& row) {
  std::size_t bytes = 0;
  for (const auto& value : row) bytes += value ? value->size() : 0;
  return bytes;
}

void require_none(const std::optional<std::string>& filled_table, const postgres::CopyTarget& target) {
  if (!filled_table) return;
  throw DatabaseProblem(Problem::kBadTarget,
                        target.name() + ": is not empty: there are rows in table " + *filled_table);
}

// One copy, from one state of the source.
class Copy {
 public:
  Copy(const CopyOptions& options, const sqlite::TableReader& source, postgres::CopyTarget& target)
      : options_(options), source_(source), target_(target), plan_(copy_plan(source, target.tables())) {}

  CopyReport run();

 private:
  void look_at_source();
  void begin();
  void fill(const CopiedTable& table, std::int64_t copied);
  void compare(CopyReport& report);
  void finish();
  [[noreturn]] void refuse(const std::string& why) const {
    throw DatabaseProblem(Problem::kBadTarget, target_.name() + ": " + why);
  }

  const CopyOptions& options_;
  const sqlite::TableReader& source_;
  postgres::CopyTarget& target_;
  const std::vector<CopiedTable> plan_;
  Sums expected_;
  std::string identity_;  // of the source: all that is in it
};

// All of it is read, so that a copy never goes on from a source that somebody has used meanwhile, and so that what is
// compared in the end is not what the copy itself has read.
void Copy::look_at_source() {
  std::string words;
  for (const CopiedTable& table : plan_) {
    RowSum& sum = expected_[table.name];
    source_.rows(table.name, table.columns, [&](const stored::TableRow& row) { sum.add(row); });
    words += table.name + " " + sum.text() + " " + std::to_string(source_.last_id(table.name)) + "\n";
  }
  identity_ = http::sha256_hex({words});
}

CopyReport Copy::run() {
  CopyReport report;
  report.target = target_.name();
  look_at_source();
  if (const auto finished = target_.finished_source()) {
    if (*finished != identity_) refuse("holds a copy of another database, or of this one as it was at another time");
    report.nothing_to_do = true;
    return report;
  }
  begin();
  const auto progress = target_.progress();
  for (const CopiedTable& table : plan_) fill(table, progress->copied.at(table.name));
  compare(report);
  if (report.problems.empty()) finish();
  return report;
}

void Copy::begin() {
  if (const auto progress = target_.progress()) {
    if (progress->source == identity_) return;
    refuse(
        "holds an unfinished copy of another database, or of this one before it was used again; make that database "
        "anew");
  }
  require_none(target_.begin(identity_, names_of(plan_), tables_of_daemons()), target_);
}

void Copy::fill(const CopiedTable& table, std::int64_t copied) {
  if (copied == expected_.at(table.name).rows()) return;
  std::vector<stored::TableRow> batch;
  std::size_t bytes = 0;
  const auto store = [&] {
    if (batch.empty()) return;
    options_.before(table.name, copied);
    target_.store(table.name, table.columns, batch, copied);
    copied += static_cast<std::int64_t>(batch.size());
    batch.clear();
    bytes = 0;
  };
  std::int64_t known = copied;
  source_.rows(table.name, table.columns, [&](const stored::TableRow& row) {
    if (known > 0) {
      --known;
      return;
    }
    batch.push_back(row);
    bytes += bytes_of(row);
    if (batch.size() >= options_.batch_rows || bytes >= options_.batch_bytes) store();
  });
  store();
}

void Copy::compare(CopyReport& report) {
  for (const CopiedTable& table : plan_) {
    options_.before("compare " + table.name, 0);
    RowSum found;
    target_.rows(table.name, table.columns, [&](const stored::TableRow& row) { found.add(row); });
    const RowSum& expected = expected_.at(table.name);
    report.tables.push_back({table.name, found.rows()});
    if (found == expected) continue;
    report.problems.push_back(
        "table " + table.name +
        (found.rows() == expected.rows()
             ? std::string(": rows are not what the source has")
             : ": " + std::to_string(found.rows()) + " rows, the source has " + std::to_string(expected.rows())));
  }
}

void Copy::finish() {
  options_.before("finish", 0);
  std::map<std::string, std::int64_t> last_ids;
  for (const CopiedTable& table : plan_) last_ids[table.name] = source_.last_id(table.name);
  target_.finish(identity_, names_of(plan_), last_ids);
}

// A copy that was begun has its schema, and says so itself that it is not whole.
void give_schema(const CopyOptions& options, postgres::CopyTarget& target) {
  const postgres::Migrator migrator(options.target);
  const SchemaStatus status = migrator.status(options.sdk_app_id);
  if (status.state == SchemaState::kEmpty || status.state == SchemaState::kBehind) {
    std::vector<std::string> tables;
    for (const auto& [table, columns] : target.tables()) {
      if (table != "schema_migration") tables.push_back(table);
    }
    require_none(target.filled_table(tables), target);  // of a behind one, which is not ours to migrate then
    migrator.up({.sdk_app_id = options.sdk_app_id, .now = options.now});
  } else if (status.state == SchemaState::kCompatible) {
    throw DatabaseProblem(DatabaseProblem::Kind::kNewer,
                          target.name() + ": " + status.detail + "; copy with that version");
  } else if (status.state == SchemaState::kForeignApp || !target.progress()) {
    require_current(status, target.name());
  }
}

}  // namespace

CopyReport copy_database(const CopyOptions& options) {
  const auto require_source = [&] {
    require_current(Migrator(options.source).status(options.sdk_app_id), options.source);
  };
  require_source();  // before the lock, which would leave its file beside another's
  const DatabaseLock lock(options.source);
  if (check_log(options.source) == LogCheck::kUnchecked) options.warn(unchecked_log(options.source));
  require_source();
  sqlite::write_delayed(options.source);
  postgres::CopyTarget target(options.target);
  give_schema(options, target);
  CopyReport report;
  sqlite::read_tables(options.source,
                      [&](const sqlite::TableReader& source) { report = Copy(options, source, target).run(); });
  return report;
}

}  // namespace headroom
