// What a run has stored, judged once more by its own policy: it comes to the same.
#include <algorithm>

#include "headroom/names.h"
#include "headroom/past_facts.h"
#include "headroom/replay.h"
#include "tests/model/oracle.h"

namespace headroom::model {
namespace {

constexpr const char* kAdmin = "administrator";

// Given to those whom no rule keeps.
bool is_removable(Why why) { return why == Why::kInactive || why == Why::kOverLimit || why == Why::kNotNeeded; }

}  // namespace

void Oracle::check_replay(const Run& run) {
  if (!is_listing(run) || is_open(run.state)) return;
  Replay replay(run, run.policy, "", kAdmin);
  std::vector<std::string> selected;
  PageRequest page{1000, std::nullopt};
  do {
    const Page<RunMember> rows = view->run_members(run.id, std::nullopt, page);
    for (const RunMember& row : rows.items) {
      replay.see(row);
      if (row.decision == Decision::kRemove) selected.push_back(row.account);
      const Why why = judge_again(past_facts(run, row, kAdmin), run.policy).why;
      const bool same = why == row.why || (why == Why::kInactive && is_removable(row.why));
      // Of two rows that contradict each other one is stored.
      if (!same && row.why != Why::kUnknownActivity) {
        fail("replay", of_run(run) + " says " + std::string(name_of(row.why)) + " of " + row.account +
                           ", and its evidence " + std::string(name_of(why)));
      }
    }
    page.before_id = rows.next_before_id;
  } while (page.before_id);
  const Replay::Result again = replay.take();
  coverage.add("runs replayed");
  coverage.add("members selected by a replay", std::ssize(again.selected));
  if (again.selected != selected || !again.added.empty() || !again.spared.empty() || again.counted_only != 0) {
    fail("replay", of_run(run) + " has selected " + std::to_string(selected.size()) + ", and its replay " +
                       std::to_string(again.selected.size()) + " and " + std::to_string(again.counted_only) +
                       " that are only counted");
  }
}

}  // namespace headroom::model
