#pragma once

#include <algorithm>
#include <map>
#include <string>

#include "headroom/types.h"

namespace headroom::model {

// The daemon's rate limiter, in virtual time: calls of one API go out one after the other, and slowly after Chat has
// throttled one, or while the world lets nothing through faster.
class Turnstiles {
 public:
  // When a call that comes now goes out.
  TimeMs take(const std::string& api, TimeMs now) {
    Gate& gate = gates_[api];
    const TimeMs turn = std::max(now, gate.free_at);
    gate.free_at = turn + spacing(gate, turn);
    return turn;
  }
  void throttled(const std::string& api, TimeMs now) { gates_[api].slow_until = now + 20 * kSecondMs; }
  void jam(const std::string& api, DurationMs every, TimeMs until) {
    gates_[api].jammed_every = every;
    gates_[api].jammed_until = until;
  }
  void calm() { gates_.clear(); }

 private:
  struct Gate {
    TimeMs free_at = 0;
    TimeMs slow_until = 0;
    DurationMs jammed_every = 0;
    TimeMs jammed_until = 0;
  };
  static DurationMs spacing(const Gate& gate, TimeMs now) {
    if (now < gate.jammed_until) return gate.jammed_every;
    return now < gate.slow_until ? kSecondMs : 5;
  }

  std::map<std::string, Gate> gates_;
};

}  // namespace headroom::model
