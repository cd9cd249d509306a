#include "daemon/app.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "daemon/disk_room.h"
#include "daemon/operator_log.h"
#include "engine/orders/idempotency.h"
#include "headroom/names.h"
#include "headroom/selection.h"
#include "http/server_reply.h"
#include "sqlite/log_check.h"
#include "sqlite/upkeep/migrator.h"

namespace headroom {
namespace {

constexpr DurationMs kQueueStep = 20 * kSecondMs;  // of the commit queue: a job, a commit, a checkpoint
constexpr std::int64_t kRoomToHeal = 1 << 20;      // beside the largest webhook

constexpr DurationMs kHttpStop = 2 * kSecondMs;
constexpr DurationMs kCallsInFlight = 4 * kSecondMs;
// After a failed disk there is nothing left to write down.
constexpr DurationMs kHttpStopFailed = 300;

std::int64_t file_bytes(const std::string& path) {
  std::error_code error;
  const auto bytes = std::filesystem::file_size(path, error);
  return error ? 0 : static_cast<std::int64_t>(bytes);
}

// Looks first: no lock is left beside another's database.
DatabaseLock lock_own(const Config& config) {
  if (std::filesystem::exists(config.database.path)) {
    Migrator(config.database.path).refuse_others(config.chat.sdk_app_id);
  }
  return DatabaseLock(config.database.path);
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

Settings settings_of(const Config& config, TimeMs now) {
  Settings settings;
  settings.in_force_since = now;
  settings.mode = config.scheduler.mode;
  settings.timing = {config.scheduler.stale_after, config.scheduler.cooldown, config.scheduler.retry_base,
                     config.scheduler.retry_max};
  settings.tick = config.scheduler.tick;
  settings.approval_ttl = config.scheduler.approval_ttl;
  settings.sweep_interval = config.scheduler.sweep_interval;
  settings.policy = config.policy;
  settings.admin_identifier = config.chat.admin_identifier;
  settings.delete_batch = config.chat.delete_batch;
  settings.add_batch = config.chat.add_batch;
  settings.member_page = config.chat.member_page;
  settings.kept_members_up_to = config.retention.kept_members_up_to;
  settings.keep_events = config.retention.events;
  settings.keep_kept_members = config.retention.kept_members;
  settings.max_unconfirmed_groups = config.webhook.max_unconfirmed_groups;
  return settings;
}

App::App(const Config& config, Log& log, const std::function<void()>& started)
    : config_(config),
      running_(config),
      log_(log),
      metrics_(HEADROOM_VERSION),
      chat_watch_(watch_hooks()),
      settings_(settings_of(config, clock_.now())),
      refusals_(log, clock_),
      lock_(lock_own(config)),
      listeners_(bind_listeners(config)),
      storage_(open_storage(started)),
      place_(config_.database.path),
      scheduler_view_(std::make_unique<SqliteReadView>(read_options())),
      admin_view_(std::make_unique<SqliteReadView>(read_options())),
      queue_(*storage_, queue_options()),
      sigs_(clock_, config.chat.sdk_app_id, config.chat.admin_identifier,
            config.chat.secret_key ? config.chat.secret_key->expose() : ""),
      question_sigs_(clock_, config.chat.sdk_app_id, config.chat.admin_identifier,
                     config.chat.secret_key ? config.chat.secret_key->expose() : ""),
      limiter_(clock_, config.chat.calls_per_second),
      gate_(settings_, pause_),
      work_(static_cast<std::size_t>(config.scheduler.concurrency) + 128),
      operations_(queue_, settings_, pause_, work_, clock_, operation_hooks()),
      intake_(queue_, settings_, intake_hooks()) {
  try {
    own_database();
    pause_.show(PauseSwitch::read(*scheduler_view_));
    if (const DaemonStatus status = operations_.status(); status.paused) {
      operator_log::still_paused(log_, status.paused_reason, status.paused_hint);
    }
    start_scheduler();
    start_inquiries();
    start_sweeper();
    start_http();
  } catch (...) {
    stop();
    throw;
  }
}

App::~App() { stop(); }

std::unique_ptr<SqliteStorage> App::open_storage(const std::function<void()>& started) {
  const std::string& path = config_.database.path;
  const LogCheck log_check = check_log(path);
  const Migrator migrator(path);
  MigrateReport migrated;
  if (config_.database.auto_migrate) {
    MigrateOptions options;
    options.sdk_app_id = config_.chat.sdk_app_id;
    options.now = clock_.now();
    migrated = migrator.up(options);
  }
  const SchemaStatus status = migrator.status(config_.chat.sdk_app_id);
  require_current(status, path);
  log_.always("started", {{"version", HEADROOM_VERSION},
                          {"mode", name_of(config_.scheduler.mode)},
                          {"app", config_.chat.sdk_app_id},
                          {"database", path},
                          {"schema", status.version},
                          {"webhook_auth", webhook_auth(config_.webhook)}});
  started();
  if (log_check == LogCheck::kUnchecked) log_.warning("log not checked", {{"database", unchecked_log(path)}});
  log_migrations(log_, migrated);
  return std::make_unique<SqliteStorage>(SqliteStorageOptions{path, ""});
}

SqliteReadViewOptions App::read_options() {
  SqliteReadViewOptions options;
  options.path = config_.database.path;
  options.broken = [this](const std::string& what) { queue_.fail(what); };
  return options;
}

CommitQueue::Options App::queue_options() {
  CommitQueue::Options options;
  options.capacity = static_cast<std::size_t>(config_.webhook.queue);
  options.blocked = [this](const Group& group) { operator_log::group_blocked(log_, group); };
  options.committed = [this](std::size_t jobs, double seconds) { metrics_.commit(jobs, seconds); };
  options.while_completing = [] { return std::make_shared<http::GatheredReplies>(); };
  options.pulse = &progress_.add("commit queue", kQueueStep);
  options.free_bytes = [path = config_.database.path] { return disk_room(path).free; };
  options.needed_bytes = config_.webhook.max_body + kRoomToHeal;
  options.long_log = [this](std::int64_t bytes) {
    log_.warning("the database's log grows: somebody reads the database for long",
                 {{"file", config_.database.path + "-wal"},
                  {"bytes", bytes},
                  {"hint", "see who has the file open (fuser -v FILE) and end that program"}});
  };
  options.failed = [this](const std::string& what) {
    failed_ = true;
    log_.error("storage failed, nothing more is accepted", {{"reason", kStorageFailing}, {"error", what}});
  };
  options.full = [this](const std::string& what) {
    if (what.empty()) {
      log_.info("the disk has room again, the scheduler goes on");
      wake_scheduler();
    } else {
      log_.error("the disk is full, events are refused and the scheduler pauses itself until it has room",
                 {{"reason", kStorageFailing}, {"error", what}});
    }
  };
  return options;
}

Operations::Hooks App::operation_hooks() {
  Operations::Hooks hooks;
  hooks.metrics_text = [this] { return metrics_.text(snapshot()); };
  hooks.stopping = [this] { return stopping_.load(); };
  hooks.last_webhook_at = [this] { return refusals_.last_taken_at(); };
  hooks.last_refusal = [this] { return refusals_.last_refusal(); };
  hooks.chat = [this] { return chat_watch_.status(); };
  hooks.retry_at = [this] { return scheduler_ ? scheduler_->retry_at() : std::nullopt; };
  hooks.wake_scheduler = [this] {
    wake_scheduler();
    wake_sweeper();
  };
  hooks.wake_sweeper = [this] { wake_sweeper(); };
  hooks.inquire = [this](const std::string& group_id, const std::string& account,
                         std::function<void(Result<Inquiry>)> done) {
    inquiries_->ask(group_id, account, std::move(done));
  };
  hooks.changed = [this](const Change& change) { operator_log::changed(log_, change); };
  hooks.run_finished = [this](const Run& run) { run_finished(run); };
  hooks.resumed = [this] { ask_at_once(); };
  hooks.answers_kept_after = [this](TimeMs) {
    return kept_after(scheduler_->clock_trust(), settings_.get()->mode != SchedulerMode::kObserve, clock_);
  };
  return hooks;
}

// Whatever waits because of a failure tries now: somebody says that its cause is gone.
void App::ask_at_once() {
  sigs_.forget_rejection();
  question_sigs_.forget_rejection();
  scheduler_->ask_at_once();
}

EventIntake::Hooks App::intake_hooks() {
  EventIntake::Hooks hooks;
  hooks.event_stored = [this](TimeMs) { metrics_.event_recorded(); };
  hooks.group_due = [this] { wake_scheduler(); };
  return hooks;
}

MetricsSnapshot App::snapshot() {
  const auto settings = settings_.get();
  const TimeMs now = clock_.now();
  const Counts counts = admin_view_->counts(now, now - settings->timing.stale_after);
  MetricsSnapshot snapshot;
  snapshot.groups = counts.groups;
  snapshot.stale_full = counts.stale_full;
  snapshot.runs_awaiting_approval = counts.runs_awaiting_approval;
  snapshot.write_queue_depth = static_cast<std::int64_t>(queue_.depth());
  snapshot.database_bytes = file_bytes(config_.database.path);
  snapshot.wal_bytes = file_bytes(config_.database.path + "-wal");
  snapshot.log_lines_dropped = static_cast<std::int64_t>(log_.dropped());
  snapshot.refused_connections = static_cast<std::int64_t>(webhook_server_->stats().refused);
  snapshot.last_event_at = counts.last_event_at;
  snapshot.paused_by = PauseSwitch::causes_of(pause_.state());
  if (!queue_.works()) snapshot.paused_by.insert(PauseCause::kStorageFailing);
  snapshot.mode = settings->mode;
  snapshot.blocked = counts.blocked;
  if (counts.stale_full > 0 && counts.oldest_full_since) snapshot.oldest_stale_full = now - *counts.oldest_full_since;
  if (const std::int64_t limit = settings->policy.max_removals_per_day; limit > 0) {
    const RemovalUsage usage = admin_view_->removal_usage(now - kLimitDayMs, std::nullopt);
    snapshot.removals_left = std::max<std::int64_t>(0, limit - usage.sent - usage.reserved);
  }
  snapshot.last_sweep_at = counts.last_sweep_at;
  const ChatStatus chat = chat_watch_.status();
  snapshot.last_chat_success_at = chat.last_success_at;
  snapshot.chat_unreachable = !chat.reachable.value_or(true);
  const DiskRoom room = disk_room(config_.database.path);
  snapshot.disk_free_bytes = room.free;
  snapshot.disk_size_bytes = room.size;
  snapshot.config_reloaded = config_reloaded_;
  return snapshot;
}

void App::look() {
  refusals_.write_due();
  chat_watch_.look(clock_.steady_now().ms);
  if (const std::string problem = place_.problem(); !problem.empty()) queue_.fail(problem);
}

bool App::alive() {
  const auto stuck = progress_.stuck();
  if (stuck && !stuck_told_) {
    log_.error("a thread does not come further: the watchdog is not fed", {{"thread", *stuck}});
  }
  stuck_told_ = stuck.has_value();
  return !stuck;
}

void App::stop() {
  if (stopping_.exchange(true)) return;
  const DurationMs http_stop = failed_ ? kHttpStopFailed : kHttpStop;
  if (failed_) cancelled_ = true;
  if (webhook_handler_) webhook_handler_->drain();
  if (webhook_server_) webhook_server_->stop_accepting();
  gate_.stop();
  // A call that is answered soon is worth waiting for: then its run can be closed.
  std::thread impatience([this] {
    std::unique_lock lock(scheduler_mutex_);
    stopped_.wait_for(lock, std::chrono::milliseconds(kCallsInFlight), [this] { return work_ended_; });
    cancelled_ = true;
  });
  clock_.stop();
  stop_scheduler();
  if (workers_) workers_->stop();
  if (sweep_threads_) sweep_threads_->stop();
  if (inquiries_) inquiries_->stop();
  {
    const std::lock_guard lock(scheduler_mutex_);
    work_ended_ = true;
  }
  stopped_.notify_all();
  impatience.join();
  if (webhook_server_ && !webhook_server_->shutdown(http_stop)) log_.warning("webhooks were left unanswered");
  if (admin_server_) admin_server_->shutdown(http_stop);
  queue_.stop();
  refusals_.write_due(true);
  if (failed_) storage_->leave_as_it_is();
  log_.info("stopped");
}

}  // namespace headroom
