#include "engine/what_if/hindsight.h"

#include <algorithm>
#include <utility>

namespace headroom {
namespace {

constexpr int kRunsAtOnce = 250;
constexpr int kRowsAtOnce = 1000;
constexpr int kMostReturners = 100000;
// Between two pages of runs: others want the processor, too.
constexpr DurationMs kBreath = 1;

void add_names(const Run& run, std::vector<ReplayedName>& from, std::vector<WhatIfName>& to, WhatIf& all) {
  for (ReplayedName& name : from) {
    if (all.added.size() + all.spared.size() >= kMaxWhatIfNames) {
      all.truncated = true;
      return;
    }
    to.push_back({run.id, std::move(name.account), name.why_then, name.why, name.left_alone});
  }
}

}  // namespace

Result<WhatIf> Hindsight::ask(const PolicyChange& change, std::optional<TimeMs> since, SteadyMs deadline) {
  RunFilter filter;
  filter.since = since.value_or(clock_.now() - kWhatIfPast);
  PageRequest request{kRunsAtOnce, std::nullopt};
  from_.reset();
  WhatIf all;
  while (true) {
    Page<Run> page = view_.runs(filter, request);
    for (const Run& run : page.items) {
      if (clock_.steady_now() >= deadline) {
        return Denied{Denied::kTimeout, "there are too many runs to replay in time: ask with a later since"};
      }
      if (is_listing(run)) replay(run, change, all);
    }
    if (!page.next_before_id) return all;
    request.before_id = page.next_before_id;
    if (!clock_.sleep(kBreath)) return Denied{Denied::kUnavailable, "the daemon is stopping"};
  }
}

void Hindsight::replay(const Run& run, const PolicyChange& change, WhatIf& all) {
  if (!from_ || !(*from_ == run.policy)) {
    to_ = change(run.policy);
    from_ = run.policy;
  }
  std::string type;
  if (!run.evidence || run.evidence->type.empty()) {
    if (const auto group = view_.find_group(run.group_id)) type = group->type;
  }
  Replay replay(run, to_, type, admin_identifier_);
  PageRequest request{kRowsAtOnce, std::nullopt};
  do {
    Page<RunMember> page = view_.run_members(run.id, std::nullopt, request);
    for (const RunMember& row : page.items) replay.see(row);
    request.before_id = page.next_before_id;
  } while (request.before_id);
  add(run, replay.take(), all);
}

void Hindsight::add(const Run& run, Replay::Result result, WhatIf& all) const {
  ++all.runs;
  all.would_remove += std::ssize(result.selected);
  all.did_remove += result.selected_then;
  all.counted_only += result.counted_only;
  all.came_back += count_returned(run, result.selected);
  add_names(run, result.added, all.added, all);
  add_names(run, result.spared, all.spared, all);
}

std::int64_t Hindsight::count_returned(const Run& run, const std::vector<std::string>& accounts) const {
  if (accounts.empty()) return 0;
  const auto returned = view_.rejoined(run.group_id, kMostReturners);
  return std::count_if(accounts.begin(), accounts.end(), [&](const std::string& account) {
    const auto back = returned.find(account);
    return back != returned.end() && back->second >= run.created_at;
  });
}

}  // namespace headroom
