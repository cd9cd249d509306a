#include "cli/cli.h"

#include <exception>
#include <ostream>
#include <system_error>

#include "cli/commands/backup.h"
#include "cli/commands/check_config.h"
#include "cli/commands/context.h"
#include "cli/commands/copy.h"
#include "cli/commands/doctor.h"
#include "cli/commands/migrate.h"
#include "cli/commands/spool.h"
#include "cli/commands/usersig.h"
#include "cli/exit.h"
#include "cli/help.h"
#include "cli/parse.h"
#include "config/file.h"
#include "config/load.h"
#include "headroom/storage.h"
#include "stored/database_problem.h"

namespace headroom {
namespace {

int status_of(DatabaseProblem::Kind kind) {
  using Kind = DatabaseProblem::Kind;
  switch (kind) {
    case Kind::kMissing:
    case Kind::kNotADatabase:
    case Kind::kNoPermission:
    case Kind::kForeignApp:
    case Kind::kBehind:
    case Kind::kNewer:
    case Kind::kAltered:
    case Kind::kBadTarget:
    case Kind::kBadBackup:
    case Kind::kBadLog:
    case Kind::kBadUrl:
      return exit_status::kConfiguration;
    case Kind::kLocked:
    case Kind::kUnavailable:
      return exit_status::kHeld;
    case Kind::kExists:
    case Kind::kCorrupt:
    case Kind::kFull:
    case Kind::kIo:
    case Kind::kFailed:
      return exit_status::kFailure;
  }
  return exit_status::kInternal;
}

int usage(const std::vector<std::string>& errors, const ErrorLines& err) {
  for (const auto& error : errors) err.error(error);
  return exit_status::kUsage;
}

std::string value_or_empty(const std::map<std::string, std::string>& environment, const std::string& name) {
  const auto found = environment.find(name);
  return found == environment.end() ? std::string() : found->second;
}

ConfigSources sources_of(const Invocation& invocation, const CliWorld& world) {
  ConfigSources sources;
  if (invocation.config_file) sources.file = *invocation.config_file;
  sources.environment = world.environment;
  sources.command_line = invocation.settings;
  sources.credentials_directory = value_or_empty(world.environment, "CREDENTIALS_DIRECTORY");
  const std::string& command = invocation.command;
  if (command == "check-config" || command == "usersig" || command == "doctor") {
    sources.credential_stores = world.credential_stores;
  }
  sources.needs = needs_of(invocation);
  return sources;
}

int run_command(const CommandContext& context) {
  const std::string& command = context.invocation.command;
  if (command == "migrate") return run_migrate(context);
  if (command == "usersig") return run_usersig(context);
  if (command == "spool") return run_spool(context);
  if (command == "copy") return run_copy(context);
  return command == "backup" ? run_backup(context) : run_restore(context);
}

int run_configured(const Invocation& invocation, const CliWorld& world) {
  const ConfigResult result = load_config(sources_of(invocation, world));
  // The daemon's warnings are lines of its log, after the one that says that it has started.
  if (invocation.command == "serve" && result.ok()) return world.serve(result);
  if (invocation.command == "doctor") return run_doctor(invocation, result, world.out, world.err);
  for (const auto& warning : result.warnings) world.err.warning(warning.message);
  for (const auto& error : result.errors) world.err.error(error.message);
  if (invocation.command == "check-config") return run_check_config(result, invocation.json, world.out);
  if (!result.ok()) return exit_status::kConfiguration;
  const bool of_files = invocation.command == "backup" || invocation.command == "restore";
  if (of_files && result.config.database.on_server()) {
    return usage({invocation.command + " is for a database file; a server's is kept by pg_dump and pg_restore"},
                 world.err);
  }
  if (invocation.command == "copy" && result.config.database.on_server()) {
    return usage({"copy takes a database file over to a server; database.url is on a server already"}, world.err);
  }
  return run_command({invocation, result.config, world.out, world.err, world.in});
}

int run_help(const Invocation& invocation, const CliWorld& world) {
  if (invocation.words.empty()) {
    const bool about_command = invocation.help && !invocation.command.empty() && invocation.command != "help";
    world.out << (about_command ? help_text(invocation.command) : help_text());
    return exit_status::kOk;
  }
  const std::string& subject = invocation.command == "help" ? invocation.words.front() : invocation.command;
  if (find_cli_command(subject) == nullptr) return usage({"unknown command " + quote_value(subject)}, world.err);
  world.out << help_text(subject);
  return exit_status::kOk;
}

int run_doctor_command(const Invocation& invocation, const CliWorld& world) {
  const std::string wrong = doctor_usage_problem(invocation);
  if (!wrong.empty()) return usage({wrong}, world.err);
  if (invocation.list) return list_checks(world.out);
  const std::string bad_value = doctor_value_problem(invocation);
  if (bad_value.empty()) return run_configured(invocation, world);
  world.err.error(bad_value);
  return exit_status::kConfiguration;
}

int run(const std::vector<std::string>& arguments, const CliWorld& world) {
  const CliParse parsed = parse_command_line(arguments);
  const Invocation& invocation = parsed.invocation;
  if (!parsed.errors.empty()) return usage(parsed.errors, world.err);
  if (invocation.version) {
    world.out << "headroomd " << version() << '\n';
    return exit_status::kOk;
  }
  if (invocation.help || invocation.command == "help") return run_help(invocation, world);
  if (invocation.command == "migrate") {
    const std::string& action = invocation.words.front();
    if (action != "status" && action != "up" && action != "verify") {
      return usage({"unknown command " + quote_value("migrate " + action) + "; see headroomd help migrate"}, world.err);
    }
  }
  if (invocation.command == "spool" && invocation.words[0] != "export" && invocation.words[0] != "import") {
    return usage({"unknown command " + quote_value("spool " + invocation.words[0]) + "; see headroomd help spool"},
                 world.err);
  }
  if (invocation.command == "spool" && invocation.words[1].empty()) return usage({"spool takes a file"}, world.err);
  const bool takes_file = invocation.command == "backup" || invocation.command == "restore";
  if (takes_file && (invocation.words.front() == "-" || invocation.words.front().empty())) {
    return usage({invocation.command + " takes a file, not " + quote_value(invocation.words.front())}, world.err);
  }
  if (invocation.command == "copy" && (!invocation.to || invocation.to->empty())) {
    return usage({"copy needs --to URL"}, world.err);
  }
  if (invocation.command == "doctor") return run_doctor_command(invocation, world);
  return run_configured(invocation, world);
}

}  // namespace

ConfigNeeds needs_of(const Invocation& invocation) {
  ConfigNeeds needs;
  const std::string& command = invocation.command;
  const bool up = command == "migrate" && !invocation.words.empty() && invocation.words.front() == "up";
  needs.secrets = command == "serve" || command == "check-config" || command == "doctor";
  needs.missing_is_error = command == "doctor";
  needs.secret_key_always = command == "usersig";
  needs.database = command != "usersig" && command != "spool";
  needs.server_always = command == "copy";
  needs.sdk_app_id = needs.secrets || needs.secret_key_always || up || command == "restore" || command == "copy";
  return needs;
}

int run_cli(const std::vector<std::string>& arguments, const CliWorld& world) {
  try {
    const int status = run(arguments, world);
    if (world.out.flush()) return status;
    world.err.error("can not write to standard output");
    return status == exit_status::kOk ? exit_status::kFailure : status;
  } catch (const DatabaseProblem& problem) {
    world.err.error(problem.what());
    return status_of(problem.kind());
  } catch (const StorageError& error) {
    world.err.error(error.what());
    return exit_status::kFailure;
  } catch (const std::system_error& error) {
    world.err.error(error.what());
    return exit_status::kFailure;
  } catch (const StartFailure& failure) {
    world.err.error(failure.what());
    return failure.kind() == StartFailure::Kind::kPermission ? exit_status::kConfiguration : exit_status::kFailure;
  } catch (const std::exception& error) {
    world.err.error(std::string("internal error: ") + error.what());
  } catch (...) {
    world.err.error("internal error");
  }
  return exit_status::kInternal;
}

}  // namespace headroom
