// What the history says, against the ledger.
#include <algorithm>

#include "headroom/names.h"
#include "tests/model/oracle.h"
#include "tests/model/rules.h"

namespace headroom::model {
namespace {

bool is_settled(Outcome outcome) {
  return outcome == Outcome::kRemoved || outcome == Outcome::kLeft || outcome == Outcome::kBecameProtected;
}

}  // namespace

void Oracle::check_history(TimeMs now) {
  PageRequest page{1000, std::nullopt};
  std::map<std::int64_t, Run> known;
  for (bool more = true; more;) {
    const Page<Run> runs = view->runs({}, page);
    for (const Run& run : runs.items) {
      known[run.id] = run;
      check_closed(run);
      check_waiting(run, now);
      check_replay(run);
    }
    more = runs.next_before_id.has_value();
    page.before_id = runs.next_before_id;
  }
  for (const auto& [run_id, members] : fates_) {
    if (!known.contains(run_id)) fail("history", "run " + std::to_string(run_id) + " sent, and is forgotten");
  }
  check_sources(known);
  check_events();
}

void Oracle::check_closed(const Run& run) {
  if (run.state == RunState::kRunning) {
    fail("end", of_run(run) + " never ends");
    return;
  }
  if (is_open(run.state)) return;
  if (run.mode == RunMode::kRaise) return check_raise_closed(run);
  const std::vector<RunMember> plan = view->plan(run.id);
  count_run(run, plan);
  if (run.mode == RunMode::kRestore) {
    check_restored(run, plan);
    return;
  }
  const auto removed =
      std::count_if(plan.begin(), plan.end(), [](const auto& m) { return m.outcome == Outcome::kRemoved; });
  if (run.removed != removed) fail("history", of_run(run) + " miscounts the removed");
  if (!run.finished_at) fail("history", of_run(run) + " is closed without a time");
  const bool did = run.state == RunState::kSucceeded || run.state == RunState::kPartial;
  if (did != (removed > 0)) {
    fail("history",
         of_run(run) + " is " + std::string(name_of(run.state)) + " with " + std::to_string(removed) + " removed");
  }
  const bool settled = std::all_of(plan.begin(), plan.end(), [](const auto& m) { return is_settled(m.outcome); });
  if (run.state == RunState::kPartial && settled) fail("history", of_run(run) + " is partial, and all are settled");
  if (run.state == RunState::kFailed && run.reason == Reason::kClosed) fail("9", of_run(run) + " failed, being closed");
  if (run.state == RunState::kFailed && run.reason.empty()) fail("history", of_run(run) + " failed without a reason");
  check_fates(run, plan);
}

// A call may be carried out after what Chat said last of the member, before the run has come to its end: of whom an
// outcome is stored nobody asks again, although a death or a pause may keep the run open for hours.
TimeMs Oracle::last_known(const Run& run, const std::string& account, TimeMs sent_at, TimeMs finished_at) const {
  const auto asked = asked_.find({run.group_id, account});
  if (asked == asked_.end()) return finished_at;
  const auto after = asked->second.upper_bound(finished_at);
  if (after == asked->second.begin()) return finished_at;
  const TimeMs last = *std::prev(after);
  const auto undecided = undecided_.find(run.id);
  if (undecided != undecided_.end()) {
    const auto member = undecided->second.find(account);
    if (member != undecided->second.end()) sent_at = std::max(sent_at, member->second);
  }
  return last < sent_at ? finished_at : last;
}

void Oracle::check_fates(const Run& run, const std::vector<RunMember>& plan) {
  const auto found = fates_.find(run.id);
  const std::map<std::string, Fate> none;
  const auto& fates = found == fates_.end() ? none : found->second;
  const bool unsure = unsure_.contains(run.id) || gone_.contains(run.group_id);
  const auto known = times_.find(run.id);
  const TimeMs created_at = known == times_.end() ? run.created_at : known->second.created_at;
  const TimeMs finished_at =
      known == times_.end() || !known->second.finished_at ? *run.finished_at : *known->second.finished_at;
  // Since the listing, which is older than the run.
  const auto went_out_meanwhile = [&](const std::string& account) {
    const auto& outs = outs_[run.group_id];
    return std::any_of(outs.begin(), outs.end(), [&](const auto& out) {
      return out.first == account && out.second >= created_at - 10 * kMinuteMs && out.second <= finished_at;
    });
  };
  for (const RunMember& member : plan) {
    const std::string who = of_run(run) + ": " + member.account + " is '" + std::string(name_of(member.outcome)) + "'";
    const auto fate = fates.find(member.account);
    if (fate == fates.end()) {
      // Killed between the intent and the call: whoever left by then looks removed.
      const bool meant = member.sent_at && (unsure || went_out_meanwhile(member.account));
      if (member.outcome == Outcome::kRemoved && !meant) fail("history", who + ", and was never sent");
    } else {
      const Fate& truth = fate->second;
      // What Chat refused is not sent, and may be forgotten.
      if (!member.sent_at && truth.may_be_done_at) fail("history", who + ", and was sent, which nothing says");
      if (member.outcome == Outcome::kNone && truth.may_be_done_at) fail("history", who + ", and was sent");
      if (member.outcome == Outcome::kRemoved && !unsure && !went_out_meanwhile(member.account)) {
        fail("6", who + ", and never went out");
      }
      const TimeMs at_least = truth.remover_sent_at + kCallLasts;
      const TimeMs known_until = std::max(at_least, last_known(run, member.account, truth.sent_at, finished_at));
      const bool ours = truth.removed_at && *truth.removed_at <= known_until;
      const bool given_up = name_of(member.outcome) == "unknown";
      if (ours && member.outcome != Outcome::kRemoved && !unsure && !given_up)
        fail("history", who + ", and the run removed it");
    }
    if (member.outcome == Outcome::kLeft && !unsure && !went_out_meanwhile(member.account)) {
      fail("history", who + ", and never went out");
    }
  }
}

}  // namespace headroom::model
