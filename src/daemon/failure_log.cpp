#include "daemon/failure_log.h"

#include <utility>

namespace headroom {

void FailureLog::failed(const std::string& what) {
  std::int64_t times = 1;
  {
    const std::lock_guard lock(mutex_);
    const Time now = now_();
    if (what != said_) unsaid_ = 0;
    ++unsaid_;
    if (what == said_ && said_at_ && now - *said_at_ < kApart) return;
    said_ = what;
    said_at_ = now;
    times = std::exchange(unsaid_, 0);
  }
  log_.error(line_, {{"error", what}, {"times", times}});
}

}  // namespace headroom
