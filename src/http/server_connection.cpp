#include "http/server_connection.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <utility>

#include "http/server_reply.h"

namespace headroom::http {

namespace {

constexpr DurationMs kLingerMs = 2 * kSecondMs;
constexpr std::size_t kKeptOutput = 16 * 1024;  // of memory between two answers

SteadyTime after(SteadyTime now, DurationMs wait) { return now + std::chrono::milliseconds(wait); }

}  // namespace

Connection::Connection(int fd, std::string peer, const ServerOptions& options, Handler& handler, BodyBudget& bodies,
                       SteadyTime now)
    : fd_(fd),
      peer_(std::move(peer)),
      options_(options),
      handler_(handler),
      parser_(ParserLimits{options.max_line, options.max_head, options.max_headers}),
      share_(bodies),
      waits_since_(now),
      deadline_(after(now, options.head_timeout)) {}

void Connection::input(std::string_view bytes, SteadyTime now) {
  if (phase_ == Phase::kReading) bytes.remove_prefix(parse(bytes, now));
  if (!bytes.empty()) keep(bytes);
}

// Returns what belongs to this request: all, unless it is complete or refused.
std::size_t Connection::parse(std::string_view bytes, SteadyTime now) {
  std::size_t used = 0;
  while (phase_ == Phase::kReading && used < bytes.size()) {
    const bool was_started = parser_.started();
    used += parser_.feed(bytes.substr(used));
    if (!was_started && parser_.started()) deadline_ = after(now, options_.head_timeout);
    if (parser_.status() == RequestParser::Status::kHeadRead) look_at_head(now);
    if (phase_ != Phase::kReading) break;
    if (parser_.status() == RequestParser::Status::kError) {
      reject(parser_.error_status(), parser_.error_reason());
    } else if (!reserve(parser_.request().body.capacity())) {
      reject(503, "too many bodies are under way");
    } else if (parser_.status() == RequestParser::Status::kComplete) {
      parser_.request().arrived = now;
      keep_alive_ = parser_.keep_alive();
      phase_ = Phase::kReady;
    }
  }
  return used;
}

void Connection::look_at_head(SteadyTime now) {
  parser_.request().peer = peer_;
  parser_.request().arrived = now;
  head_known_ = true;
  if (auto verdict = handler_.early(parser_.request())) {
    // The body, if there is one, is not read: the connection can not go on behind it.
    keep_alive_ = parser_.keep_alive() && !parser_.has_body();
    return settle(std::move(*verdict));
  }
  deadline_ = after(now, options_.body_timeout);
  parser_.read_body(handler_.max_body(), handler_.wants_body(parser_.request()));
  if (parser_.status() == RequestParser::Status::kBody && parser_.expects_continue()) {
    output_ += "HTTP/1.1 100 Continue\r\n\r\n";
  }
}

// A short string has no memory of its own.
bool Connection::reserve(std::size_t body) {
  if (body <= std::string().capacity()) return true;
  body_bytes_ = body;
  return share_.grow_to(body + read_ahead_.size());
}

void Connection::keep(std::string_view bytes) {
  const bool last_one = phase_ == Phase::kLingering || !keep_alive_;
  const std::size_t room = last_one || cut_ ? 0 : kMaxReadAhead - read_ahead_.size();
  std::size_t kept = std::min(room, bytes.size());
  if (kept > 0 && !share_.grow_to(body_bytes_ + read_ahead_.size() + kept)) {
    full_ = true;
    kept = 0;
  }
  read_ahead_.append(bytes.substr(0, kept));
  if (kept == bytes.size()) return;
  cut_ = true;
  thrown_away_ += bytes.size() - kept;
}

void Connection::reject(int status, std::string_view reason) {
  keep_alive_ = false;
  settle(handler_.error(status, reason, head_known_ ? parser_.request() : stand_in()));
}

Request Connection::stand_in() const {
  Request request;
  request.peer = peer_;
  return request;
}

void Connection::settle(Response verdict) {
  verdict_ = std::move(verdict);
  phase_ = Phase::kReady;
}

std::optional<Response> Connection::take_verdict() { return std::exchange(verdict_, std::nullopt); }

Request Connection::take_request(std::uint64_t ticket) {
  ticket_ = ticket;
  phase_ = Phase::kWaiting;
  deadline_ = after(parser_.request().arrived, options_.answer_timeout);
  head_only_ = parser_.request().method == "HEAD";
  return std::move(parser_.request());
}

void Connection::answer(const Response& response, bool last, SteadyTime now) {
  if (phase_ == Phase::kReady) head_only_ = parser_.request().method == "HEAD";
  keep_alive_ = keep_alive_ && !last && !response.close;
  output_ += serialise(response, keep_alive_, head_only_);
  phase_ = Phase::kSending;
  deadline_ = after(now, options_.write_timeout);
}

// Not by Peer::send: when a socket becomes readable and writable at once Pistache 0.0.5 forgets to write, and when one
// is full it tries again in a loop that stops its thread until that client reads.
Connection::Sent Connection::send(SteadyTime now) {
  while (has_output()) {
    const ssize_t taken = ::send(fd_, output_.data() + sent_, output_.size() - sent_, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (taken < 0) {
      if (errno == EINTR) continue;
      return errno == EAGAIN || errno == EWOULDBLOCK ? Sent::kBlocked : Sent::kBroken;
    }
    sent_ += static_cast<std::size_t>(taken);
    if (phase_ == Phase::kSending) deadline_ = after(now, options_.write_timeout);
  }
  output_.clear();
  sent_ = 0;
  return Sent::kAll;
}

void Connection::answered(SteadyTime now) {
  waits_since_ = now;
  head_known_ = false;
  parser_.reset();  // its body's memory, too
  share_.give_back();
  body_bytes_ = 0;
  if (!keep_alive_) {
    ::shutdown(fd_, SHUT_WR);  // the answer, then the end; a close with input unread would reset the answer away
    phase_ = Phase::kLingering;
    deadline_ = after(now, kLingerMs);
    read_ahead_ = {};
    return;
  }
  if (output_.capacity() > kKeptOutput) output_ = std::string();
  phase_ = Phase::kReading;
  deadline_ = after(now, options_.idle_timeout);
  const std::string ahead = std::exchange(read_ahead_, {});
  const std::size_t used = parse(ahead, now);
  read_ahead_ = ahead.substr(used);
  if (phase_ == Phase::kReading && cut_) {
    reject(full_ ? 503 : 413, full_ ? "too many bodies are under way" : "too much was sent ahead of an answer");
  }
}

Connection::Expiry Connection::expire(SteadyTime now) {
  if (now < deadline_) return Expiry::kNone;
  switch (phase_) {
    case Phase::kReading:
      if (!parser_.started()) return Expiry::kClose;
      reject(408, "the request took too long to arrive");
      return Expiry::kReady;
    case Phase::kReady:
      return Expiry::kNone;
    case Phase::kWaiting:
      return Expiry::kNoAnswer;
    case Phase::kSending:
    case Phase::kLingering:
      return Expiry::kClose;
  }
  return Expiry::kNone;
}

}  // namespace headroom::http
