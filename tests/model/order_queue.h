#pragma once

#include <deque>

#include "engine/writer.h"

namespace headroom::model {

// Where orders wait to be stored, one transaction each, until somebody waits for them: in place of the daemon's
// CommitQueue, whose thread would be the only one, and has tests of its own.
class OrderQueue final : public WriteQueue {
 public:
  explicit OrderQueue(Store& storage) : storage_(storage) {}

  bool submit(Job job, Completion completion, std::size_t) override {
    entries_.push_back({std::move(job), std::move(completion)});
    return true;
  }
  // Behind everything that was queued; what that brings is stored, too.
  void commit(const Job& job) override;
  bool works() const override { return true; }
  bool stopping() const override { return false; }
  std::string failure() const override { return {}; }
  std::string full() const override { return {}; }

 private:
  struct Entry {
    Job job;
    Completion completion;
  };

  std::exception_ptr store(const Job& job);

  Store& storage_;
  std::deque<Entry> entries_;
};

}  // namespace headroom::model
