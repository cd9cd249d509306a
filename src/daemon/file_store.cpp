#include "daemon/file_store.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "daemon/disk_room.h"
#include "sqlite/log_check.h"
#include "sqlite/sqlite_read_view.h"
#include "sqlite/upkeep/migrator.h"

namespace headroom {
namespace {

constexpr std::int64_t kRoomToHeal = 1 << 20;  // beside the largest webhook

std::int64_t bytes_of(const std::string& path) {
  std::error_code error;
  const auto bytes = std::filesystem::file_size(path, error);
  return error ? 0 : static_cast<std::int64_t>(bytes);
}

// Looks first: no lock is left beside another's database, nor beside none.
DatabaseLock lock_own(const Config& config) {
  const std::filesystem::path path = config.database.path();
  const Migrator migrator(path);
  if (std::filesystem::exists(path)) {
    migrator.refuse_others(config.chat.sdk_app_id);
  } else if (!config.database.auto_migrate && std::filesystem::exists(path.parent_path())) {
    require_current(migrator.status(config.chat.sdk_app_id), path);
  }
  return DatabaseLock(path);
}

}  // namespace

FileStore::FileStore(const Ground& ground)
    : DaemonStore(ground), path_(ground.config.database.path()), lock_(lock_own(ground.config)) {}

// Its thread uses the storage.
FileStore::~FileStore() { queue_.reset(); }

void FileStore::open(const std::function<void()>& started, std::function<void()> has_room) {
  storage_ = open_storage(started);
  place_ = std::make_unique<FilePlace>(path_);
  CommitQueue::Options options = queue_options(std::move(has_room));
  options.free_bytes = [path = path_] { return disk_room(path).free; };
  options.needed_bytes = ground_.config.webhook.max_body + kRoomToHeal;
  queue_ = std::make_unique<CommitQueue>(*storage_, std::move(options));
}

void FileStore::end_with(StopSteps& steps) {
  steps.add("the database", [this] {
    if (slow_) ground_.log.warning("the disk is slow: the database's log is left for the next start");
    // Each sync of the close may take as long as the last one, and the stop has its time.
    if (failed_ || slow_) storage_->leave_as_it_is();
  });
  steps.add("the refusals' lines", [this] { ground_.observer.write_refusals(); });
  steps.add("the write queue", [this] { queue_->stop(); });
}

std::unique_ptr<SqliteStorage> FileStore::open_storage(const std::function<void()>& started) const {
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
  log_start(path_, status.version, started);
  if (log_check == LogCheck::kUnchecked) ground_.log.warning("log not checked", {{"database", unchecked_log(path_)}});
  log_migrations(migrated);
  SqliteStorageOptions options{path_};
  options.checkpoints.told = [this](std::int64_t bytes) {
    ground_.log.warning("the database's log grows: somebody reads the database for long",
                        {{"file", path_ + "-wal"},
                         {"bytes", bytes},
                         {"hint", "see who has the file open (fuser -v FILE) and end that program"}});
  };
  return std::make_unique<SqliteStorage>(options);
}

std::unique_ptr<ReadView> FileStore::view() const {
  SqliteReadViewOptions options;
  options.path = path_;
  options.broken = [this](const std::string& what) { queue_->fail(what); };
  return std::make_unique<SqliteReadView>(options);
}

Intake& FileStore::open_intake(std::function<void()> group_due) {
  intake_ = std::make_unique<EventIntake>(*queue_, ground_.settings, ground_.observer, std::move(group_due));
  return *intake_;
}

void FileStore::look() {
  if (const std::string problem = place_->problem(); !problem.empty()) queue_->fail(problem);
}

void FileStore::measure(MetricsSnapshot& snapshot) const {
  snapshot.database_bytes = bytes_of(path_);
  snapshot.wal_bytes = bytes_of(path_ + "-wal");
  const DiskRoom room = disk_room(path_);
  snapshot.disk_free_bytes = room.free;
  snapshot.disk_size_bytes = room.size;
}

}  // namespace headroom
