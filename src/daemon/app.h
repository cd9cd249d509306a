#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "config/config.h"
#include "daemon/chat_clients.h"
#include "daemon/faces.h"
#include "daemon/ground.h"
#include "daemon/log.h"
#include "daemon/node.h"
#include "daemon/observer.h"
#include "daemon/progress.h"
#include "daemon/pruning.h"
#include "daemon/side_work.h"
#include "daemon/stop_steps.h"
#include "daemon/store.h"
#include "daemon/system_clock.h"
#include "engine/orders/running_daemon.h"

namespace headroom {

// The running daemon: four owners, of the store, of pruning, of the side work and of the two servers, on common ground.
// Each starts its threads and says what has to be done at the end; that is done in reverse.
class App final : private RunningDaemon {
 public:
  // Opens, checks and starts everything. `started` is called once the log has said that the daemon starts, before it
  // says anything else. Throws DatabaseProblem, StorageError, StartFailure (a taken port).
  App(
      const Config& config, Log& log, const std::function<void()>& started = [] {});
  ~App() override;

  std::string webhook_address() const { return faces_.webhook_address(); }
  std::string admin_address() const { return faces_.admin_address(); }

  // The policy, scheduler and log sections of another configuration, and the tokens; false (with the reason logged)
  // when it can not be taken over.
  bool reload(const Config& config);
  // Whether the last reload was taken over; a file that could not be read was not.
  void reloaded(bool done) { config_reloaded_ = done; }

  // Set once a write has failed in a way after which nothing more may be written: the process has to end.
  bool failed() const { return store_->failed() || unusable(); }
  // Why, where it is no failure: the database server is there, and its database is none for this daemon.
  std::optional<DatabaseProblem> unusable() const;

  // False when the commit queue, the scheduler or a worker does not come further: for the watchdog.
  bool alive();

  // To be called several times a second: what nobody calls about has to be noticed, too.
  void look();

  // Stops accepting, answers what was accepted, ends or interrupts the calls in flight, writes the rest down. At most
  // about nine seconds.
  void stop();

 private:
  // RunningDaemon.
  void wake_threads() override;
  void wake_sweeper() override { side_work_->wake(); }
  bool leads() const override { return leadership_->leads(); }
  bool shared() const override { return server_store_ != nullptr; }
  std::optional<NodeState> sole_node() const override;
  std::optional<OwnIntake> own_intake() const override;
  std::optional<SchedulerMode> leaders_mode() const override;
  void ask_at_once() override;
  void inquire(const MemberQuestion& question, std::function<void(Result<Inquiry>)> done) override;
  void what_if(const WhatIfRequest& request, std::function<void(Result<WhatIf>)> done) override;
  std::optional<Denied> refuse_question() const;
  std::string metrics_text() const override;
  std::optional<TimeMs> last_webhook_at() const override { return observer_.refusals().last_taken_at(); }
  std::optional<WebhookRefusal> last_refusal() const override { return observer_.refusals().last_refusal(); }
  ChatStatus chat_status() const override { return observer_.chat_status(); }
  std::optional<TimeMs> retry_at() const override { return pruning_->retry_at(); }
  TimeMs answers_kept_after(TimeMs) const override { return pruning_->answers_kept_after(); }

  void start(const std::function<void()>& started);
  void give_up();
  std::unique_ptr<DaemonStore> make_store();
  void begin_to_lead(StopSteps& steps);
  std::unique_ptr<Node> make_node();
  void own_database(Writer& writer);
  void record_settings(const char* token);
  bool may_take_over(const Config& next);
  MetricsSnapshot snapshot() const;
  void count(MetricsSnapshot& snapshot) const;

  const Config config_;  // of the start
  mutable std::mutex running_mutex_;  // guards running_ against other threads than the caller's, who alone changes it
  Config running_;                    // config_, and what reloads have made of it
  Log& log_;
  SystemClock clock_;
  mutable DaemonObserver observer_;
  SettingsCell settings_;
  PauseSwitch pause_;
  Progress progress_;
  bool stuck_told_ = false;  // by alive()
  std::atomic<bool> stopping_ = false;
  std::atomic<bool> config_reloaded_ = true;
  std::atomic<bool> has_share_ = true;  // of the calls to Chat, while another node leads

  const Ground ground_;
  ServerStore* server_store_ = nullptr;  // store_, where it is one
  std::unique_ptr<DaemonStore> store_;
  Faces faces_;
  ChatClients clients_;
  std::unique_ptr<Leadership> leadership_;
  std::unique_ptr<Node> node_;  // where there may be others
  NodeState sole_;              // else: what does not change
  std::string sole_agreed_;     // of the configuration, as agreed_config() has it
  std::unique_ptr<Pruning> pruning_;
  std::unique_ptr<SideWork> side_work_;
  std::unique_ptr<ReadView> metrics_view_;  // the admin server's thread
  StopSteps steps_;
};

Settings settings_of(const Config& config, TimeMs now);

}  // namespace headroom
