#pragma once

#include <functional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "headroom/event_sink.h"

namespace headroom::spool {

// An event that the database does not take, though it takes others: why.
struct Refusal {
  std::string why;
};
using Verdict = std::variant<Stored, Refusal>;

struct Pass {
  std::vector<Verdict> verdicts;  // of the first events, in their order
  std::string stopped;            // why there is none of the others; empty: there are none
  bool away = false;              // it was the database that stopped it
};

// Stores them in their order. A batch of which the database says that one of them is wrong (kOther) is halved until
// that one stands alone, and gets its few tries; everything else that it says holds for all. `may_go_on` is asked
// before each attempt but the first.
Pass store_in_halves(EventSink& sink, std::span<const Event> events, const std::function<bool()>& may_go_on);

}  // namespace headroom::spool
