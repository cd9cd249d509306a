#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "daemon/chat_clients.h"
#include "daemon/ground.h"
#include "daemon/stop_steps.h"
#include "daemon/store.h"
#include "daemon/threads/inquiry_desk.h"
#include "daemon/threads/sweep_threads.h"
#include "engine/gate/self_pause.h"
#include "engine/sweeps/sweeper.h"

namespace headroom {

// What the daemon does beside its runs: sweeps, and operators' questions about one member.
class SideWork {
 public:
  // `group_due`: a sweep has found a group that is due. All outlive this.
  SideWork(const Ground& ground, DaemonStore& store, ChatClients& clients, SelfPause& self_pause,
           std::function<void()> group_due);

  void start(StopSteps& steps);
  // A sweep was ordered, or may go on. From any thread, before the start as well.
  void wake();
  void inquire(const std::string& group_id, const std::string& account, InquiryDesk::Completion done) {
    inquiries_->ask(group_id, account, std::move(done));
  }

 private:
  InquiryDesk::Ask make_ask();

  const Ground ground_;
  DaemonStore& store_;
  ChatClients& clients_;
  const std::unique_ptr<ReadView> view_;
  const std::unique_ptr<ChatApi> chat_;
  Sweeper sweeper_;
  std::unique_ptr<InquiryDesk> inquiries_;
  std::mutex mutex_;
  std::unique_ptr<SweepThreads> threads_;  // set under mutex_
};

}  // namespace headroom
