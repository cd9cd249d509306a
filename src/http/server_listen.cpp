#include "http/server_listen.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <system_error>

namespace headroom::http {

namespace {

constexpr int kBacklog = 1024;  // the kernel cuts it to net.core.somaxconn

struct FreeAddresses {
  void operator()(addrinfo* list) const { freeaddrinfo(list); }
};
using Addresses = std::unique_ptr<addrinfo, FreeAddresses>;

std::string join(const std::string& host, std::uint16_t port) {
  const bool bare_v6 = host.find(':') != host.npos && host.front() != '[';
  return (bare_v6 ? '[' + host + ']' : host) + ':' + std::to_string(port);
}

Addresses resolve(const std::string& host, std::uint16_t port) {
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  const std::string name = bracketed ? host.substr(1, host.size() - 2) : host;
  addrinfo hints{};
  hints.ai_family = bracketed ? AF_INET6 : AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* list = nullptr;
  int failure = getaddrinfo(name.c_str(), std::to_string(port).c_str(), &hints, &list);
  // A container may have no /etc/hosts; what the name means is no question [RFC 6761, 6.3].
  if (failure != 0 && name == "localhost") {
    failure = getaddrinfo("127.0.0.1", std::to_string(port).c_str(), &hints, &list);
  }
  if (failure != 0) {
    throw std::runtime_error("can not listen on " + join(host, port) + ": " + gai_strerror(failure));
  }
  return Addresses(list);
}

// 0, or errno.
int open_listening(const addrinfo& address, int& fd) {
  fd = ::socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, address.ai_protocol);
  if (fd < 0) return errno;
  const int one = 1;
  if (::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) == 0 &&
      ::bind(fd, address.ai_addr, address.ai_addrlen) == 0 && ::listen(fd, kBacklog) == 0) {
    return 0;
  }
  const int failure = errno;
  ::close(fd);
  fd = -1;
  return failure;
}

std::uint16_t local_port(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
  if (address.ss_family == AF_INET6) return ntohs(reinterpret_cast<const sockaddr_in6*>(&address)->sin6_port);
  return ntohs(reinterpret_cast<const sockaddr_in*>(&address)->sin_port);
}

std::string address_text(const sockaddr_storage& address) {
  char text[INET6_ADDRSTRLEN] = {};
  if (address.ss_family == AF_INET) {
    inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in*>(&address)->sin_addr, text, sizeof text);
  } else if (address.ss_family == AF_INET6) {
    const in6_addr& v6 = reinterpret_cast<const sockaddr_in6*>(&address)->sin6_addr;
    if (IN6_IS_ADDR_V4MAPPED(&v6)) {
      inet_ntop(AF_INET, v6.s6_addr + 12, text, sizeof text);
    } else {
      inet_ntop(AF_INET6, &v6, text, sizeof text);
    }
  }
  return text;
}

}  // namespace

ListenSocket::ListenSocket(const std::string& host, std::uint16_t port) {
  const Addresses addresses = resolve(host, port);
  int failure = EADDRNOTAVAIL;
  for (const addrinfo* address = addresses.get(); address != nullptr && fd_ < 0; address = address->ai_next) {
    failure = open_listening(*address, fd_);
  }
  if (fd_ < 0) {
    throw std::system_error(failure, std::generic_category(), "can not listen on " + join(host, port));
  }
  port_ = local_port(fd_);
  address_ = join(host, port_);
}

ListenSocket::~ListenSocket() { ::close(fd_); }

void ListenSocket::refuse() { ::shutdown(fd_, SHUT_RDWR); }

Accepted accept_connection(int listen_fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  Accepted accepted;
  accepted.fd = ::accept4(listen_fd, reinterpret_cast<sockaddr*>(&address), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (accepted.fd < 0) {
    accepted.error = errno;
    return accepted;
  }
  const int one = 1;
  ::setsockopt(accepted.fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);  // one that fails is only slower
  accepted.peer = address_text(address);
  return accepted;
}

}  // namespace headroom::http
