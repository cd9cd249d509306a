#include "cli/commands/migrate.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <optional>
#include <ostream>

#include "cli/exit.h"
#include "config/file.h"
#include "database/schema_keeper.h"
#include "stored/database_problem.h"
#include "text/json_object.h"
#include "text/time_text.h"

namespace headroom {
namespace {

const char* name_of(SchemaState state) {
  switch (state) {
    case SchemaState::kEmpty:
      return "empty";
    case SchemaState::kBehind:
      return "behind";
    case SchemaState::kCurrent:
      return "current";
    case SchemaState::kCompatible:
      return "compatible";
    case SchemaState::kNewer:
      return "newer";
    case SchemaState::kAltered:
      return "altered";
    case SchemaState::kForeignApp:
      return "foreign_app";
    case SchemaState::kNotHeadroom:
      return "not_headroom";
  }
  return "";
}

std::optional<std::int64_t> sdk_app_id(const Config& config) {
  if (config.chat.sdk_app_id == 0) return std::nullopt;
  return config.chat.sdk_app_id;
}

void put_migrations(JsonObject& json, std::string_view name, const std::vector<Migration>& migrations, bool with_sql) {
  json.begin_list(name);
  for (const Migration& migration : migrations) {
    json.begin_item();
    json.number("version", migration.version);
    json.text("name", migration.name);
    if (with_sql) json.text("sql", migration.sql);
    json.end_object();
  }
  json.end_list();
}

void print_status_json(std::ostream& out, const std::string& path, const char* state, const SchemaStatus& status) {
  JsonObject json;
  json.text("database", path);
  json.text("state", state);
  json.number("version", status.version);
  json.number("newest", status.newest);
  json.begin_list("applied");
  for (const AppliedMigration& applied : status.applied) {
    json.begin_item();
    json.number("version", applied.version);
    json.text("name", applied.name);
    json.text("checksum", applied.checksum);
    json.time("applied_at", applied.applied_at);
    json.end_object();
  }
  json.end_list();
  put_migrations(json, "pending", status.pending, false);
  json.text_or_null("detail", status.detail);
  json.number("sdk_app_id", status.sdk_app_id);
  out << json.finish() << '\n';
}

void print_status(std::ostream& out, const std::string& path, const char* state, const SchemaStatus& status) {
  out << "database " << path << "\nstate " << state << "\nversion " << status.version << " of " << status.newest
      << '\n';
  for (const AppliedMigration& applied : status.applied) {
    out << "applied " << applied.version << ' ' << applied.name << ' ' << format_time(applied.applied_at) << '\n';
  }
  for (const Migration& pending : status.pending) out << "pending " << pending.version << ' ' << pending.name << '\n';
  if (!status.detail.empty()) out << "detail " << status.detail << '\n';
}

int run_status(const CommandContext& context, std::optional<int> to) {
  const auto keeper = schema_keeper(context.config.database);
  SchemaStatus status;
  const char* state = "unreadable";
  try {
    status = keeper->status(sdk_app_id(context.config));
    state = name_of(status.state);
  } catch (const DatabaseProblem& problem) {  // a finding like any other: the exit status is 0
    status.newest = keeper->newest();
    status.detail = problem.what();
  }
  if (to) std::erase_if(status.pending, [&](const Migration& migration) { return migration.version > *to; });
  (context.invocation.json ? print_status_json : print_status)(context.out, keeper->name(), state, status);
  return exit_status::kOk;
}

void print_report_json(std::ostream& out, const MigrateReport& report, bool dry_run) {
  JsonObject json;
  json.flag("dry_run", dry_run);
  json.number("from", report.from);
  json.number("to", report.to);
  json.text_or_null("backup", report.backup);
  put_migrations(json, "applied", report.applied, dry_run);
  out << json.finish() << '\n';
}

void print_report(std::ostream& out, const MigrateReport& report, bool dry_run) {
  if (!report.backup.empty()) out << "backup " << report.backup << '\n';
  for (const Migration& migration : report.applied) {
    out << (dry_run ? "-- migration " : "applied ") << migration.version << ' ' << migration.name << '\n';
    if (dry_run) out << migration.sql << (migration.sql.ends_with('\n') ? "" : "\n");
  }
  if (report.applied.empty()) out << (dry_run ? "-- " : "") << "nothing to do: version " << report.from << '\n';
}

int run_up(const CommandContext& context, std::optional<int> to) {
  const bool dry_run = context.invocation.dry_run;
  MigrateOptions options;
  options.to = to;
  options.dry_run = dry_run;
  options.sdk_app_id = sdk_app_id(context.config);
  options.now =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
          .count();
  const auto warn = [&context](const std::string& what) { context.err.warning(what); };
  const MigrateReport report = schema_keeper(context.config.database)->up(options, warn);
  (context.invocation.json ? print_report_json : print_report)(context.out, report, dry_run);
  return exit_status::kOk;
}

int run_verify(const CommandContext& context) {
  const auto keeper = schema_keeper(context.config.database);
  const std::string& name = keeper->name();
  const std::vector<std::string> problems = keeper->verify();
  if (context.invocation.json) {
    JsonObject json;
    json.text("database", name);
    json.flag("ok", problems.empty());
    json.list("problems", problems);
    context.out << json.finish() << '\n';
  } else if (problems.empty()) {
    context.out << name << ": ok\n";
  }
  for (std::string problem : problems) context.err.error(problem.insert(0, name + ": "));
  if (problems.empty()) return exit_status::kOk;
  const SchemaState state = keeper->status(std::nullopt).state;
  const bool schema_fits =
      state == SchemaState::kCurrent || state == SchemaState::kCompatible || state == SchemaState::kBehind;
  return schema_fits ? exit_status::kFailure : exit_status::kConfiguration;
}

}  // namespace

int run_migrate(const CommandContext& context) {
  std::optional<int> to;
  if (context.invocation.to) {
    const auto number = parse_count(*context.invocation.to);
    if (!number || *number > std::numeric_limits<int>::max()) {
      context.err.error("--to = " + quote_value(*context.invocation.to) + " is not allowed; allowed: a version");
      return exit_status::kConfiguration;
    }
    to = static_cast<int>(*number);
  }
  const std::string& action = context.invocation.words.front();
  if (action == "status") return run_status(context, to);
  if (action == "up") return run_up(context, to);
  return run_verify(context);
}

}  // namespace headroom
