#include "cli/commands/backup.h"

#include <chrono>
#include <optional>
#include <ostream>

#include "cli/exit.h"
#include "sqlite/upkeep/backup.h"
#include "sqlite/upkeep/migrator.h"
#include "sqlite/upkeep/restore.h"

namespace headroom {
namespace {

void print_forgotten(std::ostream& out, const RestoreReport& report) {
  if (report.put_aside.empty()) return;
  out << "forgotten ";
  if (const auto& forgotten = report.forgotten) {
    out << forgotten->events << " events, " << forgotten->removals << " removals, " << forgotten->audit
        << " entries of the audit, all since the backup\n";
  } else {
    out << "unknown: the former database can not be read\n";
  }
}

}  // namespace

int run_backup(const CommandContext& context) {
  const Config& config = context.config;
  const std::string& path = config.database.path();
  std::optional<std::int64_t> app;
  if (config.chat.sdk_app_id != 0) app = config.chat.sdk_app_id;
  // One of another schema is worth a backup, too; another program's, or another app's, is not the one that was meant.
  const SchemaStatus status = Migrator(path).status(app);
  if (status.state == SchemaState::kForeignApp || status.state == SchemaState::kNotHeadroom) {
    require_current(status, path);
  }
  const BackupReport report = backup_database(path, context.invocation.words.front());
  context.out << "backup " << report.path << ' ' << report.bytes << " bytes, " << report.events << " events\n";
  return exit_status::kOk;
}

int run_restore(const CommandContext& context) {
  const Config& config = context.config;
  RestoreOptions options;
  if (config.chat.sdk_app_id != 0) options.sdk_app_id = config.chat.sdk_app_id;
  options.now =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
          .count();
  const RestoreReport report = restore_database(config.database.path(), context.invocation.words.front(), options);
  std::ostream& out = context.out;
  out << "restored " << report.database << " from " << report.source << ": " << report.bytes << " bytes, "
      << report.events << " events, schema version " << report.version << '\n';
  if (!report.put_aside.empty()) {
    out << "aside " << report.put_aside << (report.log_taken_in ? ", its log taken into it" : "") << '\n';
  }
  for (const std::string& moved : report.moved) out << "aside " << moved << '\n';
  print_forgotten(out, report);
  if (report.behind) out << "behind: run `headroomd migrate up` before the daemon starts\n";
  return exit_status::kOk;
}

}  // namespace headroom
