#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "http/server_message.h"

namespace headroom::http {

// The answer's bytes. `head_only`: a body's length without the body (HEAD). Header values that could end a line are
// left out.
std::string serialise(const Response& response, bool keep_alive, bool head_only);

// Names one request of one I/O thread: the descriptor alone may be another connection's by now.
struct Ticket {
  int fd = -1;
  std::uint64_t number = 0;
};

// Where an I/O thread finds the answers to its requests. Only that thread may touch its sockets; whoever has an answer
// puts it here, and the eventfd wakes the thread. Outlives the thread for late answers.
class Mailbox {
 public:
  struct Letter {
    Ticket ticket;
    Response response;
    bool unanswered = false;  // the request was dropped: the handler's 500 goes out
  };

  Mailbox();  // throws std::system_error without a descriptor
  ~Mailbox();
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  int fd() const { return fd_; }
  void post(Letter letter);
  void post(std::vector<Letter> letters);
  void wake();
  // In the owner's thread: what has come. Its own letters need no wake-up, it looks again before it sleeps.
  std::vector<Letter> take();
  void clear_wake_up();
  void own();    // the calling thread is the owner
  void close();  // letters are dropped from now on

 private:
  const int fd_;

  std::mutex mutex_;
  std::thread::id owner_;        // guarded by mutex_
  std::vector<Letter> letters_;  // guarded by mutex_; at most one per connection
  bool closed_ = false;          // guarded by mutex_
};

Respond make_respond(std::shared_ptr<Mailbox> mailbox, Ticket ticket);

// While it lives, the answers that its thread gives are kept, and go to the I/O threads together at its end: one lock
// and one wake-up for all of a batch. At most one at a time in a thread.
class GatheredReplies {
 public:
  GatheredReplies();
  ~GatheredReplies();
  GatheredReplies(const GatheredReplies&) = delete;
  GatheredReplies& operator=(const GatheredReplies&) = delete;

  // The calling thread's; null when it has none.
  static GatheredReplies* current();
  void add(const std::shared_ptr<Mailbox>& mailbox, Mailbox::Letter letter);

 private:
  std::vector<std::pair<std::shared_ptr<Mailbox>, std::vector<Mailbox::Letter>>> letters_;  // a few mailboxes
};

}  // namespace headroom::http
