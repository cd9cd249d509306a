#include "tests/soak/burst_connection.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <utility>

namespace headroom::soak {
namespace {

constexpr int kGroups = 1000;

}  // namespace

std::string webhook(std::size_t number, std::uint64_t event, bool keep_alive) {
  const std::string body = R"({"CallbackCommand":"Group.CallbackAfterGroupFull","GroupId":"@TGS#)" +
                           std::to_string(event % kGroups) + R"(","EventTime":)" +
                           std::to_string(1700000000000 + event) + "}";
  return "POST /chat/webhook?SdkAppid=7&ClientIP=" + std::to_string(number) +
         " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(body.size()) +
         (keep_alive ? "\r\n\r\n" : "\r\nConnection: close\r\n\r\n") + body;
}

BurstConnection::BurstConnection(BurstConnection&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), status_(other.status_), answer_(std::move(other.answer_)) {}

void BurstConnection::open(std::uint16_t port) {
  close();
  fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int one = 1;
  ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) close();
}

// By a reset: a million closed connections would else use up the ports.
void BurstConnection::close() {
  if (fd_ < 0) return;
  const linger now{1, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  ::close(fd_);
  fd_ = -1;
}

void BurstConnection::send(const std::string& request) {
  status_ = 0;
  answer_.clear();
  if (fd_ < 0) return;
  if (::send(fd_, request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size())) close();
}

void BurstConnection::read_some() {
  if (!waits()) return;
  char bytes[1024];
  const ssize_t count = ::recv(fd_, bytes, sizeof bytes, MSG_DONTWAIT);
  if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) return;
  if (count <= 0) return close();
  answer_.append(bytes, static_cast<std::size_t>(count));
  // The body is one JSON object without a nested one.
  if (answer_.find("\r\n\r\n") == answer_.npos || answer_.back() != '}') return;
  answered_at_ = SteadyClock::now();
  status_ = std::atoi(answer_.c_str() + sizeof "HTTP/1.1");
}

}  // namespace headroom::soak
