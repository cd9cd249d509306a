#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "headroom/chat_api.h"
#include "tests/model/orders.h"

namespace headroom::model {

// What Chat has shown to one worker since it took up its present piece of work.
struct Sight {
  struct Listed {
    Member member;
    TimeMs at = 0;
    bool exempt = false;  // by the orders of that moment
  };

  std::string name;  // for the trace
  std::string group_id;
  std::int64_t run_id = 0;    // of a stored run; 0: the work makes its own
  bool resolves = false;      // sends nothing
  bool may_not_call = false;  // the scheduler in mode observe
  TimeMs began_at = 0;

  // Since the last delete call of this work: a fresh look is one that stands here.
  std::optional<GroupInfo> group;
  std::map<std::string, Member> rows;
  std::set<std::string> asked_for;           // who was looked up, in the group or not
  std::map<std::string, Presence> presence;  // of those that were asked for; kUnknown: not in the answer
  std::optional<DurationMs> offset;          // Chat's clock minus ours, by the newest answer

  // For the plan.
  std::optional<GroupInfo> planned_on;  // the group as it was when the listing began
  std::vector<Listed> listing;
  bool rows_left_out = false;  // the simulator left out rows or fields since the work began

  // Of a sweep: the groups that its looks showed full, and when.
  std::map<std::string, TimeMs> seen_full;
  bool sweeps = false;
  int pauses_before = 0;    // of the daemon's own, when the work began
  bool must_pause = false;  // Chat said that an operator is needed, in a call that has to heed it

  TimeMs committed_at = 0;
  Orders at_commit;  // as they were when the newest commit of this work was made

  void begin(const std::string& of_group, std::int64_t run, bool only_resolves, TimeMs now) {
    const std::string keep = name;
    const auto keep_offset = offset;
    *this = Sight{};
    name = keep;
    offset = keep_offset;
    group_id = of_group;
    run_id = run;
    resolves = only_resolves;
    began_at = now;
  }
  void forget_looks() {
    group.reset();
    rows.clear();
    asked_for.clear();
    presence.clear();
  }
};

}  // namespace headroom::model
