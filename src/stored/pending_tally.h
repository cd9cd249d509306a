#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>

#include "headroom/group.h"
#include "headroom/types.h"

namespace headroom::stored {

// The events and new groups that a transaction has stored so far, counted for `tally` and `event_span`: a few rows for
// many of them, written before anybody can look, and before a trigger counts a group down that is not counted yet.
class PendingTally {
 public:
  void add_event(std::int64_t id, TimeMs received_at);
  void add_new_group(const Group& group);
  bool empty() const { return numbers_.empty(); }
  bool has_groups() const { return groups_ > 0; }
  void clear();

  struct Ids {
    std::int64_t first = 0;
    std::int64_t last = 0;
  };
  // By what, span and slot of `tally`; in this order always, so that two who write it do not wait for each other.
  const std::map<std::tuple<std::string, TimeMs, std::int64_t>, std::int64_t>& numbers() const { return numbers_; }
  // By the slot of `event_span`.
  const std::map<std::int64_t, Ids>& spans() const { return spans_; }

 private:
  // In the slot of that span that holds `at`, as `tally` has them.
  void count(const char* what, TimeMs span, TimeMs at);

  std::map<std::tuple<std::string, TimeMs, std::int64_t>, std::int64_t> numbers_;
  std::map<std::int64_t, Ids> spans_;
  int groups_ = 0;
};

}  // namespace headroom::stored
