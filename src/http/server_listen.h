#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace headroom::http {

// A listening TCP socket (non-blocking, SO_REUSEADDR, not SO_REUSEPORT: a second daemon must fail).
class ListenSocket {
 public:
  // Connections wait in the kernel until somebody accepts them. Throws std::runtime_error that names the address and
  // the reason, a std::system_error where the system gave one.
  ListenSocket(const std::string& host, std::uint16_t port);
  ~ListenSocket();
  ListenSocket(const ListenSocket&) = delete;
  ListenSocket& operator=(const ListenSocket&) = delete;

  int fd() const { return fd_; }
  std::uint16_t port() const { return port_; }
  const std::string& address() const { return address_; }  // with the real port
  // The kernel refuses new connections; for the thread that has seen the last accepted one.
  void refuse();

 private:
  int fd_ = -1;
  std::uint16_t port_ = 0;
  std::string address_;
};

struct Accepted {
  int fd = -1;
  std::string peer;  // IP text, an IPv4-mapped address as IPv4
  int error = 0;     // errno when fd is -1; EAGAIN: nobody waits
};
// Non-blocking, close-on-exec, TCP_NODELAY.
Accepted accept_connection(int listen_fd);

}  // namespace headroom::http
