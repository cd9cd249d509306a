#include "daemon/refusal_log.h"

#include <utility>

#include "daemon/log.h"
#include "headroom/names.h"

namespace headroom {
namespace {

constexpr std::chrono::minutes kOneLineEvery{1};

}  // namespace

void RefusalLog::refused(RefusalReason reason, const std::string& peer, const std::string& hint) {
  const std::lock_guard lock(mutex_);
  last_refusal_ = WebhookRefusal{clock_.now(), std::string(name_of(reason)), peer};
  Unwritten& unwritten = unwritten_[static_cast<std::size_t>(reason)];
  ++unwritten.count;
  unwritten.peer = peer;
  unwritten.hint = hint;
  const auto now = now_();
  if (!unwritten.written_at || now - *unwritten.written_at >= kOneLineEvery) {
    unwritten.written_at = now;
    write(reason, unwritten);
    unwritten.count = 0;
  }
}

void RefusalLog::taken() {
  const std::lock_guard lock(mutex_);
  last_taken_at_ = clock_.now();
}

void RefusalLog::write_due(bool all) {
  const auto now = now_();
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < unwritten_.size(); ++i) {
    Unwritten& unwritten = unwritten_[i];
    if (unwritten.count == 0 || (!all && now - *unwritten.written_at < kOneLineEvery)) continue;
    unwritten.written_at = now;
    write(static_cast<RefusalReason>(i), unwritten);
    unwritten.count = 0;
  }
}

void RefusalLog::write(RefusalReason reason, const Unwritten& unwritten) {
  log_.warning(
      "webhook refused",
      {{"reason", name_of(reason)}, {"count", unwritten.count}, {"peer", unwritten.peer}, {"hint", unwritten.hint}});
}

std::optional<TimeMs> RefusalLog::last_taken_at() const {
  const std::lock_guard lock(mutex_);
  return last_taken_at_;
}

std::optional<WebhookRefusal> RefusalLog::last_refusal() const {
  const std::lock_guard lock(mutex_);
  return last_refusal_;
}

}  // namespace headroom
