#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "engine/gate/pause_switch.h"
#include "engine/gate/settings.h"
#include "engine/runs/work_queue.h"
#include "engine/writer.h"
#include "headroom/clock.h"
#include "headroom/control.h"
#include "headroom/kept_answer.h"

namespace headroom {

// What somebody, or the daemon itself, has changed; for the log.
struct Change {
  std::string what;     // "run: approve", "pause"
  std::string subject;  // a group, an account, a reason
  std::string token;    // whose; empty: the daemon's own
  std::int64_t run_id = 0;
};

// What operators may do to the running daemon. Thread-safe: every change is a job of the commit queue.
class Operations final : public Control {
 public:
  struct Hooks {
    std::function<std::string()> metrics_text = [] { return std::string(); };
    std::function<bool()> stopping = [] { return false; };
    std::function<std::optional<TimeMs>()> last_webhook_at = [] { return std::nullopt; };
    std::function<std::optional<WebhookRefusal>()> last_refusal = [] { return std::nullopt; };
    std::function<ChatStatus()> chat = [] { return ChatStatus(); };
    std::function<std::optional<TimeMs>()> retry_at = [] { return std::optional<TimeMs>(); };
    std::function<void()> wake_scheduler = [] {};
    std::function<void()> wake_sweeper = [] {};
    std::function<void(const Change&)> changed = [](const Change&) {};
    std::function<void(const std::string& group_id, const std::string& account, std::function<void(Result<Inquiry>)>)>
        inquire;
    std::function<void(const Run&)> run_finished = [](const Run&) {};
    std::function<void()> resumed = [] {};  // by an operator; called in the transaction, maybe twice
    // Answers that were kept before count no more: by the time, if that can be trusted.
    std::function<TimeMs(TimeMs now)> answers_kept_after = [](TimeMs now) { return now - kAnswersKept; };
  };
  Operations(WriteQueue& queue, const SettingsCell& settings, PauseSwitch& pause, WorkQueue& work, const Clock& clock,
             Hooks hooks)
      : queue_(queue), settings_(settings), pause_(pause), work_(work), clock_(clock), hooks_(std::move(hooks)) {}

  DaemonStatus status() const override;
  std::string metrics_text() const override { return hooks_.metrics_text(); }
  void start_run(const Actor& actor, const std::string& group_id, RunMode mode, Done<Run> done) override;
  void approve_run(const Actor& actor, std::int64_t run_id, Done<Run> done) override;
  void reject_run(const Actor& actor, std::int64_t run_id, Done<Run> done) override;
  void restore_run(const Actor& actor, std::int64_t run_id, Done<Run> done) override;
  void put_exemption(const Actor& actor, const Exemption& exemption, Done<Exemption> done) override;
  void put_exemptions(const Actor& actor, const std::vector<Exemption>& exemptions,
                      Done<std::vector<Exemption>> done) override;
  void delete_exemption(const Actor& actor, ExemptionKind kind, const std::string& subject,
                        Done<Nothing> done) override;
  void pause(const Actor& actor, const std::string& reason, Done<DaemonStatus> done) override;
  // Ends an operator's pause and the daemon's own.
  void resume(const Actor& actor, Done<DaemonStatus> done) override;
  void start_sweep(const Actor& actor, bool dry_run, Done<Sweep> done) override;
  void inquire(const std::string& group_id, const std::string& account, Done<Inquiry> done) override {
    hooks_.inquire(group_id, account, std::move(done));
  }

  // The daemon pauses itself, at once, and ends that. False: it is paused for that reason already.
  bool pause_self(const Reason& reason, const std::string& group_id);
  void end_own_pause();
  // Stores its own pause if that has failed: to be called now and then while there is one.
  void keep_own_pause();

 private:
  bool paused(Transaction& storage) const;
  Exemption put(Transaction& storage, const Actor& actor, Exemption exemption) const;
  DaemonStatus status_with(const PauseSwitch::State& pause) const;
  using Decide = std::function<Result<Run>(Transaction&, Run)>;
  void begin_stored(const Actor& actor, AuditAction action, std::int64_t run_id, const Decide& decide, Done<Run> done);
  template <typename T>
  using Job = std::function<Result<T>(Transaction&)>;
  // What follows a job, when its result is on disk or could not be stored. Called once, before `done`.
  template <typename T>
  using After = std::function<void(const Result<T>&)>;
  template <typename T>
  void submit(Job<T> job, After<T> after, Done<T> done);
  using PauseJob = std::function<void(Transaction&, PauseSwitch::State&)>;
  // `made`: its subject is the reason that holds then.
  void change_pause(PauseJob change, Change made, Done<DaemonStatus> done);

  WriteQueue& queue_;
  const SettingsCell& settings_;
  PauseSwitch& pause_;
  WorkQueue& work_;
  const Clock& clock_;
  const Hooks hooks_;

  std::mutex pause_mutex_;    // guards what follows, and what pause_ shows against lost changes
  bool own_unsaved_ = false;  // the daemon's own pause is shown and not in the store: each change brings it along
  int pause_changes_ = 0;     // under way
};

}  // namespace headroom
