#include "daemon/progress.h"

namespace headroom {

Progress::Pulse& Progress::add(const std::string& name, DurationMs limit) {
  const std::lock_guard lock(mutex_);
  return watched_.emplace_back(name, std::chrono::milliseconds(limit), now_).pulse;
}

std::optional<std::string> Progress::stuck() const {
  const auto now = now_();
  const std::lock_guard lock(mutex_);
  for (const Watched& watched : watched_) {
    const std::int64_t last = watched.pulse.last_;
    if (last == Pulse::kResting) continue;
    const std::chrono::steady_clock::time_point since{std::chrono::steady_clock::duration(last)};
    if (now - since > watched.limit) return watched.name;
  }
  return std::nullopt;
}

}  // namespace headroom
