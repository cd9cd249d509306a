#include "database/schema_keeper.h"

#include <utility>

#include "database/server.h"
#include "postgres/upkeep/migrator.h"
#include "sqlite/database_lock.h"
#include "sqlite/log_check.h"
#include "sqlite/upkeep/migrator.h"

namespace headroom {
namespace {

class FileSchema final : public SchemaKeeper {
 public:
  explicit FileSchema(const std::string& path) : SchemaKeeper(path), migrator_(path) {}

  int newest() const override { return static_cast<int>(embedded_migrations().size()); }
  SchemaStatus status(std::optional<std::int64_t> sdk_app_id) const override { return migrator_.status(sdk_app_id); }
  std::vector<std::string> verify() const override { return migrator_.verify(); }

  MigrateReport up(const MigrateOptions& options,
                   const std::function<void(const std::string&)>& warn) const override {
    migrator_.refuse_others(options.sdk_app_id);  // before the lock, which would leave its file beside another's
    std::optional<DatabaseLock> lock;
    if (!options.dry_run) {  // a dry run creates nothing, no lock file either
      lock.emplace(name());
      if (check_log(name()) == LogCheck::kUnchecked) warn(unchecked_log(name()));
    }
    return migrator_.up(options);
  }

 private:
  const Migrator migrator_;
};

class ServerSchema final : public SchemaKeeper {
 public:
  ServerSchema(const DatabaseConfig& database, std::chrono::milliseconds within)
      : SchemaKeeper(server_name(database)), migrator_(looking_within(server_options(database), within)) {}

  int newest() const override { return static_cast<int>(postgres::embedded_migrations().size()); }
  SchemaStatus status(std::optional<std::int64_t> sdk_app_id) const override { return migrator_.status(sdk_app_id); }
  std::vector<std::string> verify() const override { return migrator_.verify(); }
  MigrateReport up(const MigrateOptions& options, const std::function<void(const std::string&)>&) const override {
    return migrator_.up(options);
  }

 private:
  static postgres::Connection::Options looking_within(postgres::Connection::Options options,
                                                      std::chrono::milliseconds within) {
    if (within.count() == 0) return options;
    options.connect_within = options.statement_timeout = options.lock_timeout = within;
    options.silence = within / 4;
    return options;
  }

  const postgres::Migrator migrator_;
};

}  // namespace

std::unique_ptr<SchemaKeeper> schema_keeper(const DatabaseConfig& database, std::chrono::milliseconds within) {
  if (database.on_server()) return std::make_unique<ServerSchema>(database, within);
  return std::make_unique<FileSchema>(database.path());
}

}  // namespace headroom
