#include "daemon/log_queue.h"

#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>

namespace headroom {
namespace {

constexpr int kPollMs = 100;  // how often a writer without a reader looks whether it should end

enum class Wrote { kSome, kNothing, kBroken };

// Some of the text, without waiting: a pipe that poll() calls writable has room for PIPE_BUF bytes, and the descriptor
// is shared with other processes, so that it can not be made non-blocking.
Wrote write_some(int fd, std::string_view& text) {
  pollfd ready{fd, POLLOUT, 0};
  const int found = ::poll(&ready, 1, kPollMs);
  if (found == 0 || (found < 0 && errno == EINTR)) return Wrote::kNothing;
  if (found < 0 || (ready.revents & (POLLERR | POLLNVAL)) != 0) return Wrote::kBroken;
  const std::size_t size = std::min<std::size_t>(text.size(), PIPE_BUF);
  ssize_t taken = ::send(fd, text.data(), size, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (taken < 0 && errno == ENOTSOCK) taken = ::write(fd, text.data(), size);
  if (taken < 0) return errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK ? Wrote::kNothing : Wrote::kBroken;
  text.remove_prefix(static_cast<std::size_t>(taken));
  return taken > 0 ? Wrote::kSome : Wrote::kNothing;
}

}  // namespace

struct LogQueue::State {
  State(int given, Options limits) : fd(given), options(limits) {}

  void run();
  std::optional<std::string> next();
  void write(std::string_view text);

  const int fd;
  const Options options;

  mutable std::mutex mutex;
  std::condition_variable changed;
  std::deque<std::string> lines;
  std::size_t bytes = 0;  // of lines, and of the one that is being written
  std::uint64_t dropped = 0;
  std::uint64_t reported = 0;  // of them
  std::uint64_t written = 0;   // bytes
  bool stopping = false;
  bool abandoned = false;  // at the end nobody read
  bool ended = false;
};

void LogQueue::State::run() {
  ::pthread_setname_np(::pthread_self(), "log");
  while (const auto line = next()) write(*line);
  const std::lock_guard lock(mutex);
  ended = true;
  changed.notify_all();
}

// Nothing at the end.
std::optional<std::string> LogQueue::State::next() {
  std::unique_lock lock(mutex);
  changed.wait(lock, [this] { return stopping || !lines.empty(); });
  if (lines.empty() || abandoned) return std::nullopt;
  std::string line = std::move(lines.front());
  lines.pop_front();
  return line;
}

void LogQueue::State::write(std::string_view text) {
  const std::size_t size = text.size();
  while (!text.empty()) {
    const std::size_t before = text.size();
    const Wrote wrote = write_some(fd, text);
    const std::lock_guard lock(mutex);
    written += before - text.size();
    if (wrote == Wrote::kBroken) {  // closed, a full disk: this line is lost, the next may not be
      ++dropped;
      break;
    }
    if (abandoned) break;
  }
  const std::lock_guard lock(mutex);
  bytes -= size;
}

LogQueue::LogQueue(int fd, Options options) : state_(std::make_shared<State>(fd, options)) {
  thread_ = std::thread([state = state_] { state->run(); });
}

LogQueue::~LogQueue() {
  {
    std::unique_lock lock(state_->mutex);
    state_->stopping = true;
    state_->changed.notify_all();
    for (std::uint64_t before = state_->written; !state_->ended; before = state_->written) {
      state_->changed.wait_for(lock, state_->options.patience, [this] { return state_->ended; });
      if (state_->written == before) break;
    }
    state_->abandoned = true;
    // It looks again after its poll; else it hangs in the write itself.
    state_->changed.wait_for(lock, std::chrono::milliseconds(3 * kPollMs), [this] { return state_->ended; });
    if (!state_->ended) {
      thread_.detach();
      return;
    }
  }
  thread_.join();
}

void LogQueue::push(std::string line) {
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->stopping || state_->bytes + line.size() > state_->options.capacity) {
      ++state_->dropped;
      return;
    }
    state_->bytes += line.size();
    state_->lines.push_back(std::move(line));
  }
  state_->changed.notify_all();
}

std::uint64_t LogQueue::dropped() const {
  const std::lock_guard lock(state_->mutex);
  return state_->dropped;
}

std::uint64_t LogQueue::take_unreported() {
  const std::lock_guard lock(state_->mutex);
  if (state_->bytes > state_->options.capacity / 2) return 0;
  return state_->dropped - std::exchange(state_->reported, state_->dropped);
}

}  // namespace headroom
