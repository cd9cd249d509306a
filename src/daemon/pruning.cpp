// The daemon's scheduler, and the workers that carry out its runs.
#include <memory>
#include <utility>

#include "chat/rest_client.h"
#include "daemon/app.h"
#include "daemon/operator_log.h"
#include "daemon/random_share.h"

namespace headroom {
namespace {

// The longest from one call of Chat to the end of the next, which may wait for its turn, for a back-off and for its
// answer, a minute each at most.
constexpr DurationMs kChatStep = 5 * kMinuteMs;

}  // namespace

RunHooks App::run_hooks() {
  RunHooks hooks;
  hooks.run_stored = [this](const Run& run) {
    log_.info("run started", {{"run", run.id}, {"group", run.group_id}, {"selected", run.selected}});
  };
  hooks.run_finished = [this](const Run& run) { run_finished(run); };
  hooks.members_removed = [this](std::int64_t count) { metrics_.members_removed(count); };
  hooks.members_rejoined = [this](std::int64_t count) { metrics_.members_rejoined(count); };
  hooks.pause = [this](const Reason& reason, const std::string& group_id) { pause_self(reason, group_id); };
  return hooks;
}

void App::run_finished(const Run& run) {
  metrics_.run_finished(run.state);
  operator_log::run_finished(log_, run, chat_watch_.last_failure());
}

void App::pause_self(const Reason& reason, const std::string& group_id) {
  if (operations_.pause_self(reason, group_id)) operator_log::paused_itself(log_, reason, group_id);
}

std::unique_ptr<ChatApi> App::make_chat(UserSigCache& sigs, CallPriority priority, Progress::Pulse* pulse) {
  RestClientOptions options;
  options.sdk_app_id = config_.chat.sdk_app_id;
  options.identifier = config_.chat.admin_identifier;
  options.base_url = config_.chat.base_url;
  options.request_timeout_ms = config_.chat.request_timeout;
  options.priority = priority;
  options.clock_seen = [this](DurationMs offset) {
    if (scheduler_) scheduler_->clock_trust().heard(offset);
  };
  return std::make_unique<RestClient>(options, sigs, limiter_, clock_, observe_chat(pulse), &cancelled_);
}

Workers::Tools App::make_tools() {
  Workers::Tools tools;
  tools.view = std::make_unique<SqliteReadView>(read_options());  // may fail: then there is nobody to watch
  tools.pulse = &progress_.add("worker", kChatStep);
  tools.chat = make_chat(sigs_, CallPriority::kNormal, tools.pulse);
  tools.runner =
      std::make_unique<Runner>(*tools.chat, queue_, *tools.view, clock_, settings_, gate_, random_share, run_hooks());
  return tools;
}

void App::start_scheduler() {
  SchedulerHooks hooks;
  hooks.run_finished = [this](const Run& run) { run_finished(run); };
  hooks.pause = [this](const Reason& reason, const std::string& group_id) { pause_self(reason, group_id); };
  hooks.storage_works = [this] { return queue_.works(); };
  hooks.stopping = [this] { return gate_.stopping(); };
  hooks.keep_own_pause = [this] { operations_.keep_own_pause(); };
  hooks.end_own_pause = [this](PauseEnd end) {
    log_.info(end == PauseEnd::kCauseGone ? "the cause of the scheduler's own pause is gone"
                                          : "the scheduler tries again, the cause of its own pause may be gone");
    operations_.end_own_pause();
  };
  Progress::Pulse& pulse = progress_.add("scheduler", kChatStep);
  scheduler_chat_ = make_chat(sigs_, CallPriority::kNormal, &pulse);
  scheduler_ = std::make_unique<Scheduler>(*scheduler_chat_, queue_, *scheduler_view_, clock_, settings_, pause_, work_,
                                           random_share, hooks);
  scheduler_->adopt_running_runs();
  Workers::Hooks worker_hooks;
  worker_hooks.left_open = [this](const Run& run, int attempt) {
    log_.warning("run left open", {{"run", run.id}, {"group", run.group_id}, {"attempt", attempt}});
    scheduler_->resolve_later(run, attempt);
  };
  worker_hooks.failed = [this](const std::string& group_id, const std::string& what) {
    log_.error("worker failed", {{"group", group_id}, {"error", what}});
  };
  worker_hooks.finished = [this] { wake_scheduler(); };
  workers_ = std::make_unique<Workers>(
      config_.scheduler.concurrency, work_, [this] { return make_tools(); }, std::move(worker_hooks));
  const std::lock_guard lock(scheduler_mutex_);
  scheduler_thread_ = std::make_unique<StepThread>([this] { return scheduler_->step(); }, clock_, &pulse,
                                                   [this](const std::string& what) {
                                                     log_.error("scheduler failed", {{"error", what}});
                                                   });
}

void App::wake_scheduler() {
  const std::lock_guard lock(scheduler_mutex_);
  if (scheduler_thread_) scheduler_thread_->wake();
}

void App::stop_scheduler() {
  std::unique_ptr<StepThread> thread;
  {
    const std::lock_guard lock(scheduler_mutex_);
    thread = std::move(scheduler_thread_);
  }
  if (thread) thread->stop();
}

}  // namespace headroom
