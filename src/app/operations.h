#pragma once

#include <functional>
#include <string>

#include "app/commit_queue.h"
#include "app/pause_switch.h"
#include "app/settings.h"
#include "app/work_queue.h"
#include "headroom/clock.h"
#include "headroom/control.h"

namespace headroom {

// What operators may do to the running daemon. Thread-safe: every change is a job of the commit queue.
class Operations final : public Control {
 public:
  struct Hooks {
    std::function<std::string()> metrics_text = [] { return std::string(); };
    std::function<bool()> stopping = [] { return false; };
    std::function<void()> wake_scheduler = [] {};
    std::function<void(const std::string& what, const std::string& subject)> changed = [](const std::string&,
                                                                                          const std::string&) {};
    std::function<void(const std::string& group_id, const std::string& account, std::function<void(Result<Inquiry>)>)>
        inquire;
    std::function<void(const Run&)> run_finished = [](const Run&) {};
  };
  Operations(CommitQueue& queue, const SettingsCell& settings, PauseSwitch& pause, WorkQueue& work, const Clock& clock,
             Hooks hooks)
      : queue_(queue), settings_(settings), pause_(pause), work_(work), clock_(clock), hooks_(std::move(hooks)) {}

  DaemonStatus status() const override;
  std::string metrics_text() const override { return hooks_.metrics_text(); }
  void start_run(const std::string& group_id, RunMode mode, std::function<void(Result<Run>)> done) override;
  void approve_run(std::int64_t run_id, std::function<void(Result<Run>)> done) override;
  void reject_run(std::int64_t run_id, std::function<void(Result<Run>)> done) override;
  void put_exemption(const Exemption& exemption, std::function<void(Result<Exemption>)> done) override;
  void delete_exemption(ExemptionKind kind, const std::string& subject,
                        std::function<void(Result<bool>)> done) override;
  void pause(const std::string& reason, std::function<void(Result<DaemonStatus>)> done) override;
  // Ends an operator's pause and the daemon's own.
  void resume(std::function<void(Result<DaemonStatus>)> done) override;
  void inquire(const std::string& group_id, const std::string& account,
               std::function<void(Result<Inquiry>)> done) override {
    hooks_.inquire(group_id, account, std::move(done));
  }

  // The daemon pauses itself, at once, and ends that.
  void pause_self(const std::string& reason, const std::string& group_id);
  void end_own_pause();

 private:
  using Decide = std::function<Result<Run>(Storage&, Run)>;
  void begin_stored(std::int64_t run_id, Decide decide, const std::string& what, std::function<void(Result<Run>)> done);
  template <typename T>
  void submit(std::function<Result<T>(Storage&)> job, std::function<void(Result<T>)> done);
  void change_pause(std::function<void(PauseSwitch::State&)> change, std::function<void(Result<DaemonStatus>)> done,
                    const std::string& what);

  CommitQueue& queue_;
  const SettingsCell& settings_;
  PauseSwitch& pause_;
  WorkQueue& work_;
  const Clock& clock_;
  const Hooks hooks_;
};

}  // namespace headroom
