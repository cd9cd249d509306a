#include "daemon/side_work.h"

#include <chrono>
#include <utility>

#include "daemon/random_share.h"
#include "engine/looks/inquirer.h"

namespace headroom {

SideWork::SideWork(const Ground& ground, DaemonStore& store, ChatClients& clients, SelfPause& self_pause,
                   std::function<void()> group_due)
    : ground_(ground),
      store_(store),
      clients_(clients),
      view_(store.view()),
      chat_(clients.make_patient()),
      sweeper_(*chat_, store.queue(), *view_, ground.clock, ground.settings, ground.pause, random_share,
               ground.observer, self_pause, std::move(group_due)) {}

void SideWork::start(StopSteps& steps) {
  InquiryDesk::Options options;
  options.failed = [this](const std::string& what) { ground_.log.error("inquiry failed", {{"error", what}}); };
  inquiries_ = std::make_unique<InquiryDesk>([this] { return make_ask(); }, std::move(options));
  steps.add("questions", [this] { inquiries_->stop(); });
  auto threads = std::make_unique<SweepThreads>(
      sweeper_, ground_.clock, ground_.config.scheduler.concurrency, [this] { return clients_.make_patient(); },
      [this](const std::string& what) {
        ground_.log.error("sweep failed", {{"error", what}});
      });
  {
    const std::lock_guard lock(mutex_);
    threads_ = std::move(threads);
  }
  steps.add("sweeps", [this] { threads_->stop(); });
}

void SideWork::wake() {
  const std::lock_guard lock(mutex_);
  if (threads_) threads_->wake();
}

// On the answering thread, which owns what it makes.
InquiryDesk::Ask SideWork::make_ask() {
  struct Tools {
    std::unique_ptr<ChatApi> chat;
    std::unique_ptr<ReadView> view;
    std::unique_ptr<Inquirer> inquirer;
  };
  const auto tools = std::make_shared<Tools>();
  tools->chat = clients_.make_asking();
  tools->view = store_.view();
  tools->inquirer = std::make_unique<Inquirer>(*tools->chat, *tools->view, ground_.clock, ground_.settings,
                                               ground_.pause, random_share);
  return [this, tools](const std::string& group_id, const std::string& account, std::chrono::milliseconds left) {
    return tools->inquirer->ask(group_id, account, ground_.clock.steady_now() + left.count());
  };
}

}  // namespace headroom
