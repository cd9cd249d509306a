#include "http/server.h"

#include <pistache/reactor.h>
#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include "http/server_worker.h"

namespace headroom::http {

namespace {

// While stopping: for connections that owe us the rest of a request, or have been answered and do not close.
constexpr std::chrono::milliseconds kGrace{1000};
constexpr std::chrono::milliseconds kPoll{5};

// Signals are the main thread's: threads made during the life of this object take none.
class BlockedSignals {
 public:
  BlockedSignals() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~BlockedSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  BlockedSignals(const BlockedSignals&) = delete;
  BlockedSignals& operator=(const BlockedSignals&) = delete;

 private:
  sigset_t before_;
};

}  // namespace

class Server::Impl {
 public:
  Impl(ServerOptions options, Handler& handler) : shared_(std::make_shared<Shared>(std::move(options), handler)) {}
  ~Impl() { shutdown(0); }

  void start();
  void stop_accepting();
  bool shutdown(DurationMs limit);
  const Shared& shared() const { return *shared_; }

 private:
  bool all_answered(bool with_grace) const;
  void end_threads();

  const std::shared_ptr<Shared> shared_;
  std::vector<std::shared_ptr<Worker>> workers_;
  std::unique_ptr<Pistache::Aio::Reactor> reactor_;
};

void Server::Impl::start() {
  if (shared_->listener) throw std::logic_error("the server was started before");
  const ServerOptions& options = shared_->options;
  shared_->listener = options.listener ? options.listener : std::make_shared<ListenSocket>(options.host, options.port);
  const int threads = std::max(options.threads, 1);
  shared_->accepting = threads;
  reactor_ = std::make_unique<Pistache::Aio::Reactor>();
  try {
    const BlockedSignals blocked;
    reactor_->init(Pistache::Aio::AsyncContext(static_cast<std::size_t>(threads), options.name));
    reactor_->addHandler(std::make_shared<Worker>(shared_, &workers_, -1));
    reactor_->run();
  } catch (...) {
    end_threads();
    throw;
  }
}

void Server::Impl::stop_accepting() {
  shared_->stopping = true;
  for (const auto& worker : workers_) worker->wake();
}

bool Server::Impl::shutdown(DurationMs limit) {
  if (!reactor_) return true;
  stop_accepting();
  const auto start = std::chrono::steady_clock::now();
  const auto end = start + std::chrono::milliseconds(limit);
  bool done = false;
  while (true) {
    const auto now = std::chrono::steady_clock::now();
    done = all_answered(now < start + kGrace);
    if (done || now >= end) break;
    std::this_thread::sleep_for(std::min<std::chrono::steady_clock::duration>(kPoll, end - now));
  }
  end_threads();
  return done;
}

bool Server::Impl::all_answered(bool with_grace) const {
  return std::all_of(workers_.begin(), workers_.end(), [&](const std::shared_ptr<Worker>& worker) {
    return worker->unanswered() == 0 && (!with_grace || worker->open_otherwise() == 0);
  });
}

void Server::Impl::end_threads() {
  reactor_->shutdown();
  reactor_.reset();  // joins
  for (const auto& worker : workers_) worker->close_all();
  workers_.clear();
  shared_->listener->refuse();
}

Server::Server(ServerOptions options, Handler& handler) : impl_(std::make_unique<Impl>(std::move(options), handler)) {}

Server::~Server() = default;

void Server::start() { impl_->start(); }

std::uint16_t Server::port() const {
  const auto& listener = impl_->shared().listener;
  return listener ? listener->port() : std::uint16_t{0};
}

std::string Server::address() const {
  const auto& listener = impl_->shared().listener;
  return listener ? listener->address() : std::string();
}

void Server::stop_accepting() { impl_->stop_accepting(); }

bool Server::shutdown(DurationMs limit) { return impl_->shutdown(limit); }

ServerStats Server::stats() const {
  const Shared& shared = impl_->shared();
  ServerStats stats;
  stats.accepted = shared.accepted;
  stats.refused = shared.refused;
  stats.accept_errors = shared.accept_errors;
  stats.requests = shared.requests;
  stats.rejected = shared.rejected;
  stats.failures = shared.failures;
  stats.connections = shared.connections;
  return stats;
}

}  // namespace headroom::http
