#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "http/handler.h"

namespace headroom::http {

// HTTP/1.1 over Pistache: see server_worker.h for what is Pistache's part.
class Server {
 public:
  Server(ServerOptions options, Handler& handler);
  ~Server();  // shuts down at once
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Listens and starts the threads. Throws std::runtime_error that names the address.
  void start();
  std::uint16_t port() const;   // the real one; 0 before start
  std::string address() const;  // HOST:PORT as listened on
  // No new connections; idle ones are closed; new requests on the others are answered 503 and closed.
  void stop_accepting();
  // The same, then waits until what was received is answered, at most `limit`, and ends the threads. True when nothing
  // was left unanswered.
  bool shutdown(DurationMs limit);
  ServerStats stats() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace headroom::http
