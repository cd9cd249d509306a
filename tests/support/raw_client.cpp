#include "tests/support/raw_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>

namespace headroom::http {

namespace {

std::string lowered(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

}  // namespace

bool RawResponse::closes() const {
  const auto found = headers.find("connection");
  return found != headers.end() && found->second == "close";
}

RawClient::RawClient(std::uint16_t port, int receive_buffer) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  if (receive_buffer > 0) ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  connected_ = ::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
}

RawClient::~RawClient() { ::close(fd_); }

bool RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void RawClient::half_close() { ::shutdown(fd_, SHUT_WR); }

void RawClient::reset() {
  const linger now{1, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  ::close(fd_);
  fd_ = -1;
}

bool RawClient::fill() {
  pollfd waiting{fd_, POLLIN, 0};
  if (::poll(&waiting, 1, static_cast<int>(kPatience.count())) != 1) return false;
  char bytes[16384];
  const ssize_t count = ::recv(fd_, bytes, sizeof bytes, 0);
  if (count <= 0) return false;
  buffer_.append(bytes, static_cast<std::size_t>(count));
  return true;
}

std::optional<RawResponse> RawClient::receive(bool head) {
  std::size_t end = 0;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
    if (!fill()) return std::nullopt;
  }
  RawResponse response;
  std::size_t at = buffer_.find("\r\n");
  response.status = std::atoi(buffer_.substr(9, 3).c_str());
  while (at < end) {
    const std::size_t start = at + 2;
    at = buffer_.find("\r\n", start);
    const std::string line = buffer_.substr(start, at - start);
    const std::size_t colon = line.find(": ");
    if (colon != std::string::npos) response.headers[lowered(line.substr(0, colon))] = line.substr(colon + 2);
  }
  const auto length = response.headers.find("content-length");
  const bool bodiless = head || length == response.headers.end();
  const std::size_t size = bodiless ? 0 : static_cast<std::size_t>(std::atoll(length->second.c_str()));
  while (buffer_.size() < end + 4 + size) {
    if (!fill()) return std::nullopt;
  }
  response.body = buffer_.substr(end + 4, size);
  buffer_.erase(0, end + 4 + size);
  return response;
}

bool RawClient::closed_by_server() {
  if (!buffer_.empty()) return false;
  pollfd waiting{fd_, POLLIN, 0};
  if (::poll(&waiting, 1, static_cast<int>(kPatience.count())) != 1) return false;
  char byte = 0;
  return ::recv(fd_, &byte, 1, 0) <= 0;
}

std::string RawClient::receive_all() {
  while (fill()) {
  }
  return buffer_;
}

std::optional<RawResponse> RawClient::ask(std::string_view bytes) {
  if (!send(bytes)) return std::nullopt;
  return receive();
}

std::string post(std::string_view target, std::string_view body, std::string_view more) {
  return "POST " + std::string(target) +
         " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + std::string(more) +
         "\r\n" + std::string(body);
}

std::string get(std::string_view target, std::string_view more) {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\n" + std::string(more) + "\r\n";
}

}  // namespace headroom::http
