#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace chatsim {

// Owns a file descriptor.
class Socket {
 public:
  Socket() = default;
  explicit Socket(int fd) : fd_(fd) {}
  Socket(Socket&& other) noexcept;
  Socket& operator=(Socket&& other) noexcept;
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket();

  int fd() const { return fd_; }
  bool open() const { return fd_ >= 0; }
  // All or nothing; false when the peer is gone or does not read for the send time-out.
  bool send_all(std::string_view bytes) const;
  // Bytes read; 0 when the peer closed, was silent for the receive time-out, or failed.
  std::size_t receive(char* buffer, std::size_t size) const;
  void set_timeouts(int seconds) const;
  void close();
  // Closes with RST instead of FIN.
  void reset();

 private:
  int fd_ = -1;
};

// A listening socket on 127.0.0.1; 0 = any free port. Throws std::system_error.
Socket listen_on_loopback(std::uint16_t port);
std::uint16_t local_port(const Socket& socket);

}  // namespace chatsim
