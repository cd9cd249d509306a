#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/body_budget.h"
#include "http/handler.h"
#include "http/request_parser.h"

namespace headroom::http {

// One connection's share of the protocol: bytes come in, requests come out one after the other, the answer of each is
// sent before the next one is looked at. Belongs to one I/O thread. Never closes its descriptor.
class Connection {
 public:
  enum class Phase {
    kReading,   // a request, or nothing yet
    kReady,     // a whole request, or an answer of the server's own, waits for its turn
    kWaiting,   // the handler has the request
    kSending,   // the socket has not yet taken the whole answer
    kLingering  // answered for the last time and half closed: what still comes is thrown away
  };
  enum class Sent { kAll, kBlocked, kBroken };
  enum class Expiry { kNone, kReady, kNoAnswer, kClose };

  // `options`, `handler` and `bodies` outlive it.
  Connection(int fd, std::string peer, const ServerOptions& options, Handler& handler, BodyBudget& bodies,
             SteadyTime now);

  Phase phase() const { return phase_; }
  // In place of a request that is with the handler.
  Request stand_in() const;
  // Since its last answer, or since it came.
  SteadyTime waits_since() const { return waits_since_; }
  // With the handler, or about to be.
  bool in_turn() const { return phase_ == Phase::kReady || phase_ == Phase::kWaiting; }
  bool idle() const { return phase_ == Phase::kReading && !parser_.started(); }

  void input(std::string_view bytes, SteadyTime now);
  // More came than is read ahead of an answer, or behind the last one: it has to be cut off.
  bool flooded() const { return thrown_away_ > handler_.max_body() + kMaxThrownAway; }

  // In kReady. The server's own answer, if the request needs no handler.
  std::optional<Response> take_verdict();
  // Then kWaiting; the answer has to show the same ticket.
  Request take_request(std::uint64_t ticket);
  bool awaits(std::uint64_t ticket) const { return phase_ == Phase::kWaiting && ticket_ == ticket; }
  // In kReady, after take_verdict, or kWaiting; then kSending.
  void answer(const Response& response, bool last, SteadyTime now);

  bool has_output() const { return sent_ < output_.size(); }
  Sent send(SteadyTime now);
  // In kSending, when all is sent: goes on to the next request, or to kLingering.
  void answered(SteadyTime now);

  // What the time limits ask for: kReady after a 408 was decided on, kNoAnswer when the handler took too long.
  Expiry expire(SteadyTime now);

 private:
  static constexpr std::size_t kMaxReadAhead = 128 * 1024;  // pipelined behind a request that is not answered yet
  // Beyond a body of the largest size, which may have been refused: a client sees its answer and no reset.
  static constexpr std::size_t kMaxThrownAway = 1024 * 1024;

  std::size_t parse(std::string_view bytes, SteadyTime now);
  void look_at_head(SteadyTime now);
  void keep(std::string_view bytes);
  bool reserve(std::size_t body);
  void reject(int status, std::string_view reason);
  void settle(Response verdict);

  const int fd_;
  const std::string peer_;
  const ServerOptions& options_;
  Handler& handler_;
  Phase phase_ = Phase::kReading;
  RequestParser parser_;
  BodyShare share_;             // for the body, and for what is read ahead
  std::size_t body_bytes_ = 0;  // of the share: the others are read ahead
  bool head_known_ = false;
  std::string read_ahead_;
  bool cut_ = false;   // bytes behind read_ahead_ were thrown away
  bool full_ = false;  // because all connections together had too much
  std::size_t thrown_away_ = 0;
  std::optional<Response> verdict_;
  std::uint64_t ticket_ = 0;
  bool keep_alive_ = true;  // after the present answer
  bool head_only_ = false;
  std::string output_;
  std::size_t sent_ = 0;
  SteadyTime waits_since_;
  SteadyTime deadline_;  // of the phase
};

}  // namespace headroom::http
