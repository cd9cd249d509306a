#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "daemon/chat_clients.h"
#include "daemon/failure_log.h"
#include "daemon/ground.h"
#include "daemon/stop_steps.h"
#include "daemon/store.h"
#include "daemon/threads/question_desk.h"
#include "daemon/threads/sweep_threads.h"
#include "engine/gate/leadership.h"
#include "engine/gate/self_pause.h"
#include "engine/sweeps/sweeper.h"
#include "headroom/inquiry.h"
#include "headroom/what_if.h"

namespace headroom {

// What the daemon does beside its runs: sweeps, and operators' questions.
class SideWork {
 public:
  using InquiryDesk = QuestionDesk<MemberQuestion, Inquiry>;
  struct WhatIfQuestion {
    WhatIfRequest request;
    PolicyChange change;
  };
  using WhatIfDesk = QuestionDesk<WhatIfQuestion, WhatIf>;

  // `group_due`: a sweep has found a group that is due. All outlive this.
  SideWork(const Ground& ground, DaemonStore& store, ChatClients& clients, Leadership& leadership,
           SelfPause& self_pause, std::function<void()> group_due);

  void start(StopSteps& steps);
  // A sweep was ordered, or may go on. From any thread, before the start as well.
  void wake();
  void inquire(MemberQuestion question, InquiryDesk::Completion done) {
    inquiries_->ask(std::move(question), std::move(done));
  }
  void what_if(WhatIfRequest request, PolicyChange change, WhatIfDesk::Completion done);

 private:
  bool lead();
  void open_desks(StopSteps& steps);
  InquiryDesk::Ask make_ask();
  WhatIfDesk::Ask make_foresight();
  WhatIfDesk::Ask make_hindsight();

  const Ground ground_;
  DaemonStore& store_;
  ChatClients& clients_;
  const std::unique_ptr<ReadView> view_;
  Leadership& leadership_;
  LeadersWriter writer_;  // of the sweeps
  const std::unique_ptr<ChatApi> chat_;
  Sweeper sweeper_;
  FailureLog failures_{ground_.log, "sweep failed"};
  std::unique_ptr<InquiryDesk> inquiries_;
  std::unique_ptr<WhatIfDesk> foresights_;  // asks Chat
  std::unique_ptr<WhatIfDesk> hindsights_;
  std::mutex mutex_;
  std::unique_ptr<SweepThreads> threads_;  // set under mutex_
};

}  // namespace headroom
