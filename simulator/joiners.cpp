#include "simulator/joiners.h"

#include <algorithm>
#include <utility>

namespace chatsim {

bool Joiners::start(JoinersOptions options) {
  const std::lock_guard lock(mutex_);
  if (counts_.running || stopped_) return false;
  if (thread_.joinable()) thread_.join();  // it has said that it is done
  options.interval_ms = std::clamp<std::int64_t>(options.interval_ms, 10, 60'000);
  options.attempts = std::clamp(options.attempts, 0, 10'000);
  if (options.groups.empty()) {
    for (const GroupInfo& group : world_.groups()) {
      if (group.full()) options.groups.push_back(group.id);
    }
  }
  counts_.running = true;
  thread_ = std::thread([this, chosen = std::move(options)] { run(chosen); });
  return true;
}

void Joiners::stop() {
  stop_.stop();
  std::thread last;
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    last = std::move(thread_);
  }
  if (last.joinable()) last.join();
}

Joiners::Counts Joiners::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

void Joiners::run(JoinersOptions options) {
  for (int attempt = 0; attempt < options.attempts && !options.groups.empty(); ++attempt) {
    std::erase_if(options.groups, [&](const std::string& group) { return try_once(group) && options.until_joined; });
    if (stop_.wait_for_ms(options.interval_ms)) break;
  }
  const std::lock_guard lock(mutex_);
  counts_.running = false;
}

bool Joiners::try_once(const std::string& group_id) {
  std::uint64_t number = 0;
  {
    const std::lock_guard lock(mutex_);
    number = ++counts_.attempts;
  }
  const bool joined = world_.join(group_id, "joiner-" + std::to_string(number)) == JoinOutcome::kJoined;
  const std::lock_guard lock(mutex_);
  if (joined) ++counts_.joined;
  return joined;
}

}  // namespace chatsim
