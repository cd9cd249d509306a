#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "daemon/progress.h"
#include "headroom/intake.h"
#include "spool/detour.h"

namespace headroom {

// The intake of a node whose database is elsewhere: a thread that takes what is queued and has it stored, by the detour
// of the spool while the database does not answer. The batch grows with the load.
class SpoolingIntake final : public Intake {
 public:
  struct Options {
    std::size_t capacity = 10000;           // events that may wait
    std::size_t capacity_bytes = 64 << 20;  // of memory that they and those under way hold
    std::size_t max_batch = 1024;
    // After every batch: events, seconds until they were stored.
    std::function<void(std::size_t, double)> committed;
    // What it returns lives while the events of a batch are answered.
    std::function<std::shared_ptr<void>()> while_completing;
    // What a batch ended with that should never happen.
    std::function<void(const std::string&)> failed;
    Progress::Pulse* pulse = nullptr;  // its thread's; null: nobody asks
  };

  // Nobody else uses `detour`, whose spool this thread tidies.
  SpoolingIntake(Detour& detour, Spool& spool, Options options);
  ~SpoolingIntake() override;  // drains

  void record(Event event, std::function<void(Recorded)> done) override;

  // Refuses new events, stores the queued ones and ends the thread.
  void stop();
  std::size_t depth() const;
  bool stopping() const;

 private:
  struct Entry {
    Event event;
    std::function<void(Recorded)> done;
    std::size_t bytes = 0;
  };
  bool queue(Entry& entry, Recorded& refusal);
  void loop();
  bool take(std::vector<Entry>& batch);
  std::vector<Recorded> store(std::vector<Entry>& batch);
  void answer(std::vector<Entry>& batch, const std::vector<Recorded>& results);

  Detour& detour_;  // the loop's thread only
  Spool& spool_;
  const Options options_;

  mutable std::mutex mutex_;
  std::condition_variable work_;  // entries_, stopping_
  std::deque<Entry> entries_;     // guarded by mutex_, as what follows
  std::size_t bytes_ = 0;         // of entries_, and of the batch under way
  bool stopping_ = false;

  std::thread thread_;  // last: it uses all of the above
};

}  // namespace headroom
