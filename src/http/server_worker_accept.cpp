// A Worker's door: new connections, and shutting it.
#include <unistd.h>

#include <cerrno>

#include "http/server_worker.h"

namespace headroom::http {

namespace {

using Pistache::Polling::NotifyOn;

constexpr int kMaxAcceptedAtOnce = 64;  // then the others get a turn
constexpr int kMaxLastAccepts = 64;

}  // namespace

bool Worker::accept_some() {
  const SteadyTime now = steady_now();
  for (int i = 0; i < kMaxAcceptedAtOnce; ++i) {
    const Accepted accepted = accept_connection(shared_->listener->fd());
    if (accepted.fd >= 0) {
      add(accepted, now);
    } else if (accepted.error == EAGAIN || accepted.error == EWOULDBLOCK || accepted.error == EINVAL) {
      return false;
    } else if (accepted.error == EMFILE || accepted.error == ENFILE || accepted.error == ENOBUFS ||
               accepted.error == ENOMEM) {
      ++shared_->accept_errors;
      poll_listener(false);  // until the next tick: it stays readable and would keep this thread busy
      return false;
    }
  }
  return true;
}

void Worker::add(const Accepted& accepted, SteadyTime now) {
  if (!has_place()) {
    ::close(accepted.fd);
    return;
  }
  ++shared_->accepted;
  quiet_ticks_ = 0;
  if (index_ != 0) made_->front()->wake();  // it may sleep, without ticks
  // Pistache's copy of the address is for its own log only.
  auto peer = Pistache::Tcp::Peer::Create(accepted.fd, Pistache::Address());
  entries_.emplace(accepted.fd, Entry{peer, Connection(accepted.fd, accepted.peer, shared_->options, shared_->handler,
                                                       shared_->bodies, now)});
  try {
    // As Transport::handlePeer does it, but the peer is tied to no transport: it can be read and closed, and nothing
    // can be sent through Pistache. (handleNewPeer would be the public way; ThreadSanitizer misreads its last lock.)
    peers.emplace(accepted.fd, peer);
    reactor()->registerFd(key(), accepted.fd, NotifyOn::Read | NotifyOn::Shutdown, Pistache::Polling::Mode::Edge);
  } catch (const std::exception&) {
    ++shared_->failures;
    --shared_->connections;
    entries_.erase(accepted.fd);
    peers.erase(accepted.fd);
    ::close(accepted.fd);
  }
}

// Counts the connection, too, unless there is no place.
bool Worker::has_place() {
  const auto most = static_cast<std::int64_t>(shared_->options.max_connections);
  if (shared_->connections.fetch_add(1) < most) return true;
  ++shared_->refused;
  if (shared_->options.oldest_gives_way && drop_oldest()) return true;
  --shared_->connections;
  return false;
}

// False when all of this thread's connections have a request with the handler.
bool Worker::drop_oldest() {
  int oldest = -1;
  SteadyTime since = SteadyTime::max();
  for (const auto& [fd, entry] : entries_) {
    if (entry.connection.in_turn() || entry.connection.waits_since() >= since) continue;
    oldest = fd;
    since = entry.connection.waits_since();
  }
  if (oldest < 0) return false;
  drop(oldest);
  return true;
}

void Worker::poll_listener(bool wanted) {
  if (polls_listener_ == wanted) return;
  polls_listener_ = wanted;
  const int fd = shared_->listener->fd();
  if (wanted) {
    reactor()->registerFd(key(), fd, NotifyOn::Read, tag_of(fd));
  } else {
    reactor()->removeFd(key(), fd);
  }
}

// What the kernel has accepted is still served; the last thread to see that nothing waits shuts the door.
void Worker::stop_accepting() {
  stopping_ = true;
  for (int i = 0; i < kMaxLastAccepts && polls_listener_ && accept_some(); ++i) {
  }
  poll_listener(false);
  if (--shared_->accepting == 0) shared_->listener->refuse();
}

}  // namespace headroom::http
