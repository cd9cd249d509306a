// What a Worker does by the clock: time limits, and how far it is with stopping.
#include <sys/socket.h>
#include <sys/timerfd.h>

#include <utility>
#include <vector>

#include "http/server_worker.h"

namespace headroom::http {

namespace {

constexpr long kTickNs = 50'000'000;
constexpr int kQuietTicks = 40;  // after the last connection: what it had asked for may still be under way
constexpr int kTicksPerExpiry = 4;
constexpr int kIdleGraceTicks = 2;  // while stopping: for a request that is on its way

}  // namespace

void Worker::reset_when_closed(int fd) {
  const linger now{1, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

// The first thread ticks for the handler, too, which hears of all connections.
bool Worker::needs_ticks() const {
  if (!entries_.empty() || stopping_ || !polls_listener_) return true;
  return index_ == 0 && (shared_->connections > 0 || quiet_ticks_ < kQuietTicks);
}

// Nobody is woken while nothing is connected.
void Worker::set_timer() {
  const bool wanted = needs_ticks();
  if (wanted == ticking_) return;
  itimerspec every{};
  if (wanted) every.it_interval.tv_nsec = every.it_value.tv_nsec = kTickNs;
  if (timerfd_settime(timer_fd_, 0, &every, nullptr) == 0) ticking_ = wanted;
}

void Worker::tick() {
  quiet_ticks_ = shared_->connections > 0 ? 0 : quiet_ticks_ + 1;
  if (index_ == 0) shared_->handler.tick();
  if (!stopping_) poll_listener(true);
  if (++ticks_ % kTicksPerExpiry == 0) expire(steady_now());
  if (stopping_ && ++stopping_ticks_ >= kIdleGraceTicks) drop_idle();
}

void Worker::expire(SteadyTime now) {
  std::vector<std::pair<int, Connection::Expiry>> due;
  for (auto& [fd, entry] : entries_) {
    const Connection::Expiry expiry = entry.connection.expire(now);
    if (expiry != Connection::Expiry::kNone) due.emplace_back(fd, expiry);
  }
  for (const auto& [fd, expiry] : due) {
    Entry& entry = entries_.at(fd);
    switch (expiry) {
      case Connection::Expiry::kNone:
        break;
      case Connection::Expiry::kReady:
        queue(fd, entry);
        break;
      case Connection::Expiry::kNoAnswer:
        ++shared_->rejected;
        entry.connection.answer(shared_->handler.error(503, "no answer in time", entry.connection.stand_in()), false,
                                now);
        flush(fd, entry);
        break;
      case Connection::Expiry::kClose:
        if (entry.connection.phase() == Connection::Phase::kSending) reset_when_closed(fd);
        drop(fd);
        break;
    }
  }
}

void Worker::drop_idle() {
  std::vector<int> idle;
  for (const auto& [fd, entry] : entries_) {
    if (entry.connection.idle()) idle.push_back(fd);
  }
  for (const int fd : idle) drop(fd);
}

void Worker::publish_backlog() {
  std::size_t unanswered = 0;
  for (const auto& [fd, entry] : entries_) {
    const Connection::Phase phase = entry.connection.phase();
    if (phase != Connection::Phase::kReading && phase != Connection::Phase::kLingering) ++unanswered;
  }
  open_otherwise_ = entries_.size() - unanswered;
  unanswered_ = unanswered;
}

}  // namespace headroom::http
