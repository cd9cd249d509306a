#pragma once

#include <pistache/os.h>
#include <pistache/peer.h>
#include <pistache/tcp.h>
#include <pistache/transport.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "http/body_budget.h"
#include "http/handler.h"
#include "http/server_connection.h"
#include "http/server_listen.h"
#include "http/server_reply.h"

namespace headroom::http {

// What the I/O threads of one server share.
struct Shared {
  Shared(ServerOptions given, Handler& served)
      : options(std::move(given)), handler(served), bodies(options.max_bodies) {}

  const ServerOptions options;
  Handler& handler;
  BodyBudget bodies;
  std::shared_ptr<ListenSocket> listener;  // before the threads start

  std::atomic<std::uint64_t> accepted = 0, refused = 0, accept_errors = 0, requests = 0, rejected = 0, failures = 0;
  std::atomic<std::int64_t> connections = 0;
  std::atomic<bool> stopping = false;

  std::atomic<int> accepting = 0;  // threads that still accept
};

// One I/O thread. Pistache's part: the thread, its epoll loop (Aio::Reactor), the peers, reading from them and closing
// them (Tcp::Transport, which Pistache's own HTTP transport extends in the same way). Ours: HTTP, and three things that
// are not safe in Pistache 0.0.5:
//  - Accepting. Pistache's accept thread hands connections over through a queue that can lose its wake-up; it spins
//  when
//    descriptors run out, and can not refuse connections. Here each I/O thread accepts its own.
//  - Writing: see Connection::send. Nothing goes through Pistache's write queue.
//  - Time limits. Pistache's close connections behind the handler's back, so that a late answer could go to another
//    connection with the same descriptor. Here a connection ends in drop or on_disconnect only.
class Worker : public Pistache::Tcp::Transport {
 public:
  Worker(std::shared_ptr<Shared> shared, std::vector<std::shared_ptr<Worker>>* made, int index);
  ~Worker() override;

  // How Pistache makes one per thread from the first; each is added to `made`.
  std::shared_ptr<Pistache::Aio::Handler> clone() const override;
  void registerPoller(Pistache::Polling::Epoll& poller) override;
  void onReady(const Pistache::Aio::FdSet& fds) override;

  void on_input(int fd, std::string_view bytes);
  void on_disconnect(int fd);

  void wake() { mailbox_->wake(); }
  // While stopping: requests without an answer that is sent, and the other connections. kUnknown: not counted yet.
  static constexpr std::size_t kUnknown = SIZE_MAX;
  std::size_t unanswered() const { return unanswered_; }
  std::size_t open_otherwise() const { return open_otherwise_; }
  // After the thread has ended.
  void close_all();

 private:
  struct Entry {
    std::shared_ptr<Pistache::Tcp::Peer> peer;
    Connection connection;
    bool queued = false;          // stands in ready_
    bool awaits_writing = false;  // registered with writable_fd_
  };
  class Inbox;

  static Pistache::Polling::Tag tag_of(int fd) { return Pistache::Polling::Tag(static_cast<std::uint64_t>(fd)); }
  static SteadyTime steady_now() { return std::chrono::steady_clock::now(); }
  // For a client that does not behave: frees what the kernel holds for it, and tells it at once.
  static void reset_when_closed(int fd);

  // Which of our own descriptors are ready.
  struct Own {
    bool acceptable = false;
    bool ticked = false;
    bool writable = false;
  };
  Own look_at_own(const Pistache::Aio::FdSet& fds);
  void serve(const Own& own);
  bool accept_some();  // true: more may wait
  void add(const Accepted& accepted, SteadyTime now);
  bool has_place();
  bool drop_oldest();
  void poll_listener(bool wanted);
  void stop_accepting();
  void queue(int fd, Entry& entry);
  template <typename Action>
  void guard(int fd, Action action);
  void run_queue();
  void advance(int fd, Entry& entry);
  void dispatch(int fd, Entry& entry);
  void deliver();
  void flush(int fd, Entry& entry);
  void flush_writable();
  void await_writing(int fd, Entry& entry);
  void drop(int fd);
  void tick();
  bool needs_ticks() const;
  void set_timer();
  void expire(SteadyTime now);
  void drop_idle();
  void publish_backlog();

  const std::shared_ptr<Shared> shared_;
  std::vector<std::shared_ptr<Worker>>* const made_;
  const int index_;
  const std::shared_ptr<Mailbox> mailbox_;
  const int timer_fd_;
  const int writable_fd_;  // an epoll of its own, for the sockets that were full

  bool started_ = false;
  bool polls_listener_ = false;
  bool stopping_ = false;
  std::uint64_t next_ticket_ = 1;
  bool ticking_ = false;
  int quiet_ticks_ = 0;  // since there was a connection
  int ticks_ = 0;
  int stopping_ticks_ = 0;
  std::unordered_map<int, Entry> entries_;
  std::vector<int> queue_;
  std::atomic<std::size_t> unanswered_ = kUnknown, open_otherwise_ = kUnknown;
};

}  // namespace headroom::http
