#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "headroom/types.h"
#include "http/server_message.h"

namespace headroom::http {

class ListenSocket;

// What a server serves. Every call comes from an I/O thread, from several at once when there are several, and must not
// block. A handler outlives its server.
class Handler {
 public:
  virtual ~Handler() = default;

  // A look at the head before the body is awaited: an answer ends the request there, ahead of the server's own 413.
  virtual std::optional<Response> early(const Request& head) {
    (void)head;
    return std::nullopt;
  }
  // Whether the body that follows is worth its memory; one that is not is read and dropped.
  virtual bool wants_body(const Request& head) {
    (void)head;
    return true;
  }
  virtual void handle(Request request, Respond respond) = 0;
  virtual std::size_t max_body() const { return 64 * 1024; }
  // The answer to an error that the server finds itself (400, 408, 413, 414, 417, 431, 500, 501, 503, 505). Called once
  // for each such answer, so that it may be counted. `head` has its peer, and the rest once all of it was read.
  virtual Response error(int status, std::string_view reason, const Request& head) const = 0;
  // True: handle is called for new requests while the server is stopping, too, and answers 503 by itself.
  virtual bool serves_while_stopping() const { return false; }
  // About every 50 ms, from one I/O thread.
  virtual void tick() {}
};

struct ServerOptions {
  std::string host = "127.0.0.1";               // an address, `[v6]`, or a name of this machine
  std::uint16_t port = 0;                       // 0: any free one
  std::shared_ptr<ListenSocket> listener = {};  // bound before; empty: start() binds host and port
  int threads = 1;
  std::size_t max_connections = 4096;  // further ones are closed at once
  bool oldest_gives_way = false;       // or the one that has waited longest for a request, so that nobody is kept out
  std::size_t max_line = 8 * 1024;     // of the request line, and of each header line
  std::size_t max_head = 16 * 1024;
  std::size_t max_headers = 64;
  std::size_t max_bodies = 64 * 1024 * 1024;   // of all connections together, until they are answered; then 503
  DurationMs head_timeout = 10 * kSecondMs;    // from the connection, or a request's first byte, to the end of its head
  DurationMs body_timeout = 10 * kSecondMs;    // from there to the end of the body
  DurationMs idle_timeout = 75 * kSecondMs;    // between requests; a proxy in front has to use less
  DurationMs answer_timeout = 30 * kSecondMs;  // for the handler; then 503
  DurationMs write_timeout = 10 * kSecondMs;   // for a client to take some more of its answer
  std::string name = "http";                   // of the threads
};

struct ServerStats {
  std::uint64_t accepted = 0;
  std::uint64_t refused = 0;        // closed because of max_connections
  std::uint64_t accept_errors = 0;  // no descriptors or memory; accepting pauses for a moment
  std::uint64_t requests = 0;       // handed to the handler
  std::uint64_t rejected = 0;       // answered without it: bad framing, a look at the head, time-outs, stopping
  std::uint64_t failures = 0;       // exceptions of the handler, and of Pistache
  std::int64_t connections = 0;     // open now
};

}  // namespace headroom::http
