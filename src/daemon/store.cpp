#include "daemon/store.h"

#include <utility>

#include "daemon/operator_log.h"
#include "headroom/names.h"
#include "headroom/reasons.h"
#include "http/server_reply.h"

namespace headroom {
namespace {

constexpr double kSlowCommit = 1;  // seconds
constexpr DurationMs kQueueStep = 20 * kSecondMs;  // of the commit queue: a job, a commit, a checkpoint

const char* webhook_auth(const WebhookConfig& webhook) {
  if (!webhook.tokens.empty()) return "on";
  return webhook.allow_from.empty() ? "off" : "peers";
}

}  // namespace

void DaemonStore::log_start(const std::string& database, int schema, const std::function<void()>& started) const {
  const Config& config = ground_.config;
  ground_.log.always("started", {{"version", HEADROOM_VERSION},
                                 {"mode", name_of(config.scheduler.mode)},
                                 {"app", config.chat.sdk_app_id},
                                 {"database", database},
                                 {"schema", schema},
                                 {"webhook_auth", webhook_auth(config.webhook)}});
  started();
}

void DaemonStore::log_migrations(const MigrateReport& report) const {
  if (!report.backup.empty()) ground_.log.info("backup written", {{"file", report.backup}});
  for (const Migration& migration : report.applied) {
    ground_.log.info("migration applied", {{"version", migration.version}, {"name", migration.name}});
  }
}

CommitQueue::Options DaemonStore::queue_options(std::function<void()> has_room, const char* name) {
  Log& log = ground_.log;
  CommitQueue::Options options;
  options.capacity = static_cast<std::size_t>(ground_.config.webhook.queue);
  options.blocked = [&log](const Group& group) { operator_log::group_blocked(log, group); };
  options.committed = [this, &metrics = ground_.observer.metrics()](std::size_t jobs, double seconds) {
    metrics.commit(jobs, seconds);
    slow_ = seconds > kSlowCommit;
  };
  options.while_completing = [] { return std::make_shared<http::GatheredReplies>(); };
  options.pulse = &ground_.progress.add(name, kQueueStep);
  options.failed = [this, &log](const std::string& what) {
    failed_ = true;
    log.error("storage failed, nothing more is accepted", {{"reason", kStorageFailing}, {"error", what}});
  };
  options.full = [&log, has_room = std::move(has_room)](const std::string& what) {
    if (what.empty()) {
      log.info("the disk has room again, the scheduler goes on");
      has_room();
    } else {
      log.error("the disk is full, events are refused and nobody is removed until it has room",
                {{"reason", kStorageFailing}, {"error", what}});
    }
  };
  return options;
}

}  // namespace headroom
