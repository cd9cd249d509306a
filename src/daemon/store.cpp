#include "daemon/store.h"

#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

#include "daemon/disk_room.h"
#include "daemon/operator_log.h"
#include "headroom/names.h"
#include "headroom/reasons.h"
#include "http/server_reply.h"
#include "sqlite/log_check.h"
#include "sqlite/upkeep/migrator.h"

namespace headroom {
namespace {

constexpr DurationMs kQueueStep = 20 * kSecondMs;  // of the commit queue: a job, a commit, a checkpoint
constexpr std::int64_t kRoomToHeal = 1 << 20;      // beside the largest webhook

std::int64_t bytes_of(const std::string& path) {
  std::error_code error;
  const auto bytes = std::filesystem::file_size(path, error);
  return error ? 0 : static_cast<std::int64_t>(bytes);
}

// Looks first: no lock is left beside another's database.
DatabaseLock lock_own(const Config& config) {
  if (std::filesystem::exists(config.database.path())) {
    Migrator(config.database.path()).refuse_others(config.chat.sdk_app_id);
  }
  return DatabaseLock(config.database.path());
}

const char* webhook_auth(const WebhookConfig& webhook) {
  if (!webhook.tokens.empty()) return "on";
  return webhook.allow_from.empty() ? "off" : "peers";
}

void log_migrations(Log& log, const MigrateReport& report) {
  if (!report.backup.empty()) log.info("backup written", {{"file", report.backup}});
  for (const Migration& migration : report.applied) {
    log.info("migration applied", {{"version", migration.version}, {"name", migration.name}});
  }
}

}  // namespace

DaemonStore::DaemonStore(const Ground& ground)
    : ground_(ground), path_(ground.config.database.path()), lock_(lock_own(ground.config)) {}

void DaemonStore::open(const std::function<void()>& started, std::function<void()> has_room) {
  storage_ = open_storage(started);
  place_ = std::make_unique<FilePlace>(path_);
  queue_ = std::make_unique<CommitQueue>(*storage_, queue_options(std::move(has_room)));
}

void DaemonStore::end_with(StopSteps& steps) {
  steps.add("the database", [this] {
    if (failed_) storage_->leave_as_it_is();
  });
  steps.add("the refusals' lines", [this] { ground_.observer.write_refusals(); });
  steps.add("the write queue", [this] { queue_->stop(); });
}

std::unique_ptr<SqliteStorage> DaemonStore::open_storage(const std::function<void()>& started) const {
  const Config& config = ground_.config;
  const LogCheck log_check = check_log(path_);
  const Migrator migrator(path_);
  MigrateReport migrated;
  if (config.database.auto_migrate) {
    MigrateOptions options;
    options.sdk_app_id = config.chat.sdk_app_id;
    options.now = ground_.clock.now();
    migrated = migrator.up(options);
  }
  const SchemaStatus status = migrator.status(config.chat.sdk_app_id);
  require_current(status, path_);
  ground_.log.always("started", {{"version", HEADROOM_VERSION},
                                 {"mode", name_of(config.scheduler.mode)},
                                 {"app", config.chat.sdk_app_id},
                                 {"database", path_},
                                 {"schema", status.version},
                                 {"webhook_auth", webhook_auth(config.webhook)}});
  started();
  if (log_check == LogCheck::kUnchecked) ground_.log.warning("log not checked", {{"database", unchecked_log(path_)}});
  log_migrations(ground_.log, migrated);
  SqliteStorageOptions options{path_};
  options.checkpoints.told = [this](std::int64_t bytes) {
    ground_.log.warning("the database's log grows: somebody reads the database for long",
                        {{"file", path_ + "-wal"},
                         {"bytes", bytes},
                         {"hint", "see who has the file open (fuser -v FILE) and end that program"}});
  };
  return std::make_unique<SqliteStorage>(options);
}

std::unique_ptr<SqliteReadView> DaemonStore::view() const {
  SqliteReadViewOptions options;
  options.path = path_;
  options.broken = [this](const std::string& what) { queue_->fail(what); };
  return std::make_unique<SqliteReadView>(options);
}

CommitQueue::Options DaemonStore::queue_options(std::function<void()> has_room) {
  Log& log = ground_.log;
  CommitQueue::Options options;
  options.capacity = static_cast<std::size_t>(ground_.config.webhook.queue);
  options.blocked = [&log](const Group& group) { operator_log::group_blocked(log, group); };
  options.committed = [&metrics = ground_.observer.metrics()](std::size_t jobs, double seconds) {
    metrics.commit(jobs, seconds);
  };
  options.while_completing = [] { return std::make_shared<http::GatheredReplies>(); };
  options.pulse = &ground_.progress.add("commit queue", kQueueStep);
  options.free_bytes = [path = path_] { return disk_room(path).free; };
  options.needed_bytes = ground_.config.webhook.max_body + kRoomToHeal;
  options.failed = [this, &log](const std::string& what) {
    failed_ = true;
    log.error("storage failed, nothing more is accepted", {{"reason", kStorageFailing}, {"error", what}});
  };
  options.full = [&log, has_room = std::move(has_room)](const std::string& what) {
    if (what.empty()) {
      log.info("the disk has room again, the scheduler goes on");
      has_room();
    } else {
      log.error("the disk is full, events are refused and the scheduler pauses itself until it has room",
                {{"reason", kStorageFailing}, {"error", what}});
    }
  };
  return options;
}

void DaemonStore::look() {
  if (const std::string problem = place_->problem(); !problem.empty()) queue_->fail(problem);
}

std::int64_t DaemonStore::file_bytes() const { return bytes_of(path_); }
DiskRoom DaemonStore::room() const { return disk_room(path_); }
std::int64_t DaemonStore::log_bytes() const { return bytes_of(path_ + "-wal"); }

}  // namespace headroom
