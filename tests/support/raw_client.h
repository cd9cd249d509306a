#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace headroom::http {

struct RawResponse {
  int status = 0;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;

  bool closes() const;
};

// One TCP connection to a server on 127.0.0.1 that sends exactly what it is told to. Every wait ends after kPatience.
class RawClient {
 public:
  static constexpr std::chrono::milliseconds kPatience{20000};

  explicit RawClient(std::uint16_t port, int receive_buffer = 0);
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  bool connected() const { return connected_; }
  // False when the server has closed.
  bool send(std::string_view bytes);
  void half_close();
  void reset();  // closes with RST
  // The next answer; nullopt when the connection ends, or the patience, before it is complete. `head`: of a HEAD
  // request, so that no body follows.
  std::optional<RawResponse> receive(bool head = false);
  // True when nothing but the end of the connection comes.
  bool closed_by_server();
  // All that comes until the server closes.
  std::string receive_all();
  // send, then receive.
  std::optional<RawResponse> ask(std::string_view bytes);

 private:
  bool fill();  // some more bytes; false at the end

  int fd_ = -1;
  bool connected_ = false;
  std::string buffer_;
};

// "POST <target> HTTP/1.1" with Host, Content-Length and `more` header lines (each ending with CRLF).
std::string post(std::string_view target, std::string_view body, std::string_view more = {});
std::string get(std::string_view target, std::string_view more = {});

}  // namespace headroom::http
