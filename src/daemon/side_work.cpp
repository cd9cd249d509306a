#include "daemon/side_work.h"

#include <chrono>
#include <utility>

#include "daemon/random_share.h"
#include "engine/looks/inquirer.h"
#include "engine/what_if/foresight.h"
#include "engine/what_if/hindsight.h"

namespace headroom {
namespace {

// Each may take long, and one is answered at a time.
constexpr std::size_t kMostWhatIfs = 8;

}  // namespace

SideWork::SideWork(const Ground& ground, DaemonStore& store, ChatClients& clients, Leadership& leadership,
                   SelfPause& self_pause, std::function<void()> group_due)
    : ground_(ground),
      store_(store),
      clients_(clients),
      view_(store.view()),
      leadership_(leadership),
      writer_(store.queue(), leadership),
      chat_(clients.make_patient(writer_)),
      sweeper_(*chat_, writer_, *view_, ground.clock, ground.settings, ground.pause, random_share, ground.observer,
               self_pause, std::move(group_due)) {}

void SideWork::start(StopSteps& steps) {
  open_desks(steps);
  auto threads = std::make_unique<SweepThreads>(
      sweeper_, ground_.clock, ground_.config.scheduler.concurrency, [this] { return lead(); },
      [this] { return clients_.make_patient(writer_); }, [this](const std::string& what) { failures_.failed(what); });
  {
    const std::lock_guard lock(mutex_);
    threads_ = std::move(threads);
  }
  steps.add("sweeps", [this] { threads_->stop(); });
}

bool SideWork::lead() {
  const Leadership::Term term = leadership_.term();
  if (term == 0) return false;
  if (term == writer_.term()) return true;
  writer_.begin();
  sweeper_.take_over();
  return true;
}

void SideWork::open_desks(StopSteps& steps) {
  InquiryDesk::Options options;
  options.failed = [this](const std::string& what) { ground_.log.error("inquiry failed", {{"error", what}}); };
  inquiries_ = std::make_unique<InquiryDesk>([this] { return make_ask(); }, std::move(options));
  steps.add("questions", [this] { inquiries_->stop(); });
  WhatIfDesk::Options ahead;
  ahead.most_open = kMostWhatIfs;
  ahead.failed = [this](const std::string& what) { ground_.log.error("what-if failed", {{"error", what}}); };
  WhatIfDesk::Options back = ahead;
  back.too_many = "too many what-ifs are waiting";
  back.too_late = "there are too many runs to replay in time: ask with a later since";
  foresights_ = std::make_unique<WhatIfDesk>([this] { return make_foresight(); }, std::move(ahead));
  steps.add("what-ifs of groups", [this] { foresights_->stop(); });
  hindsights_ = std::make_unique<WhatIfDesk>([this] { return make_hindsight(); }, std::move(back));
  steps.add("what-ifs of runs", [this] { hindsights_->stop(); });
}

void SideWork::what_if(WhatIfRequest request, PolicyChange change, WhatIfDesk::Completion done) {
  WhatIfDesk& desk = request.group_id ? *foresights_ : *hindsights_;
  desk.ask({std::move(request), std::move(change)}, std::move(done));
}

void SideWork::wake() {
  const std::lock_guard lock(mutex_);
  if (threads_) threads_->wake();
}

// Each on its answering thread, which owns what it makes.
SideWork::InquiryDesk::Ask SideWork::make_ask() {
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
  return [this, tools](const MemberQuestion& question, std::chrono::milliseconds left) {
    return tools->inquirer->ask(question, ground_.clock.steady_now() + left.count());
  };
}

SideWork::WhatIfDesk::Ask SideWork::make_foresight() {
  struct Tools {
    std::unique_ptr<ChatApi> chat;
    std::unique_ptr<ReadView> view;
    std::unique_ptr<Foresight> foresight;
  };
  const auto tools = std::make_shared<Tools>();
  tools->chat = clients_.make_asking();
  tools->view = store_.view();
  tools->foresight = std::make_unique<Foresight>(*tools->chat, *tools->view, ground_.clock, ground_.settings,
                                                 ground_.pause, random_share);
  return [this, tools](const WhatIfQuestion& question, std::chrono::milliseconds left) {
    return tools->foresight->ask(*question.request.group_id, question.change,
                                 ground_.clock.steady_now() + left.count());
  };
}

SideWork::WhatIfDesk::Ask SideWork::make_hindsight() {
  struct Tools {
    std::unique_ptr<ReadView> view;
    std::unique_ptr<Hindsight> hindsight;
  };
  const auto tools = std::make_shared<Tools>();
  tools->view = store_.view();
  tools->hindsight = std::make_unique<Hindsight>(*tools->view, ground_.clock, ground_.settings.get()->admin_identifier);
  return [this, tools](const WhatIfQuestion& question, std::chrono::milliseconds left) {
    return tools->hindsight->ask(question.change, question.request.since, ground_.clock.steady_now() + left.count());
  };
}

}  // namespace headroom
