#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "simulator/call_log.h"

namespace chatsim {

// kBefore: the call was admitted, nothing of it is checked against the world yet. kAfter: it was applied, its answer is
// not written yet.
enum class When { kBefore, kAfter };

using Hook = std::function<void(const Call&)>;

// Callbacks around API calls, run on the connection's thread without any lock: they may use the whole simulator.
class Hooks {
 public:
  void add(const std::string& api, When when, Hook hook) {
    const std::lock_guard lock(mutex_);
    hooks_[{api, when}].push_back(std::move(hook));
  }
  void clear() {
    const std::lock_guard lock(mutex_);
    hooks_.clear();
  }
  void run(When when, const Call& call) const {
    std::vector<Hook> due;
    {
      const std::lock_guard lock(mutex_);
      const auto found = hooks_.find({call.api, when});
      if (found != hooks_.end()) due = found->second;
    }
    for (const Hook& hook : due) hook(call);
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::pair<std::string, When>, std::vector<Hook>> hooks_;
};

}  // namespace chatsim
