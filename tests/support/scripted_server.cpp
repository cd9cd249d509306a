#include "tests/support/scripted_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>

namespace headroom {
namespace {

constexpr std::size_t kMaxRequestBytes = 1 << 20;
constexpr int kDripMs = 20;
constexpr auto kPatience = std::chrono::seconds(20);

bool send_all(int fd, std::string_view data) {
  while (!data.empty()) {
    const ssize_t sent = send(fd, data.data(), data.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    data.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

// Until the other side closes, or `timeout_ms` is over (-1: never); whether it is still there.
bool still_there(int fd, int timeout_ms) {
  pollfd waiting{fd, POLLIN | POLLRDHUP, 0};
  return poll(&waiting, 1, timeout_ms) == 0;
}

std::string decoded(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      plain += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
      i += 2;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

void parse_target(std::string_view target, SeenRequest& request) {
  const std::size_t mark = std::min(target.find('?'), target.size());
  request.path = target.substr(0, mark);
  request.raw_query = target.substr(std::min(mark + 1, target.size()));
  std::string_view rest = request.raw_query;
  while (!rest.empty()) {
    const std::string_view pair = rest.substr(0, rest.find('&'));
    const std::size_t equals = std::min(pair.find('='), pair.size());
    request.query[decoded(pair.substr(0, equals))] = decoded(pair.substr(std::min(equals + 1, pair.size())));
    rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
  }
}

void parse_head(std::string_view head, SeenRequest& request) {
  const std::string_view line = head.substr(0, head.find("\r\n"));
  request.method = line.substr(0, line.find(' '));
  const std::string_view rest = line.substr(std::min(line.find(' ') + 1, line.size()));
  parse_target(rest.substr(0, rest.find(' ')), request);
  head.remove_prefix(std::min(line.size() + 2, head.size()));
  while (!head.empty()) {
    const std::string_view header = head.substr(0, head.find("\r\n"));
    std::string name(header.substr(0, header.find(':')));
    std::ranges::transform(name, name.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    request.headers[name] = header.substr(std::min(header.find(':') + 2, header.size()));
    head.remove_prefix(std::min(header.size() + 2, head.size()));
  }
}

}  // namespace

ScriptedServer::ScriptedServer() : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  if (listener_ < 0 || bind(listener_, reinterpret_cast<sockaddr*>(&address), length) != 0 ||
      listen(listener_, 16) != 0 || getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length) != 0) {
    throw std::runtime_error("no loopback port");
  }
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept_loop(); });
}

ScriptedServer::~ScriptedServer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (const int fd : open_) shutdown(fd, SHUT_RDWR);
  }
  shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  for (std::thread& connection : connections_) connection.join();
  close(listener_);
}

std::string ScriptedServer::url() const { return "http://127.0.0.1:" + std::to_string(port_); }

void ScriptedServer::answer(ScriptedReply reply) {
  const std::lock_guard lock(mutex_);
  script_.push_back(std::move(reply));
}

void ScriptedServer::answer_body(std::string body) {
  ScriptedReply reply;
  reply.body = std::move(body);
  answer(std::move(reply));
}

std::vector<SeenRequest> ScriptedServer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

bool ScriptedServer::wait_for_requests(std::size_t count) const {
  std::unique_lock lock(mutex_);
  return arrived_.wait_for(lock, kPatience, [&] { return requests_.size() >= count; });
}

void ScriptedServer::accept_loop() {
  for (int connection = 1;; ++connection) {
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) return;
    const int at_once = 1;  // header and body are sent apart: without this, 40 ms apart
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once);
    const std::lock_guard lock(mutex_);
    if (stopping_) {
      close(fd);
      return;
    }
    open_.push_back(fd);
    connections_.emplace_back([this, fd, connection] { serve(fd, connection); });
  }
}

void ScriptedServer::serve(int fd, int connection) {
  std::string buffer;
  for (bool go_on = true; go_on;) {
    SeenRequest request;
    request.connection = connection;
    go_on = read_request(fd, buffer, request);
    if (!go_on) break;
    const ScriptedReply reply = next_reply(request);
    go_on = send_reply(fd, reply) && !reply.close_after;
  }
  const std::lock_guard lock(mutex_);
  std::erase(open_, fd);
  close(fd);
}

bool ScriptedServer::read_request(int fd, std::string& buffer, SeenRequest& request) const {
  std::size_t head_end = std::string::npos;
  std::size_t whole = std::string::npos;
  while (buffer.size() < whole) {
    if (head_end == std::string::npos) {
      head_end = buffer.find("\r\n\r\n");
      if (head_end != std::string::npos) {
        parse_head(std::string_view(buffer).substr(0, head_end + 2), request);
        const auto length = request.headers.find("content-length");
        whole = head_end + 4 + (length == request.headers.end() ? 0 : std::stoul(length->second));
        continue;
      }
    }
    char chunk[4096];
    const ssize_t received = recv(fd, chunk, sizeof chunk, 0);
    if (received <= 0 || buffer.size() > kMaxRequestBytes) return false;
    buffer.append(chunk, static_cast<std::size_t>(received));
  }
  request.body = buffer.substr(head_end + 4, whole - head_end - 4);
  buffer.erase(0, whole);
  return true;
}

ScriptedReply ScriptedServer::next_reply(const SeenRequest& request) {
  const std::lock_guard lock(mutex_);
  requests_.push_back(request);
  arrived_.notify_all();
  if (script_.empty()) return {};
  ScriptedReply reply = std::move(script_.front());
  script_.pop_front();
  return reply;
}

// Whether the connection goes on.
bool ScriptedServer::send_reply(int fd, const ScriptedReply& reply) const {
  using Way = ScriptedReply::Way;
  std::string head = "HTTP/1.1 " + std::to_string(reply.status) + " Scripted\r\n";
  for (const std::string& line : reply.headers) head += line + "\r\n";
  head += "Content-Length: " + std::to_string(reply.body.size()) + "\r\n\r\n";
  switch (reply.way) {
    case Way::kWhole:
      return send_all(fd, head) && send_all(fd, reply.body);
    case Way::kTruncated:
      send_all(fd, head + reply.body.substr(0, reply.body.size() / 2));
      return false;
    case Way::kHeaderOnly:
      send_all(fd, std::string_view(head).substr(0, head.size() / 2));
      return false;
    case Way::kClose:
      return false;
    case Way::kReset: {
      const linger at_once{1, 0};
      setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
      return false;
    }
    case Way::kStall:
      still_there(fd, -1);
      return false;
    case Way::kDrip:
      send_all(fd, head);
      for (const char c : reply.body) {
        if (!send_all(fd, {&c, 1}) || !still_there(fd, kDripMs)) break;
      }
      return false;
  }
  return false;
}

}  // namespace headroom
