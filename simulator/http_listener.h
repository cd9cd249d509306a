#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "simulator/clock.h"
#include "simulator/http_message.h"
#include "simulator/socket.h"

namespace chatsim {

// A small blocking HTTP/1.1 server on 127.0.0.1 with a thread per connection. Connections beyond kMaxConnections are
// closed at once; an idle or stuck one after kIdleSeconds.
class HttpListener {
 public:
  // Called from the connections' threads; an exception becomes a status 500.
  using Handler = std::function<HttpResponse(const HttpRequest&)>;
  static constexpr std::size_t kMaxConnections = 256;
  static constexpr std::size_t kMaxHead = 32 * 1024;
  static constexpr std::size_t kMaxBody = 1024 * 1024;
  static constexpr int kIdleSeconds = 30;

  // `clock` is what the Date header shows.
  HttpListener(Handler handler, Clock clock) : handler_(std::move(handler)), clock_(std::move(clock)) {}
  ~HttpListener() { stop(); }
  HttpListener(const HttpListener&) = delete;
  HttpListener& operator=(const HttpListener&) = delete;

  // Port 0 = any free one. Throws std::system_error. Not to be called twice.
  void start(std::uint16_t port = 0);
  // Closes every connection and waits for the handlers that run.
  void stop();
  std::uint16_t port() const { return port_; }
  std::uint64_t connections_accepted() const { return accepted_; }

 private:
  struct Connection {
    Socket socket;  // closed and shut down under mutex_ only
    std::thread thread;
    bool done = false;
  };

  void accept_loop();
  void accept_one();
  void reap();
  void serve(Connection& connection);
  // False when the connection is to be closed. `buffer` keeps what came behind the request.
  bool serve_one(Connection& connection, std::string& buffer);
  bool refuse(Connection& connection, HeadError error);
  bool respond(Connection& connection, const HttpResponse& response, bool keep_alive);

  const Handler handler_;
  const Clock clock_;
  std::uint16_t port_ = 0;
  std::atomic<bool> stopping_ = false;
  std::atomic<std::uint64_t> accepted_ = 0;
  Socket listening_;
  std::thread acceptor_;

  std::mutex mutex_;
  std::list<Connection> connections_;
};

}  // namespace chatsim
