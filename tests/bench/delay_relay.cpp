#include "tests/bench/delay_relay.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <deque>
#include <list>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

namespace headroom::bench {
namespace {

using Clock = std::chrono::steady_clock;

struct Chunk {
  Clock::time_point due;
  std::string bytes;  // empty: the end
};

struct Direction {
  int from = -1;
  int to = -1;
  std::deque<Chunk> under_way;
  bool ended = false;
};

struct Connection {
  Connection(int from_client, int from_server)
      : to_server{from_client, from_server, {}, false}, to_client{from_server, from_client, {}, false} {}
  ~Connection() {
    ::close(to_server.from);
    ::close(to_client.from);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  bool is_over() const { return to_server.ended || to_client.ended; }

  Direction to_server;
  Direction to_client;
  bool server_spoke = true;
};

[[noreturn]] void fail(const char* what) { throw std::runtime_error(std::string(what) + ": " + std::strerror(errno)); }

// What has come, or nothing at the end.
std::string take(int fd) {
  std::array<char, 1 << 16> buffer{};
  const ssize_t got = ::recv(fd, buffer.data(), buffer.size(), 0);
  return got > 0 ? std::string(buffer.data(), static_cast<std::size_t>(got)) : std::string();
}

bool give(int fd, const std::string& bytes) {
  for (std::size_t sent = 0; sent < bytes.size();) {
    const ssize_t some = ::send(fd, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (some <= 0) return false;
    sent += static_cast<std::size_t>(some);
  }
  return true;
}

void deliver(Direction& direction, Clock::time_point now) {
  while (!direction.under_way.empty() && direction.under_way.front().due <= now) {
    const std::string bytes = std::move(direction.under_way.front().bytes);
    direction.under_way.pop_front();
    if (bytes.empty() || !give(direction.to, bytes)) direction.ended = true;
  }
}

}  // namespace

DelayRelay::DelayRelay(std::string socket_path, std::chrono::microseconds round_trip)
    : socket_path_(std::move(socket_path)), one_way_(round_trip / 2) {
  if (::pipe2(wake_, O_CLOEXEC) != 0) fail("the relay");
  thread_ = std::thread([this] { run(); });
}

DelayRelay::~DelayRelay() {
  ::close(wake_[1]);
  thread_.join();
  ::close(wake_[0]);
  ::close(listener_.fd);
}

void DelayRelay::run() {
  ::prctl(PR_SET_TIMERSLACK, 1);  // or each wait is 50 us longer
  std::list<Connection> connections;
  for (;;) {
    std::vector<pollfd> waits = {{wake_[0], POLLIN, 0}, {listener_.fd, POLLIN, 0}};
    std::vector<Direction*> directions;
    std::vector<Connection*> owners;
    std::optional<Clock::time_point> next;
    for (Connection& connection : connections) {
      for (Direction* direction : {&connection.to_server, &connection.to_client}) {
        waits.push_back({direction->from, POLLIN, 0});
        directions.push_back(direction);
        owners.push_back(&connection);
        if (direction->under_way.empty()) continue;
        const auto due = direction->under_way.front().due;
        if (!next || due < *next) next = due;
      }
    }
    timespec left{};
    if (next) {
      const auto ns = std::chrono::duration_cast<std::chrono::nanoseconds>(*next - Clock::now()).count();
      left.tv_nsec = ns > 0 ? ns : 0;
    }
    if (::ppoll(waits.data(), waits.size(), next ? &left : nullptr, nullptr) < 0 && errno != EINTR) return;
    if (waits[0].revents != 0) return;
    const auto now = Clock::now();
    for (std::size_t i = 0; i < directions.size(); ++i) {
      if (waits[i + 2].revents == 0) continue;
      Direction& direction = *directions[i];
      direction.under_way.push_back({now + one_way_, take(direction.from)});
      const bool by_server = &direction == &owners[i]->to_client;
      if (!by_server && owners[i]->server_spoke) ++round_trips_;
      owners[i]->server_spoke = by_server;
    }
    for (Direction* direction : directions) deliver(*direction, now);
    connections.remove_if([](const Connection& connection) { return connection.is_over(); });
    if (waits[1].revents != 0) {
      const int client = test::accept_from(listener_);
      if (client < 0) continue;
      const int server = test::dial_unix(socket_path_);
      if (server < 0) fail(socket_path_.c_str());
      connections.emplace_back(client, server);
    }
  }
}

}  // namespace headroom::bench
