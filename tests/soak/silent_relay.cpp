#include "tests/soak/silent_relay.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <list>
#include <stdexcept>
#include <utility>
#include <vector>

namespace headroom::soak {
namespace {

[[noreturn]] void fail(const char* what) { throw std::runtime_error(std::string(what) + ": " + std::strerror(errno)); }

// Both ends of one connection.
struct Pair {
  Pair(int from_client, int from_server) : client(from_client), server(from_server) {}
  ~Pair() {
    ::close(client);
    ::close(server);
  }
  Pair(const Pair&) = delete;
  Pair& operator=(const Pair&) = delete;

  int client;
  int server;
};

// False at the end of either.
bool carry(int from, int to) {
  std::array<char, 1 << 16> buffer{};
  const ssize_t got = ::recv(from, buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (got < 0) return errno == EAGAIN || errno == EINTR;
  for (ssize_t sent = 0; sent < got;) {
    const ssize_t some = ::send(to, buffer.data() + sent, static_cast<std::size_t>(got - sent), MSG_NOSIGNAL);
    if (some <= 0) return false;
    sent += some;
  }
  return got > 0;
}

}  // namespace

SilentRelay::SilentRelay(std::string socket_path) : socket_path_(std::move(socket_path)) {
  if (::pipe2(wake_, O_CLOEXEC | O_NONBLOCK) != 0) fail("the relay");
  thread_ = std::thread([this] { run(); });
}

SilentRelay::~SilentRelay() {
  ending_ = true;
  set(State::kForgets);
  thread_.join();
  for (const int fd : {wake_[0], wake_[1], listener_.fd}) ::close(fd);
}

void SilentRelay::fall_silent() { set(State::kSilent); }

void SilentRelay::speak_again(bool carry) { set(carry ? State::kSpeaks : State::kForgets); }

void SilentRelay::set(State state) {
  state_ = state;
  if (::write(wake_[1], "", 1) < 0 && errno != EAGAIN) fail("the relay's pipe");
}

void SilentRelay::run() {
  std::list<Pair> pairs;
  while (!ending_) {
    State state = state_;
    if (state == State::kForgets) {
      pairs.clear();
      state_.compare_exchange_strong(state, State::kSpeaks);
      continue;
    }
    const bool speaks = state == State::kSpeaks;
    std::vector<pollfd> waits = {{wake_[0], POLLIN, 0}, {speaks ? listener_.fd : -1, POLLIN, 0}};
    for (const Pair& pair : pairs) {
      waits.push_back({speaks ? pair.client : -1, POLLIN, 0});
      waits.push_back({speaks ? pair.server : -1, POLLIN, 0});
    }
    if (::poll(waits.data(), waits.size(), -1) < 0 && errno != EINTR) return;
    if (waits[0].revents != 0) {
      std::array<char, 64> bytes{};
      while (::read(wake_[0], bytes.data(), bytes.size()) > 0) {
      }
      continue;
    }
    std::size_t at = 2;
    for (auto pair = pairs.begin(); pair != pairs.end(); at += 2) {
      bool lives = waits[at].revents == 0 || carry(pair->client, pair->server);
      lives = lives && (waits[at + 1].revents == 0 || carry(pair->server, pair->client));
      pair = lives ? std::next(pair) : pairs.erase(pair);
    }
    if (waits[1].revents == 0) continue;
    const int client = test::accept_from(listener_);
    if (client < 0) continue;
    if (const int server = test::dial_unix(socket_path_); server >= 0) {
      pairs.emplace_back(client, server);
    } else {
      ::close(client);
    }
  }
}

}  // namespace headroom::soak
