#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "headroom/chat_api.h"
#include "tests/model/orders.h"

namespace headroom::model {

// What Chat has shown to one worker since it took up its present piece of work.
struct Sight {
  struct Listed {
    Member member;
    TimeMs at = 0;
    bool exempt = false;   // by the orders of that moment
    bool doubled = false;  // stood there twice, with different values
  };

  std::string name;  // for the trace
  std::string group_id;
  std::int64_t run_id = 0;    // of a stored run; 0: the work makes its own
  bool resolves = false;      // sends nothing
  bool notes = false;         // makes no run
  bool of_many = false;       // its node is not alone
  bool may_not_call = false;  // the scheduler in mode observe
  TimeMs began_at = 0;        // by the daemon's own clock, as everything that it stores
  TimeMs really_began_at = 0;
  std::int64_t newest_run = 0;  // when it began
  int clock_steps = 0;          // the same

  // Since the last delete call of this work: a fresh look is one that stands here.
  std::optional<GroupInfo> group;
  std::map<std::string, Member> rows;
  std::set<std::string> asked_for;           // who was looked up, in the group or not
  std::map<std::string, Presence> presence;  // of those that were asked for; kUnknown: not in the answer
  // When the calls that showed it were sent.
  TimeMs group_sent_at = 0;
  TimeMs group_shown_at = 0;  // when its answer was there
  std::map<std::string, TimeMs> rows_sent_at;
  std::map<std::string, TimeMs> presence_sent_at;
  bool waited = false;               // a call of these waited for its turn for a second and longer
  std::set<std::string> doubled;     // whom an answer showed twice, with different values
  std::optional<DurationMs> offset;  // Chat's clock minus ours, by the newest answer

  // For the plan.
  std::optional<GroupInfo> planned_on;  // the group as it was when the listing began
  std::vector<Listed> listing;
  bool rows_doubled = false;   // by the look-up of some members
  bool rows_left_out = false;  // the simulator left out rows or fields since the work began
  std::set<std::pair<std::int64_t, std::string>> absent_pages;  // of members, that came without their list
  std::int64_t statuses_asked = 0;
  std::int64_t statuses_missing = 0;
  bool statuses_doubled = false;
  std::set<std::string> seen_back;  // removed once, and there again with a new JoinTime
  // A delete call was answered as if there were no group, which there is.
  bool told_gone = false;

  // Of a sweep: the groups that its looks showed full, and when.
  std::map<std::string, TimeMs> seen_full;
  bool sweeps = false;
  std::set<std::pair<std::string, std::uint64_t>> unread_pages;  // of group ids: type and position
  std::map<std::string, TimeMs> looked_at;                       // groups of the newest look, and when it was sent
  int pauses_before = 0;                                         // of the daemon's own, when the work began
  bool must_pause = false;  // Chat said that an operator is needed, in a call that has to heed it

  bool store_refused = false;  // the newest commit of this work: the disk was full, or nobody answered
  TimeMs committed_at = 0;
  Orders at_commit;  // as they were when the newest commit of this work was made

  void begin(const std::string& of_group, std::int64_t run, bool only_resolves, TimeMs now, TimeMs wall) {
    const std::string keep = name;
    const auto keep_offset = offset;
    *this = Sight{};
    name = keep;
    offset = keep_offset;
    group_id = of_group;
    run_id = run;
    resolves = only_resolves;
    began_at = wall;
    really_began_at = now;
  }
  void forget_looks() {
    group.reset();
    rows.clear();
    asked_for.clear();
    presence.clear();
    rows_sent_at.clear();
    presence_sent_at.clear();
    doubled.clear();
    waited = false;
  }
};

}  // namespace headroom::model
