#include "simulator/http_listener.h"

#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <exception>

namespace chatsim {
namespace {

constexpr int kAcceptPollMs = 1000;

// Appends what comes next; false when nothing comes any more.
bool read_more(const Socket& socket, std::string& buffer) {
  std::array<char, 16 * 1024> chunk;
  const std::size_t got = socket.receive(chunk.data(), chunk.size());
  buffer.append(chunk.data(), got);
  return got > 0;
}

}  // namespace

void HttpListener::start(std::uint16_t port) {
  listening_ = listen_on_loopback(port);
  port_ = local_port(listening_);
  acceptor_ = std::thread([this] { accept_loop(); });
}

void HttpListener::stop() {
  if (!acceptor_.joinable()) return;
  stopping_ = true;
  ::shutdown(listening_.fd(), SHUT_RDWR);  // wakes the poll
  acceptor_.join();
  listening_.close();
  {
    const std::lock_guard lock(mutex_);
    for (Connection& connection : connections_) {
      if (connection.socket.open()) ::shutdown(connection.socket.fd(), SHUT_RDWR);
    }
  }
  // Nobody adds connections any more, and the threads take only the mutex.
  for (Connection& connection : connections_) connection.thread.join();
  connections_.clear();
}

void HttpListener::accept_loop() {
  while (!stopping_) {
    pollfd waiting{listening_.fd(), POLLIN, 0};
    const int ready = ::poll(&waiting, 1, kAcceptPollMs);
    if (stopping_) return;
    reap();
    if (ready > 0) accept_one();
  }
}

void HttpListener::accept_one() {
  Socket socket(::accept4(listening_.fd(), nullptr, nullptr, SOCK_CLOEXEC));
  if (!socket.open()) return;
  ++accepted_;
  socket.set_timeouts(kIdleSeconds);
  const std::lock_guard lock(mutex_);
  if (connections_.size() >= kMaxConnections) return;
  Connection& connection = connections_.emplace_back();
  connection.socket = std::move(socket);
  connection.thread = std::thread([this, &connection] { serve(connection); });
}

void HttpListener::reap() {
  const std::lock_guard lock(mutex_);
  connections_.remove_if([](Connection& connection) {
    if (!connection.done) return false;
    connection.thread.join();
    return true;
  });
}

void HttpListener::serve(Connection& connection) {
  std::string buffer;
  while (!stopping_ && serve_one(connection, buffer)) {
  }
  const std::lock_guard lock(mutex_);
  connection.socket.close();
  connection.done = true;
}

bool HttpListener::serve_one(Connection& connection, std::string& buffer) {
  std::size_t end = 0;
  while ((end = buffer.find("\r\n\r\n")) == std::string::npos) {
    if (buffer.size() > kMaxHead) return refuse(connection, HeadError::kMalformed);
    if (!read_more(connection.socket, buffer)) return false;
  }
  ParsedHead head = parse_head(std::string_view(buffer).substr(0, end), kMaxBody);
  if (head.error != HeadError::kNone) return refuse(connection, head.error);
  if (head.expects_continue && !connection.socket.send_all("HTTP/1.1 100 Continue\r\n\r\n")) return false;
  const std::size_t size = end + 4 + head.body_size;
  while (buffer.size() < size) {
    if (!read_more(connection.socket, buffer)) return false;
  }
  head.request.body = buffer.substr(end + 4, head.body_size);
  buffer.erase(0, size);
  HttpResponse response;
  try {
    response = handler_(head.request);
  } catch (const std::exception& error) {
    response.status = 500;
    response.body = error.what();
  }
  return respond(connection, response, head.request.keep_alive);
}

bool HttpListener::refuse(Connection& connection, HeadError error) {
  HttpResponse response;
  response.status = error == HeadError::kTooLarge ? 413 : error == HeadError::kLengthUnknown ? 501 : 400;
  respond(connection, response, false);
  return false;
}

bool HttpListener::respond(Connection& connection, const HttpResponse& response, bool keep_alive) {
  if (response.fault == WireFault::kReset) {
    const std::lock_guard lock(mutex_);
    connection.socket.reset();
    return false;
  }
  std::string bytes = write_head(response, clock_(), keep_alive);
  if (response.fault == WireFault::kTruncatedBody) {
    connection.socket.send_all(bytes.append(response.body, 0, response.body.size() / 2));
    return false;
  }
  bytes += response.body;
  return connection.socket.send_all(bytes) && keep_alive;
}

}  // namespace chatsim
