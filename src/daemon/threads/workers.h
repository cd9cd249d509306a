#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "daemon/progress.h"
#include "engine/gate/leadership.h"
#include "engine/runs/runner.h"
#include "engine/runs/work_queue.h"

namespace headroom {

// The threads that carry out runs, each with a Chat client and a read view of its own.
class Workers {
 public:
  struct Failure {
    std::string group_id;
    std::string what;
    bool database_away = false;
  };
  struct Hooks {
    // A run stayed open: its fate has to be looked up later.
    std::function<void(const Run& run, int attempt)> left_open;
    std::function<void(const Failure& failure)> failed;
    std::function<void()> finished;  // one piece of work
  };
  // What one thread needs; made and destroyed on that thread.
  struct Tools {
    std::unique_ptr<LeadersWriter> writer;
    std::unique_ptr<ChatApi> chat;
    std::shared_ptr<ReadView> view;
    std::unique_ptr<Runner> runner;
    Progress::Pulse* pulse = nullptr;  // null: nobody asks
  };

  Workers(int count, WorkQueue& queue, const std::function<Tools()>& make_tools, Hooks hooks);
  ~Workers();
  // Ends the threads after what they have in hand.
  void stop();

  // What a thread does with one piece of work: carries it out, hands on a run that is left open, frees the group.
  // `tools` are made by the first. That the lead is lost is no failure.
  static void work_off(const Work& work, Tools& tools, const std::function<Tools()>& make_tools, WorkQueue& queue,
                       const Hooks& hooks);

 private:
  void loop(const std::function<Tools()>& make_tools);
  static void carry_out(Tools& tools, const Work& work);

  WorkQueue& queue_;
  const Hooks hooks_;
  std::vector<std::thread> threads_;
};

}  // namespace headroom
