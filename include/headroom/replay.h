#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "headroom/policy.h"
#include "headroom/reason.h"
#include "headroom/run.h"
#include "headroom/selection.h"

// What another policy would have made of a run's listing, from the run's rows. Pure, and by the selection that plans
// are made by.
namespace headroom {

// Whether the run listed members that were believed; others can not be replayed.
bool is_listing(const Run& run);

struct ReplayedName {
  std::string account;
  Why why_then = Why::kInactive;
  Why why = Why::kInactive;  // by the other policy
  Reason left_alone;         // not empty: the group would have been left alone, `why` says nothing
};

// Fed with the run's rows, in any order. Limits of a day are not replayed: where something else than the run's own
// policy cut it, that holds until the other policy has another limit.
class Replay {
 public:
  // `type`: the group's, where the run's evidence has none. Both outlive this.
  Replay(const Run& run, const Policy& other, const std::string& type, std::string_view admin_identifier);

  void see(const RunMember& row);

  struct Result {
    std::vector<std::string> selected;  // by the other policy, the first to go first
    std::int64_t selected_then = 0;
    std::vector<ReplayedName> added;
    std::vector<ReplayedName> spared;
    // How many more might have gone: those whose rows are not kept, and those of whom nobody asked then what a rule of
    // the other policy asks.
    std::int64_t counted_only = 0;
  };
  Result take();

 private:
  std::int64_t unnamed() const;

  const Run& run_;
  const Policy& other_;
  const std::string_view admin_identifier_;
  const bool as_then_;
  const std::int64_t limit_;
  const Reason left_alone_;
  Selection selection_;
  std::map<std::string, std::pair<Decision, Why>> then_;  // of those who are offered
  std::vector<ReplayedName> spared_;
  std::int64_t selected_then_ = 0;
  std::int64_t removable_then_ = 0;
  std::int64_t offered_ = 0;
  std::int64_t unproven_ = 0;
};

}  // namespace headroom
