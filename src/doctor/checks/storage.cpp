// database, disk, sqlite.
#include <sys/stat.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <optional>

#include "database/schema_keeper.h"
#include "database/server.h"
#include "doctor/checks/checks.h"
#include "headroom/storage_error.h"
#include "sqlite/health.h"
#include "stored/database_problem.h"
#include "text/units.h"

namespace headroom::doctor {
namespace {

constexpr std::int64_t kMiB = 1024 * 1024;
constexpr std::int64_t kGiB = 1024 * kMiB;
constexpr std::int64_t kLittleShare = 20;  // a 20th: 5 %
constexpr const char* kRunAsRoot = "run it as root, or as the service's user";

// What an unreadable database means for a check.
Finding of_problem(const DatabaseProblem& problem, bool on_server) {
  using Kind = DatabaseProblem::Kind;
  if (problem.kind() == Kind::kNoPermission && on_server) {
    return failed(problem.what(), "see the role and its password (database.password_file), and what it may do");
  }
  if (problem.kind() == Kind::kNoPermission) return skipped(problem.what(), kRunAsRoot);
  if (problem.kind() == Kind::kLocked) return skipped(problem.what(), "somebody holds it; try again");
  if (problem.kind() == Kind::kMissing) {
    return failed(problem.what(), "create the folder (the unit's StateDirectory= does so), or correct database.url");
  }
  if (problem.kind() == Kind::kUnavailable || problem.kind() == Kind::kBadUrl) {
    return failed(problem.what(),
                  "as it says; else see whether the server runs and takes writes, or correct database.url");
  }
  return failed(problem.what(), "docs/operations.md, Backup: `headroomd restore FILE` puts a backup in its place");
}

std::string versions(const SchemaStatus& status) {
  return "schema version " + std::to_string(status.version) + " of " + std::to_string(status.newest);
}

Finding of_schema(const SchemaStatus& status, const Config& config) {
  const std::string path = schema_keeper(config.database)->name();
  const std::string start = config.database.auto_migrate ? "start the daemon, which migrates it, or " : "";
  const std::string migrate = start + "stop the daemon and run `headroomd migrate up` as the service's user";
  switch (status.state) {
    case SchemaState::kCurrent:
      return ok(path + ": " + versions(status));
    case SchemaState::kCompatible:
      return ok(path + ": " + status.detail);
    case SchemaState::kEmpty: {
      std::error_code ignored;
      const bool there = std::filesystem::exists(path, ignored);
      return failed(path + (there ? ": holds no schema" : ": there is no database"),
                    "start the daemon (the unit migrates by itself), or run `headroomd migrate up` as its user");
    }
    case SchemaState::kBehind:
      return failed(path + ": " + status.detail, migrate);
    case SchemaState::kNewer:
      return failed(path + ": " + status.detail, "install that version of headroom, or restore a backup of before");
    case SchemaState::kAltered:
      return failed(path + ": " + status.detail, "install the headroom that migrated it");
    case SchemaState::kForeignApp:
      return failed(path + ": " + status.detail, "one database for each app: correct database.url or chat.sdk_app_id");
    case SchemaState::kNotHeadroom:
      return failed(path + ": " + status.detail, "correct database.url; nothing of that file was touched");
  }
  return {};
}

// A file that root has made in the service's folder keeps the service out.
void look_at_owners(const std::string& path, Findings& findings) {
  struct stat folder {};
  const std::string parent = std::filesystem::absolute(path).parent_path().string();
  if (::stat(parent.c_str(), &folder) != 0 || folder.st_uid == 0) return;
  for (const char* end : {"", "-wal", "-shm", ".lock"}) {
    struct stat file {};
    if (::stat((path + end).c_str(), &file) != 0 || file.st_uid == folder.st_uid) continue;
    findings.add(failed(path + end + " does not belong to the owner of its folder, who then can not write to it",
                        "chown --reference=" + parent + " " + path + end));
  }
}

// Nodes that share a database have to decide alike, and what they were told is not to be lost with one machine.
void look_at_nodes(const Config& config, Findings& findings) {
  try {
    const ServerFacts facts = look_at_server(config.database);
    const auto warn = [&](const std::string& what, const std::string& hint) { findings.add(warning(what, hint)); };
    if (!facts.synchronous) {
      const std::string& named = facts.named_standbys;
      const std::string what =
          named.empty() ? "no standby confirms commits, or this role can not see it: a failover may lose events"
                        : "commits wait for a standby, and none of synchronous_standby_names (" + named +
                              ") confirms them, or this role can not see it";
      const std::string hint =
          named.empty() ? "set synchronous_standby_names, and GRANT pg_monitor to the daemon's role"
                        : "start it, or take it out of synchronous_standby_names (and reload); GRANT pg_monitor";
      findings.add(config.database.require_synchronous ? failed(what, hint) : warning(what, hint));
    }
    TimeMs newest = 0;
    for (const NodeState& node : facts.nodes) newest = std::max(newest, node.seen_at);
    const NodeState* first = nullptr;
    for (const NodeState& node : facts.nodes) {
      const bool gone = newest - node.seen_at > config.scheduler.lease;
      if (gone) {
        warn(node.name + " is gone" +
                 (node.spool_depth > 0 ? ", with " + std::to_string(node.spool_depth) + " events in its spool"
                                       : ": what it took without the database may be in its spool"),
             "start it again, or `headroomd spool export` there and `import` here");
      }
      if (gone) continue;
      if (first == nullptr) first = &node;
      if (node.version != first->version)
        warn(first->name + " and " + node.name + " have different versions", "upgrade");
      if (node.config_hash != first->config_hash) {
        const std::string keys = differing_keys(*first, node);
        warn(first->name + " and " + node.name + " would decide differently" + (keys.empty() ? "" : ": " + keys),
             "give all nodes the same policy, capacity, calendar and scheduler sections");
      }
    }
  } catch (const StorageError& error) {
    findings.add(failed(error.what(), "see whether the server runs and takes writes"));
  }
}

std::string share_of(std::int64_t part, std::int64_t whole) {
  return whole > 0 ? std::to_string(part * 100 / whole) + " %" : "?";
}

std::string in_gib(std::int64_t bytes) {
  if (bytes < kGiB) return std::to_string(bytes / kMiB) + " MiB";
  char text[32];
  std::snprintf(text, sizeof text, "%.1f GiB", static_cast<double>(bytes) / static_cast<double>(kGiB));
  return text;
}

}  // namespace

Finding check_database(Examination& examination) {
  if (const std::string wrong = what_is_wrong_with(examination.result, "database."); !wrong.empty()) {
    return skipped(wrong);
  }
  const Config& config = examination.config();
  std::optional<std::int64_t> app;
  if (config.chat.sdk_app_id != 0) app = config.chat.sdk_app_id;
  try {
    const Finding schema = of_schema(schema_keeper(config.database)->status(app), config);
    Findings findings;
    if (schema.status != CheckStatus::kOk) findings.add(schema);
    if (config.database.on_server() && schema.status == CheckStatus::kOk) look_at_nodes(config, findings);
    if (!config.database.on_server()) look_at_owners(config.database.path(), findings);
    return findings.take(schema.detail);
  } catch (const DatabaseProblem& problem) {
    return of_problem(problem, config.database.on_server());
  }
}

Finding check_disk(Examination& examination) {
  if (const std::string wrong = what_is_wrong_with(examination.result, "database."); !wrong.empty()) {
    return skipped(wrong);
  }
  const Config& config = examination.config();
  const std::string& file = config.database.on_server() ? config.spool.path : config.database.path();
  const std::string folder = std::filesystem::absolute(file).parent_path().string();
  const DiskSpace space = examination.surroundings.disk_space(folder);
  if (!space.error.empty()) return skipped(space.error, "see database");
  const std::string room =
      folder + ": " + in_gib(space.free_bytes) + " free, " + share_of(space.free_bytes, space.total_bytes);
  const std::string make_room =
      "make room (docs/operations.md, Sizing); backups and `….replaced-…` beside the database may be what takes it";
  Findings findings;
  const std::int64_t needed = examination.config().webhook.max_body + kMiB;  // as the daemon has it
  if (space.read_only) findings.add(failed(folder + ": mounted read-only", "mount it for writing; see dmesg for why"));
  if (space.free_bytes < needed) {
    findings.add(failed(room + ": no room for the largest webhook", make_room));
  } else if (space.free_bytes < kGiB || space.free_bytes < space.total_bytes / kLittleShare) {
    findings.add(warning(room, make_room));
  }
  if (space.total_files > 0 && space.free_files == 0) {
    findings.add(failed(folder + ": no further file can be made (inodes)", "remove small files there"));
  }
  if (space.remote) {
    findings.add(warning(folder + ": a network file system, on which neither locks nor fsync are to be relied upon",
                         "put the database on a local disk"));
  }
  return findings.take(room);
}

Finding check_sqlite(Examination& examination) {
  if (const std::string wrong = what_is_wrong_with(examination.result, "database."); !wrong.empty()) {
    return skipped(wrong);
  }
  if (examination.config().database.on_server()) return skipped("the database is a server's");
  const std::string& path = examination.config().database.path();
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return skipped("there is no database to look into", "see database");
  try {
    const DatabaseHealth health = examine_database(path, examination.time.of(kMostSqlite));
    if (!health.damage.empty()) {
      Findings findings;
      for (const std::string& damage : health.damage) {
        findings.add(failed(path + ": " + damage, "stop the daemon and `headroomd restore` a backup"));
      }
      return findings.take("");
    }
    const std::string what = "SQLite " + health.library + ", " + format_size(health.bytes);
    if (!health.whole) {
      return skipped(what + ": too large to be checked in " + format_duration(kMostSqlite),
                     "`headroomd migrate verify` checks all of it, beside the running daemon");
    }
    return ok(what + ", sound");
  } catch (const DatabaseProblem& problem) {
    if (problem.kind() == DatabaseProblem::Kind::kNotADatabase) return skipped(problem.what(), "see database");
    return of_problem(problem, false);
  }
}

}  // namespace headroom::doctor
