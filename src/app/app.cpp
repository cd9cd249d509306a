#include "app/app.h"

#include <filesystem>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "app/descriptor_budget.h"
#include "app/random_share.h"
#include "app/reload.h"
#include "app/serve.h"
#include "chat/rest_client.h"
#include "headroom/names.h"
#include "http/cidr.h"
#include "sqlite/migrator.h"

namespace headroom {
namespace {

constexpr DurationMs kHttpStop = 2 * kSecondMs;
constexpr DurationMs kCallsInFlight = 4 * kSecondMs;
// After a failed disk there is nothing left to write down.
constexpr DurationMs kHttpStopFailed = 300;

std::int64_t file_bytes(const std::string& path) {
  std::error_code error;
  const auto bytes = std::filesystem::file_size(path, error);
  return error ? 0 : static_cast<std::int64_t>(bytes);
}

// The configuration has checked them already.
http::CidrList cidrs(const std::vector<std::string>& blocks) {
  std::string text;
  for (const std::string& block : blocks) text += (text.empty() ? "" : ",") + block;
  std::string error;
  auto list = http::CidrList::parse(text, error);
  if (!list) throw std::runtime_error(error);
  return *std::move(list);
}

http::ServerOptions server_options(const HostPort& listen, const char* name) {
  http::ServerOptions options;
  options.host = listen.host;
  options.port = listen.port;
  options.name = name;
  return options;
}

}  // namespace

Settings settings_of(const Config& config) {
  Settings settings;
  settings.mode = config.scheduler.mode;
  settings.timing = {config.scheduler.stale_after, config.scheduler.cooldown, config.scheduler.retry_base,
                     config.scheduler.retry_max};
  settings.tick = config.scheduler.tick;
  settings.approval_ttl = config.scheduler.approval_ttl;
  settings.sweep_interval = config.scheduler.sweep_interval;
  settings.policy = config.policy;
  settings.delete_batch = config.chat.delete_batch;
  settings.add_batch = config.chat.add_batch;
  settings.member_page = config.chat.member_page;
  settings.kept_members_up_to = config.retention.kept_members_up_to;
  settings.keep_events = config.retention.events;
  settings.keep_kept_members = config.retention.kept_members;
  settings.max_unconfirmed_groups = config.webhook.max_unconfirmed_groups;
  return settings;
}

App::App(const Config& config, Log& log)
    : config_(config),
      log_(log),
      metrics_(HEADROOM_VERSION),
      settings_(settings_of(config)),
      lock_(config.database.path),
      storage_(open_storage()),
      scheduler_view_(std::make_unique<SqliteReadView>(read_options())),
      admin_view_(std::make_unique<SqliteReadView>(read_options())),
      queue_(*storage_, queue_options()),
      sigs_(config.chat.sdk_app_id, config.chat.admin_identifier,
            config.chat.secret_key ? config.chat.secret_key->expose() : ""),
      limiter_(clock_, config.chat.calls_per_second),
      gate_(settings_, pause_),
      work_(static_cast<std::size_t>(config.scheduler.concurrency) + 128),
      operations_(queue_, settings_, pause_, work_, clock_, operation_hooks()),
      intake_(queue_, settings_, intake_hooks()) {
  try {
    own_database();
    pause_.show(PauseSwitch::read(*scheduler_view_));
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

std::unique_ptr<SqliteStorage> App::open_storage() {
  const std::string& path = config_.database.path;
  const Migrator migrator(path);
  if (config_.database.auto_migrate) {
    MigrateOptions options;
    options.sdk_app_id = config_.chat.sdk_app_id;
    options.now = clock_.now();
    const MigrateReport report = migrator.up(options);
    if (!report.backup.empty()) log_.info("backup written", {{"file", report.backup}});
    for (const Migration& migration : report.applied) {
      log_.info("migration applied", {{"version", migration.version}, {"name", migration.name}});
    }
  }
  require_current(migrator.status(config_.chat.sdk_app_id), path);
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
  options.committed = [this](std::size_t jobs, double seconds) {
    ++commits_;
    metrics_.commit(jobs, seconds);
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
  hooks.wake_scheduler = [this] {
    wake_scheduler();
    wake_sweeper();
  };
  hooks.wake_sweeper = [this] { wake_sweeper(); };
  hooks.inquire = [this](const std::string& group_id, const std::string& account,
                         std::function<void(Result<Inquiry>)> done) {
    inquiries_->ask(group_id, account, std::move(done));
  };
  hooks.changed = [this](const std::string& what, const std::string& subject) {
    log_.info("changed", {{"what", what}, {"subject", subject}});
  };
  hooks.run_finished = [this](const Run& run) { run_finished(run); };
  return hooks;
}

EventIntake::Hooks App::intake_hooks() {
  EventIntake::Hooks hooks;
  hooks.event_stored = [this](TimeMs) { metrics_.event_recorded(); };
  hooks.group_due = [this] { wake_scheduler(); };
  return hooks;
}

RunHooks App::run_hooks() {
  RunHooks hooks;
  hooks.run_stored = [this](const Run& run) {
    log_.info("run started", {{"run", run.id}, {"group", run.group_id}, {"selected", run.selected}});
  };
  hooks.run_finished = [this](const Run& run) { run_finished(run); };
  hooks.members_removed = [this](std::int64_t count) { metrics_.members_removed(count); };
  hooks.members_rejoined = [this](std::int64_t count) { metrics_.members_rejoined(count); };
  hooks.pause = [this](const std::string& reason, const std::string& group_id) { pause_self(reason, group_id); };
  return hooks;
}

void App::run_finished(const Run& run) {
  metrics_.run_finished(run.state);
  if (run.state == RunState::kAwaitingApproval && run.mode == RunMode::kPrune) {
    log_.warning(
        "the removable share jumped: the run waits for an approval",
        {{"run", run.id}, {"group", run.group_id}, {"considered", run.considered}, {"eligible", run.eligible}});
  }
  log_.info("run finished", {{"run", run.id},
                             {"group", run.group_id},
                             {"mode", name_of(run.mode)},
                             {"state", name_of(run.state)},
                             {"reason", run.reason},
                             {"selected", run.selected},
                             {"removed", run.removed},
                             {"restored", run.restored}});
}

void App::pause_self(const std::string& reason, const std::string& group_id) {
  log_.error("scheduler pauses itself", {{"reason", reason}, {"group", group_id}});
  operations_.pause_self(reason, group_id);
}

// Whose database it is stands in it, so that another app's daemon refuses it.
void App::own_database() {
  queue_.commit([this](Storage& storage) {
    if (!storage.setting(kSdkAppIdSetting)) {
      storage.put_setting(kSdkAppIdSetting, std::to_string(config_.chat.sdk_app_id));
    }
  });
}

std::unique_ptr<ChatApi> App::make_chat(CallPriority priority) {
  RestClientOptions options;
  options.sdk_app_id = config_.chat.sdk_app_id;
  options.identifier = config_.chat.admin_identifier;
  options.base_url = config_.chat.base_url;
  options.request_timeout_ms = config_.chat.request_timeout;
  options.priority = priority;
  const auto observer = [this](std::string_view api, ChatOutcome outcome, double seconds) {
    metrics_.chat_request(api, outcome, seconds);
  };
  return std::make_unique<RestClient>(options, sigs_, limiter_, clock_, observer, &cancelled_);
}

Workers::Tools App::make_tools() {
  Workers::Tools tools;
  tools.chat = make_chat();
  tools.view = std::make_unique<SqliteReadView>(read_options());
  tools.pruner =
      std::make_unique<Pruner>(*tools.chat, queue_, *tools.view, clock_, settings_, gate_, random_share, run_hooks());
  return tools;
}

void App::start_scheduler() {
  SchedulerHooks hooks;
  hooks.run_finished = [this](const Run& run) { run_finished(run); };
  hooks.pause = [this](const std::string& reason, const std::string& group_id) { pause_self(reason, group_id); };
  hooks.storage_works = [this] { return queue_.works(); };
  hooks.end_own_pause = [this] {
    log_.info("the cause of the scheduler's own pause is gone");
    operations_.end_own_pause();
  };
  scheduler_chat_ = make_chat();
  scheduler_ = std::make_unique<Scheduler>(*scheduler_chat_, queue_, *scheduler_view_, clock_, settings_, pause_, work_,
                                           random_share, hooks);
  scheduler_->adopt_running_runs();
  Workers::Hooks worker_hooks;
  worker_hooks.left_open = [this](const Run& run, int attempt) {
    log_.warning("run left open", {{"run", run.id}, {"group", run.group_id}, {"attempt", attempt}});
    scheduler_->resolve_later(run.id, run.group_id, attempt);
  };
  worker_hooks.failed = [this](const std::string& group_id, const std::string& what) {
    log_.error("worker failed", {{"group", group_id}, {"error", what}});
  };
  worker_hooks.finished = [this] { wake_scheduler(); };
  workers_ = std::make_unique<Workers>(
      config_.scheduler.concurrency, work_, [this] { return make_tools(); }, std::move(worker_hooks));
  const std::lock_guard lock(scheduler_mutex_);
  scheduler_thread_ = std::make_unique<SchedulerThread>(*scheduler_, clock_, [this](const std::string& what) {
    log_.error("scheduler failed", {{"error", what}});
  });
}

void App::wake_scheduler() {
  const std::lock_guard lock(scheduler_mutex_);
  if (scheduler_thread_) scheduler_thread_->wake();
}

void App::start_http() {
  http::WebhookOptions webhook;
  webhook.path = config_.webhook.path;
  webhook.sdk_app_id = config_.chat.sdk_app_id;
  if (config_.webhook.token) webhook.token = config_.webhook.token->expose();
  webhook.request_time_window = config_.webhook.request_time_window;
  webhook.allow_from = cidrs(config_.webhook.allow_from);
  webhook.trusted_proxies = cidrs(config_.webhook.trusted_proxies);
  webhook.max_body = static_cast<std::size_t>(config_.webhook.max_body);
  webhook_handler_ = std::make_unique<http::WebhookHandler>(
      webhook, intake_, clock_,
      [this](http::WebhookResult result, double seconds) { metrics_.webhook(http::name_of(result), seconds); });
  http::AdminOptions admin;
  admin.version = HEADROOM_VERSION;
  for (const AdminToken& token : config_.admin.tokens) {
    admin.tokens.push_back({token.name, token.role, token.token.expose()});
  }
  admin.on_error = [this](std::string_view what) { log_.error("admin request failed", {{"error", what}}); };
  admin_handler_ = std::make_unique<http::AdminHandler>(*admin_view_, operations_, clock_, std::move(admin));

  const DescriptorBudget budget =
      share_descriptors(raise_descriptor_limit(), config_.webhook.max_connections, config_.scheduler.concurrency);
  if (budget.webhook < config_.webhook.max_connections) {
    log_.warning("fewer connections than webhook.max_connections: the limit of open files is too low",
                 {{"connections", budget.webhook}});
  }
  auto options = server_options(config_.webhook.listen, "webhook");
  options.threads = config_.webhook.threads;
  options.max_connections = static_cast<std::size_t>(budget.webhook);
  webhook_server_ = std::make_unique<http::Server>(options, *webhook_handler_);
  auto admin_options = server_options(config_.admin.listen, "admin");
  admin_options.max_connections = static_cast<std::size_t>(budget.admin);
  admin_options.oldest_gives_way = true;
  admin_server_ = std::make_unique<http::Server>(admin_options, *admin_handler_);
  try {
    admin_server_->start();
    webhook_server_->start();
  } catch (const std::runtime_error& error) {
    throw StartFailure(error.what());
  }
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
  snapshot.refused_connections = static_cast<std::int64_t>(webhook_server_->stats().refused);
  snapshot.last_event_at = counts.last_event_at;
  snapshot.paused_by = PauseSwitch::causes_of(pause_.state());
  if (!queue_.works()) snapshot.paused_by.insert(PauseCause::kStorageFailing);
  return snapshot;
}

bool App::reload(const Config& config) {
  if (config.scheduler.mode != SchedulerMode::kObserve && !config_.chat.secret_key) {
    log_.error("configuration not reloaded", {{"error",
                                               "leaving scheduler.mode=observe needs a restart: the daemon "
                                               "was started without chat.secret_key_file"}});
    return false;
  }
  Config next = config_;
  next.policy = config.policy;
  next.scheduler = config.scheduler;
  settings_.set(settings_of(next));
  log_.configure(config.log.format, config.log.level);
  for (const std::string& key : keys_that_need_a_restart(config_, config)) {
    log_.warning("a changed key needs a restart", {{"key", key}});
  }
  wake_scheduler();
  wake_sweeper();
  return true;
}

bool App::alive() {
  const std::uint64_t commits = commits_;
  return std::exchange(commits_seen_, commits) != commits || queue_.depth() == 0;
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
  if (failed_) storage_->leave_as_it_is();
  log_.info("stopped");
}

void App::stop_scheduler() {
  std::unique_ptr<SchedulerThread> thread;
  {
    const std::lock_guard lock(scheduler_mutex_);
    thread = std::move(scheduler_thread_);
  }
  if (thread) thread->stop();
}

}  // namespace headroom
