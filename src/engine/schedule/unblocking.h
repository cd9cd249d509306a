#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "engine/gate/settings.h"
#include "engine/writer.h"
#include "headroom/clock.h"
#include "headroom/loosening.h"
#include "headroom/storage.h"

namespace headroom {

// A group that a limit or a rule keeps blocked waits for a time that was right under that policy. Under one that leaves
// more to remove, by a reload or a restart, those groups are made due, some at each step.
class Unblocking {
 public:
  Unblocking(Writer& writer, ReadView& view, const Clock& clock) : writer_(writer), view_(view), clock_(clock) {}

  // This node leads from now on. What an earlier leader has done for which rules is stored; reloads that this one has
  // had meanwhile are no news.
  void take_over();
  // Does one job when it is time for one, and returns when it is time for the next.
  SteadyMs step(TimeMs now, SteadyMs at, const Settings& settings);

 private:
  void begin(const Settings& settings);
  std::optional<std::int64_t> unblock(Transaction& storage, const Page<Group>& page, const Settings& settings,
                                      TimeMs now) const;
  bool is_judged_anew(ReadView& view, const Group& group, const Settings& settings, TimeMs now) const;

  Writer& writer_;
  ReadView& view_;
  const Clock& clock_;
  std::optional<BlockRules> rules_;  // those that were seen last
  TimeMs since_ = 0;                 // these are in force, also in earlier processes and on other nodes
  std::uint64_t reloads_ = 0;        // that were seen
  // Of a walk through the blocked groups, which ends with the rules stored.
  bool walking_ = false;
  std::set<BlockReason> reasons_;
  std::optional<std::int64_t> before_id_;
  SteadyMs next_;
};

}  // namespace headroom
