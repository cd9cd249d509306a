// What the daemon does beside its runs.
#include <chrono>
#include <memory>
#include <utility>

#include "daemon/app.h"
#include "daemon/operator_log.h"
#include "daemon/random_share.h"
#include "engine/looks/inquirer.h"

namespace headroom {

void App::start_inquiries() {
  // What the answering thread owns.
  struct Tools {
    std::unique_ptr<ChatApi> chat;
    std::unique_ptr<ReadView> view;
    std::unique_ptr<Inquirer> inquirer;
  };
  const auto make_ask = [this]() -> InquiryDesk::Ask {
    const auto tools = std::make_shared<Tools>();
    tools->chat = make_chat(question_sigs_, CallPriority::kNormal, nullptr);
    tools->view = std::make_unique<SqliteReadView>(read_options());
    tools->inquirer = std::make_unique<Inquirer>(*tools->chat, *tools->view, clock_, settings_, pause_, random_share);
    return [this, tools](const std::string& group_id, const std::string& account, std::chrono::milliseconds left) {
      return tools->inquirer->ask(group_id, account, clock_.steady_now() + left.count());
    };
  };
  InquiryDesk::Options options;
  options.failed = [this](const std::string& what) { log_.error("inquiry failed", {{"error", what}}); };
  inquiries_ = std::make_unique<InquiryDesk>(make_ask, std::move(options));
}

SweepHooks App::sweep_hooks() {
  SweepHooks hooks;
  hooks.began = [this](const Sweep& sweep) {
    log_.info("sweep runs", {{"sweep", sweep.id}, {"dry_run", sweep.dry_run}, {"listed", sweep.groups_listed}});
  };
  hooks.ended = [this](const Sweep& sweep) {
    metrics_.sweep_ended(sweep.state);
    operator_log::sweep_ended(log_, sweep);
  };
  hooks.type_skipped = [this](const std::string& type, int code) {
    log_.info("the app has no groups of a type", {{"type", type}, {"code", code}});
  };
  hooks.events_stored = [this](std::int64_t count) {
    for (std::int64_t i = 0; i < count; ++i) metrics_.event_recorded();
  };
  hooks.group_due = [this] { wake_scheduler(); };
  hooks.pause = [this](const Reason& reason) { pause_self(reason, ""); };
  hooks.storage_works = [this] { return queue_.works(); };
  return hooks;
}

void App::start_sweeper() {
  sweep_view_ = std::make_unique<SqliteReadView>(read_options());
  sweep_chat_ = make_chat(sigs_, CallPriority::kBackground, nullptr);
  sweeper_ = std::make_unique<Sweeper>(*sweep_chat_, queue_, *sweep_view_, clock_, settings_, pause_, random_share,
                                       sweep_hooks());
  auto threads = std::make_unique<SweepThreads>(
      *sweeper_, clock_, config_.scheduler.concurrency,
      [this] { return make_chat(sigs_, CallPriority::kBackground, nullptr); },
      [this](const std::string& what) {
        log_.error("sweep failed", {{"error", what}});
      });
  const std::lock_guard lock(scheduler_mutex_);
  sweep_threads_ = std::move(threads);
}

void App::wake_sweeper() {
  const std::lock_guard lock(scheduler_mutex_);
  if (sweep_threads_) sweep_threads_->wake();
}

}  // namespace headroom
