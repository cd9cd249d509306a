#pragma once

#include <cstdint>
#include <map>

#include "headroom/types.h"

namespace headroom::sqlite {

class Connection;

// The events that a transaction has stored so far, counted for `tally` and `event_span`: a few rows for many events,
// written before anybody can look.
class EventTally {
 public:
  void add(std::int64_t id, TimeMs received_at);
  bool empty() const { return minutes_.empty(); }
  // Writes what was added, and begins anew.
  void write(Connection& connection);
  void clear();

 private:
  struct Ids {
    std::int64_t first = 0;
    std::int64_t last = 0;
  };

  std::map<std::int64_t, std::int64_t> minutes_;  // events in each minute since 1970
  std::map<std::int64_t, Ids> spans_;             // by event_span's slot
};

}  // namespace headroom::sqlite
