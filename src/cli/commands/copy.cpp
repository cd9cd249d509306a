#include "cli/commands/copy.h"

#include <chrono>
#include <ostream>

#include "cli/exit.h"
#include "database/copy.h"
#include "database/server.h"
#include "text/json_object.h"

namespace headroom {
namespace {

void print_json(std::ostream& out, const std::string& source, const CopyReport& report) {
  JsonObject json;
  json.text("from", source);
  json.text("to", report.target);
  json.flag("ok", report.problems.empty());
  json.flag("nothing_to_do", report.nothing_to_do);
  json.begin_list("tables");
  for (const CopyReport::Table& table : report.tables) {
    json.begin_item();
    json.text("name", table.name);
    json.number("rows", table.rows);
    json.end_object();
  }
  json.end_list();
  json.list("problems", report.problems);
  out << json.finish() << '\n';
}

void print(std::ostream& out, const std::string& source, const CopyReport& report) {
  for (const CopyReport::Table& table : report.tables) out << table.name << ' ' << table.rows << '\n';
  if (report.nothing_to_do) {
    out << "nothing to do: " << report.target << " has the copy of " << source << '\n';
  } else if (report.problems.empty()) {
    out << "copied " << source << " to " << report.target << '\n';
  }
}

}  // namespace

int run_copy(const CommandContext& context) {
  const Config& config = context.config;
  CopyOptions options;
  options.source = config.database.path();
  options.target = server_options(*context.invocation.to, config.database, "--to");
  if (config.chat.sdk_app_id != 0) options.sdk_app_id = config.chat.sdk_app_id;
  options.now =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
          .count();
  options.warn = [&context](const std::string& what) { context.err.warning(what); };
  const CopyReport report = copy_database(options);
  (context.invocation.json ? print_json : print)(context.out, options.source, report);
  for (const std::string& problem : report.problems) context.err.error(report.target + ": " + problem);
  return report.problems.empty() ? exit_status::kOk : exit_status::kFailure;
}

}  // namespace headroom
