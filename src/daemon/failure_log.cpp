#include "daemon/failure_log.h"

#include <algorithm>

namespace headroom {

void FailureLog::failed(const std::string& what) {
  std::int64_t times = 1;
  {
    const std::lock_guard lock(mutex_);
    const Time now = now_();
    const auto known = said_.find(what);
    if (known != said_.end()) {
      times += known->second.unsaid;
      if (now - known->second.at < kApart) {
        ++known->second.unsaid;
        return;
      }
    } else if (said_.size() >= kMost) {
      said_.erase(std::min_element(said_.begin(), said_.end(),
                                   [](const auto& a, const auto& b) { return a.second.at < b.second.at; }));
    }
    said_[what] = {now, 0};
  }
  log_.error(line_, {{"error", what}, {"times", times}});
}

}  // namespace headroom
