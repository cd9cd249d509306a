#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "admin/handler.h"
#include "chat/rate_limiter.h"
#include "chat/user_sig_cache.h"
#include "config/config.h"
#include "daemon/log.h"
#include "daemon/metrics.h"
#include "daemon/progress.h"
#include "daemon/refusal_log.h"
#include "daemon/system_clock.h"
#include "daemon/threads/commit_queue.h"
#include "daemon/threads/inquiry_desk.h"
#include "daemon/threads/step_thread.h"
#include "daemon/threads/sweep_threads.h"
#include "daemon/threads/workers.h"
#include "engine/event_intake.h"
#include "engine/gate/daemon_gate.h"
#include "engine/gate/pause_switch.h"
#include "engine/gate/settings.h"
#include "engine/looks/chat_watch.h"
#include "engine/orders/operations.h"
#include "engine/runs/work_queue.h"
#include "engine/schedule/scheduler.h"
#include "engine/sweeps/sweeper.h"
#include "http/server.h"
#include "http/server_listen.h"
#include "sqlite/database_lock.h"
#include "sqlite/file_place.h"
#include "sqlite/sqlite_read_view.h"
#include "sqlite/sqlite_storage.h"
#include "webhook/handler.h"

namespace headroom {

// The running daemon. Members stand in the order in which they start; stop() takes them down in the reverse one.
class App {
 public:
  // Opens, checks and starts everything. `started` is called once the log has said that the daemon starts, before it
  // says anything else. Throws DatabaseProblem, StorageError, StartFailure (a taken port).
  App(
      const Config& config, Log& log, const std::function<void()>& started = [] {});
  ~App();

  std::string webhook_address() const { return webhook_server_->address(); }
  std::string admin_address() const { return admin_server_->address(); }

  // The policy, scheduler and log sections of another configuration, and the tokens; false (with the reason logged)
  // when it can not be taken over.
  bool reload(const Config& config);
  // Whether the last reload was taken over; a file that could not be read was not.
  void reloaded(bool done) { config_reloaded_ = done; }

  // Set once a write has failed in a way after which nothing more may be written: the process has to end.
  bool failed() const { return failed_; }

  // False when the commit queue, the scheduler or a worker does not come further: for the watchdog.
  bool alive();

  // To be called several times a second: what nobody calls about has to be noticed, too.
  void look();

  // Stops accepting, answers what was accepted, ends or interrupts the calls in flight, writes the rest down. At most
  // about nine seconds.
  void stop();

 private:
  // Both are bound before any other work: a taken port changes nothing and asks nobody.
  struct Listeners {
    std::shared_ptr<http::ListenSocket> webhook;
    std::shared_ptr<http::ListenSocket> admin;
  };
  static Listeners bind_listeners(const Config& config);
  std::unique_ptr<SqliteStorage> open_storage(const std::function<void()>& started);
  SqliteReadViewOptions read_options();
  CommitQueue::Options queue_options();
  Operations::Hooks operation_hooks();
  EventIntake::Hooks intake_hooks();
  void own_database();
  void record_settings();
  void start_scheduler();
  void stop_scheduler();
  void wake_scheduler();
  void ask_at_once();
  void wake_sweeper();
  void start_inquiries();
  void start_sweeper();
  SweepHooks sweep_hooks();
  void start_http();
  http::WebhookHandler::Hooks webhook_hooks();
  Workers::Tools make_tools();
  std::unique_ptr<ChatApi> make_chat(UserSigCache& sigs, CallPriority priority, Progress::Pulse* pulse);
  bool may_take_over(const Config& next);
  ChatWatch::Hooks watch_hooks();
  ChatObserver observe_chat(Progress::Pulse* pulse);
  RunHooks run_hooks();
  void run_finished(const Run& run);
  void pause_self(const Reason& reason, const std::string& group_id);
  MetricsSnapshot snapshot();

  const Config config_;  // of the start
  Config running_;       // and what reloads have made of it; the caller's thread
  Log& log_;
  SystemClock clock_;
  Metrics metrics_;
  ChatWatch chat_watch_;
  SettingsCell settings_;
  PauseSwitch pause_;
  std::atomic<bool> failed_ = false;
  std::atomic<bool> cancelled_ = false;  // aborts calls of Chat that are in flight
  std::atomic<bool> stopping_ = false;
  Progress progress_;
  bool stuck_told_ = false;  // by alive()
  RefusalLog refusals_;
  std::atomic<bool> config_reloaded_ = true;

  DatabaseLock lock_;
  Listeners listeners_;
  std::unique_ptr<SqliteStorage> storage_;
  const FilePlace place_;  // of the database
  std::unique_ptr<SqliteReadView> scheduler_view_;
  std::unique_ptr<SqliteReadView> admin_view_;
  CommitQueue queue_;

  UserSigCache sigs_;
  UserSigCache question_sigs_;  // what Chat refuses of a question holds up no other call
  RateLimiter limiter_;
  DaemonGate gate_;
  WorkQueue work_;
  std::unique_ptr<ChatApi> scheduler_chat_;
  std::unique_ptr<Scheduler> scheduler_;
  std::unique_ptr<Workers> workers_;
  std::mutex scheduler_mutex_;
  std::condition_variable stopped_;
  std::unique_ptr<StepThread> scheduler_thread_;  // guarded by scheduler_mutex_
  bool work_ended_ = false;                       // guarded by scheduler_mutex_
  std::unique_ptr<InquiryDesk> inquiries_;
  std::unique_ptr<SqliteReadView> sweep_view_;
  std::unique_ptr<ChatApi> sweep_chat_;
  std::unique_ptr<Sweeper> sweeper_;
  std::unique_ptr<SweepThreads> sweep_threads_;  // set under scheduler_mutex_
  Operations operations_;
  EventIntake intake_;

  std::unique_ptr<http::WebhookHandler> webhook_handler_;
  std::unique_ptr<http::AdminHandler> admin_handler_;
  std::unique_ptr<http::Server> webhook_server_;
  std::unique_ptr<http::Server> admin_server_;
};

Settings settings_of(const Config& config, TimeMs now);
std::vector<std::string> webhook_tokens(const Config& config);
std::vector<http::AdminToken> admin_tokens(const Config& config);

}  // namespace headroom
