#include "http/server_worker.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace headroom::http {

namespace {

using Pistache::Polling::NotifyOn;
using Pistache::Polling::Tag;

constexpr int kWritableAtOnce = 64;

int checked(int fd, const char* what) {
  if (fd < 0) throw std::system_error(errno, std::generic_category(), what);
  return fd;
}

}  // namespace

// What Pistache tells about the peers of one Worker.
class Worker::Inbox : public Pistache::Tcp::Handler {
 public:
  std::shared_ptr<Pistache::Tcp::Handler> clone() const override { return std::make_shared<Inbox>(); }
  void onInput(const char* buffer, std::size_t size, const std::shared_ptr<Pistache::Tcp::Peer>& peer) override {
    worker().on_input(peer->fd(), {buffer, size});
  }
  void onConnection(const std::shared_ptr<Pistache::Tcp::Peer>&) override {}  // see Worker::add
  void onDisconnection(const std::shared_ptr<Pistache::Tcp::Peer>& peer) override {
    worker().on_disconnect(peer->fd());
  }

 private:
  Worker& worker() { return static_cast<Worker&>(*transport()); }
};

Worker::Worker(std::shared_ptr<Shared> shared, std::vector<std::shared_ptr<Worker>>* made, int index)
    : Transport(std::make_shared<Inbox>()),
      shared_(std::move(shared)),
      made_(made),
      index_(index),
      mailbox_(std::make_shared<Mailbox>()),
      timer_fd_(checked(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC), "timerfd")),
      writable_fd_(checked(epoll_create1(EPOLL_CLOEXEC), "epoll")) {}

Worker::~Worker() {
  ::close(timer_fd_);
  ::close(writable_fd_);
}

std::shared_ptr<Pistache::Aio::Handler> Worker::clone() const {
  auto worker = std::make_shared<Worker>(shared_, made_, static_cast<int>(made_->size()));
  made_->push_back(worker);
  return worker;
}

void Worker::registerPoller(Pistache::Polling::Epoll& poller) {
  Transport::registerPoller(poller);
  for (const int fd : {mailbox_->fd(), timer_fd_, writable_fd_, shared_->listener->fd()}) {
    poller.addFd(fd, Pistache::Flags<NotifyOn>(NotifyOn::Read), tag_of(fd));
  }
  polls_listener_ = true;
}

// What an exception leaves undone here is made good by the time limits; escaping, it would end the process.
void Worker::onReady(const Pistache::Aio::FdSet& fds) {
  if (!started_) mailbox_->own();
  started_ = true;
  const Own own = look_at_own(fds);
  try {
    Transport::onReady(fds);  // on_input, on_disconnect; knows nothing of our own descriptors
  } catch (const std::exception&) {
    ++shared_->failures;
  }
  try {
    serve(own);
  } catch (const std::exception&) {
    ++shared_->failures;
    wake();  // the queue and the mailbox may not be empty
  }
}

Worker::Own Worker::look_at_own(const Pistache::Aio::FdSet& fds) {
  Own own;
  for (const auto& entry : fds) {
    const Tag tag = entry.getTag();
    if (tag == tag_of(mailbox_->fd())) {
      mailbox_->clear_wake_up();
      quiet_ticks_ = 0;
    } else if (tag == tag_of(timer_fd_)) {
      std::uint64_t times = 0;
      own.ticked = ::read(timer_fd_, &times, sizeof times) == sizeof times;
    } else if (tag == tag_of(writable_fd_)) {
      own.writable = true;
    } else if (tag == tag_of(shared_->listener->fd())) {
      own.acceptable = true;
    }
  }
  return own;
}

void Worker::serve(const Own& own) {
  if (own.acceptable && polls_listener_) accept_some();
  if (shared_->stopping && !stopping_) stop_accepting();
  if (own.writable) flush_writable();
  if (own.ticked) tick();
  run_queue();
  deliver();
  if (!queue_.empty()) wake();  // pipelined requests: one of each connection a round
  if (stopping_) publish_backlog();
  set_timer();
}

void Worker::on_input(int fd, std::string_view bytes) {
  const auto found = entries_.find(fd);
  if (found == entries_.end()) return;
  Connection& connection = found->second.connection;
  connection.input(bytes, steady_now());
  if (connection.phase() == Connection::Phase::kReady || connection.has_output()) queue(fd, found->second);
  if (!connection.flooded()) return;
  // Ends Pistache's reading loop, too, which else goes on for as long as a client is faster than we are.
  reset_when_closed(fd);
  ::shutdown(fd, SHUT_RDWR);
}

// The peer has closed, or half closed; Pistache closes its descriptor after this.
void Worker::on_disconnect(int fd) {
  const auto found = entries_.find(fd);
  if (found == entries_.end()) return;
  // A whole request without anybody who waits for its answer: an event is worth storing all the same.
  Connection& connection = found->second.connection;
  if (connection.phase() == Connection::Phase::kReady && !connection.take_verdict()) dispatch(fd, found->second);
  entries_.erase(fd);
  --shared_->connections;
}

void Worker::queue(int fd, Entry& entry) {
  if (entry.queued) return;
  entry.queued = true;
  queue_.push_back(fd);
}

// One connection's failure (no memory, say) is not the others': they are served, it is closed.
template <typename Action>
void Worker::guard(int fd, Action action) {
  try {
    action();
  } catch (const std::exception&) {
    ++shared_->failures;
    drop(fd);
  }
}

void Worker::run_queue() {
  for (const int fd : std::exchange(queue_, {})) {
    const auto found = entries_.find(fd);
    if (found == entries_.end() || !found->second.queued) continue;  // closed, or another connection by now
    found->second.queued = false;
    guard(fd, [&] { advance(fd, found->second); });
  }
}

void Worker::advance(int fd, Entry& entry) {
  Connection& connection = entry.connection;
  if (connection.phase() != Connection::Phase::kReady) {
    if (connection.phase() == Connection::Phase::kReading) flush(fd, entry);  // 100 Continue
    return;
  }
  std::optional<Response> verdict = connection.take_verdict();
  if (!verdict && stopping_ && !shared_->handler.serves_while_stopping()) {
    verdict = shared_->handler.error(503, "stopping", connection.stand_in());
  }
  if (!verdict) return dispatch(fd, entry);
  ++shared_->rejected;
  connection.answer(*verdict, stopping_, steady_now());
  flush(fd, entry);
}

void Worker::dispatch(int fd, Entry& entry) {
  ++shared_->requests;
  const Ticket ticket{fd, next_ticket_++};
  const Respond respond = make_respond(mailbox_, ticket);
  try {
    shared_->handler.handle(entry.connection.take_request(ticket.number), respond);
  } catch (const std::exception&) {
    ++shared_->failures;
    respond(shared_->handler.error(500, "internal error", entry.connection.stand_in()));
  }
}

void Worker::deliver() {
  for (Mailbox::Letter& letter : mailbox_->take()) {
    const auto found = entries_.find(letter.ticket.fd);
    if (found == entries_.end() || !found->second.connection.awaits(letter.ticket.number)) continue;
    guard(letter.ticket.fd, [&] {
      if (letter.unanswered) {
        letter.response = shared_->handler.error(500, "internal error", found->second.connection.stand_in());
      }
      found->second.connection.answer(letter.response, stopping_, steady_now());
      flush(letter.ticket.fd, found->second);
    });
  }
}

void Worker::flush(int fd, Entry& entry) {
  const SteadyTime now = steady_now();
  Connection& connection = entry.connection;
  switch (connection.send(now)) {
    case Connection::Sent::kBlocked:
      return await_writing(fd, entry);
    case Connection::Sent::kBroken:
      return drop(fd);
    case Connection::Sent::kAll:
      break;
  }
  if (connection.phase() != Connection::Phase::kSending) return;
  connection.answered(now);
  if (connection.phase() == Connection::Phase::kReady || connection.has_output()) queue(fd, entry);
}

void Worker::await_writing(int fd, Entry& entry) {
  if (entry.awaits_writing) return;
  epoll_event event{};
  event.events = EPOLLOUT;
  event.data.fd = fd;
  if (epoll_ctl(writable_fd_, EPOLL_CTL_ADD, fd, &event) != 0) return drop(fd);
  entry.awaits_writing = true;
}

void Worker::flush_writable() {
  std::array<epoll_event, kWritableAtOnce> events{};
  const int count = epoll_wait(writable_fd_, events.data(), kWritableAtOnce, 0);
  for (int i = 0; i < count; ++i) {
    const int fd = events[static_cast<std::size_t>(i)].data.fd;
    epoll_ctl(writable_fd_, EPOLL_CTL_DEL, fd, nullptr);
    const auto found = entries_.find(fd);
    if (found == entries_.end()) continue;
    found->second.awaits_writing = false;
    flush(fd, found->second);
  }
}

// Never while Pistache goes through its events: its reading loop still uses the descriptor.
void Worker::drop(int fd) {
  const auto found = entries_.find(fd);
  if (found == entries_.end()) return;
  const std::shared_ptr<Pistache::Tcp::Peer> peer = found->second.peer;
  entries_.erase(found);
  --shared_->connections;
  removePeer(peer);
}

void Worker::close_all() {
  mailbox_->close();
  for (const auto& [fd, entry] : entries_) ::close(fd);
  shared_->connections -= static_cast<std::int64_t>(entries_.size());
  entries_.clear();
}

}  // namespace headroom::http
