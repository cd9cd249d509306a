#include "app/execution.h"

#include <algorithm>
#include <utility>

#include "app/membership.h"
#include "app/pause_switch.h"
#include "headroom/selection.h"

namespace headroom {
namespace {

bool is_settled(Outcome outcome) {
  return outcome == Outcome::kRemoved || outcome == Outcome::kLeft || outcome == Outcome::kBecameProtected;
}

}  // namespace

bool has_wanted_room(const Run& run, const std::optional<Look>& look) {
  return look && !look->gone && look->info.member_num && look->info.max_member_num &&
         *look->info.max_member_num - *look->info.member_num >= run.wanted;
}

void close_run(Run& run, const std::vector<RunMember>& plan, const std::string& reason, bool room, TimeMs now) {
  run.removed = std::count_if(plan.begin(), plan.end(), [](const auto& m) { return m.outcome == Outcome::kRemoved; });
  const bool settled = std::all_of(plan.begin(), plan.end(), [](const auto& m) { return is_settled(m.outcome); });
  run.finished_at = now;
  run.reason = reason;
  if (run.removed > 0) {
    const bool succeeded = settled || room;
    run.state = succeeded ? RunState::kSucceeded : RunState::kPartial;
    if (succeeded && !is_error(reason)) run.reason.clear();
    return;
  }
  const auto refused =
      std::find_if(plan.begin(), plan.end(), [](const auto& m) { return m.outcome == Outcome::kError; });
  if (run.reason.empty() && refused != plan.end()) {
    run.reason = "chat_error_" + std::to_string(refused->error_code);
  }
  if (run.reason.empty()) run.reason = room ? "has_room" : "nobody_removable";
  run.state = is_error(run.reason) ? RunState::kFailed : RunState::kNothingToDo;
}

Execution::Execution(ChatSession& chat, Committer& committer, ReadView& view, Clock& clock, const Settings& settings,
                     const Gate& gate, std::function<void(std::int64_t)> members_removed, Run run)
    : chat_(chat),
      committer_(committer),
      view_(view),
      clock_(clock),
      settings_(settings),
      gate_(gate),
      members_removed_(std::move(members_removed)),
      run_(std::move(run)),
      batch_size_(static_cast<std::size_t>(std::clamp<std::int64_t>(settings.delete_batch, 1, 100))) {}

Execution::End Execution::execute() {
  for (RunMember& member : view_.plan(run_.id)) pending_.push_back(std::move(member));
  std::optional<Stop> stop;
  while (!pending_.empty() && !enough_ && !stop) stop = step();
  return finish(stop);
}

// One batch. Takes at least one member out of the plan, or counts a failure.
std::optional<Stop> Execution::step() {
  if (auto stop = may_go_on(view_)) return stop;
  const auto needed = seats_needed();
  if (const auto* stop = std::get_if<Stop>(&needed)) return *stop;
  const auto seats = static_cast<std::size_t>(std::get<std::int64_t>(needed));
  if (seats == 0) {
    enough_ = true;
    return std::nullopt;
  }
  auto judged = judge_again(std::min({batch_size_, seats, pending_.size()}));
  if (auto* stop = std::get_if<Stop>(&judged)) return *stop;
  const auto& batch = std::get<std::vector<RunMember>>(judged);
  if (batch.empty()) return std::nullopt;
  // The looks took time: what Chat's clock showed meanwhile, and what operators said, counts for this batch too.
  if (auto stop = chat_.clock_stop()) {
    put_back(batch);
    return stop;
  }
  const auto intent = write_intent(accounts_of(batch));
  const auto* stop = std::get_if<Stop>(&intent);
  if (stop != nullptr || !std::get<bool>(intent)) put_back(batch);
  if (stop != nullptr) return *stop;
  return std::get<bool>(intent) ? remove(batch) : std::nullopt;
}

std::optional<Stop> Execution::may_go_on(ReadView& view) {
  if (auto stop = gate_.stop_for(run_)) return stop;
  if (const auto exemption = view.find_exemption(ExemptionKind::kGroup, run_.group_id, clock_.now())) {
    exempt_until_ = exemption->expires_at;
    return Stop{"exempt"};
  }
  const auto group = view.find_group(run_.group_id);
  if (!group || group->state == GroupState::kGone) return Stop{"gone"};
  return std::nullopt;
}

OrStop<std::int64_t> Execution::seats_needed() {
  auto looked = chat_.look(run_.group_id);
  if (auto* stop = std::get_if<Stop>(&looked)) return *stop;
  look_ = std::get<Look>(std::move(looked));
  if (look_->gone) return Stop{"gone"};
  if (auto stop = chat_.clock_stop()) return *stop;
  const GroupInfo& info = look_->info;
  if (!is_supported_type(info.type)) return Stop{"unsupported_type"};
  if (!info.member_num || !info.max_member_num || *info.max_member_num <= 0) return Stop{"capacity_unknown"};
  if (run_.policy.reader_backlog > 0 && !info.next_msg_seq) return Stop{"field_missing"};
  return needed_removals(run_.wanted, *info.member_num, *info.max_member_num);
}

// Takes the next `count` members out of the plan, records those that are gone or protected by now, and returns the
// rest.
OrStop<std::vector<RunMember>> Execution::judge_again(std::size_t count) {
  std::vector<RunMember> batch(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(count));
  const std::vector<std::string> accounts = accounts_of(batch);
  auto looked = chat_.members(run_.group_id, accounts);
  if (auto* stop = std::get_if<Stop>(&looked)) return *stop;
  const auto& members = std::get<0>(looked);
  std::map<std::string, Presence> presence;
  if (run_.policy.protect_online) {
    auto asked = chat_.presence(accounts);
    if (auto* stop = std::get_if<Stop>(&asked)) return *stop;
    presence = std::get<0>(std::move(asked));
  }
  const Standings standings(view_, run_.group_id, accounts, settings_.admin_identifier, clock_.now());
  pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(count));

  std::vector<RunMember> go;
  std::vector<RunMember> vanished;  // sent before: whether that was our delete, Chat has to say
  std::map<std::string, Outcome> settled;
  for (RunMember& planned : batch) {
    const auto member = members.find(planned.account);
    if (member == members.end()) {
      settled[planned.account] = Outcome::kLeft;
      if (unsettled_.contains(planned.account)) vanished.push_back(std::move(planned));
      continue;
    }
    JudgeContext context = standings.context_of(planned.account);
    context.next_msg_seq = look_->info.next_msg_seq;
    if (run_.policy.protect_online) context.presence = presence.at(planned.account);
    const auto& join = member->second.join_time_s;
    if (unsettled_.contains(planned.account) && joined_anew(join, planned.joined_at_s)) {
      settled[planned.account] = Outcome::kRemoved;  // our delete, and back again
    } else if (join == planned.joined_at_s && judge(member->second, context, run_.policy) == Why::kInactive) {
      go.push_back(std::move(planned));
    } else {
      settled[planned.account] = Outcome::kBecameProtected;
    }
  }
  if (!vanished.empty()) {
    const auto found = find_removed(chat_, run_.group_id, is_community(look_->info.type), vanished);
    if (const auto* stop = std::get_if<Stop>(&found)) {
      in_doubt_ = stop->reason != "gone";
      return *stop;
    }
    for (const auto& [account, out] : std::get<0>(found)) settled[account] = out ? Outcome::kRemoved : Outcome::kLeft;
  }
  record(settled, 0);
  return go;
}

// An exemption or a pause that was committed before the intent holds: whoever ordered it has been told so. False: one
// of the accounts is exempt by now, they have to be judged again.
OrStop<bool> Execution::write_intent(const std::vector<std::string>& accounts) {
  OrStop<bool> intent = false;
  committer_.commit([&](Storage& storage) {
    intent = false;
    if (auto stop = may_go_on(storage)) {
      intent = *stop;
    } else if (PauseSwitch::read(storage).paused()) {
      intent = Stop{"paused"};
    } else if (storage.exempt_members(accounts, clock_.now()).empty()) {
      storage.mark_sent(run_.id, accounts, clock_.now());
      intent = true;
    }
  });
  return intent;
}

void Execution::record(const std::map<std::string, Outcome>& outcomes, int error_code) {
  if (outcomes.empty()) return;
  std::int64_t removed = 0;
  for (const auto& [account, outcome] : outcomes) {
    unsettled_.erase(account);
    if (outcome == Outcome::kRemoved) ++removed;
  }
  run_.removed += removed;
  committer_.commit([&](Storage& storage) {
    for (const auto& [account, outcome] : outcomes) storage.finish_member(run_.id, account, outcome, error_code);
    storage.update_run(run_);
  });
  if (removed > 0) members_removed_(removed);
}

void Execution::put_back(const std::vector<RunMember>& batch) {
  pending_.insert(pending_.begin(), batch.begin(), batch.end());
}

Execution::End Execution::finish(const std::optional<Stop>& seen) {
  const std::optional<Stop> stop = true_stop(gate_, run_, seen);
  End end;
  if (stop && stop->pauses) end.pause_reason = stop->reason;
  end.exempt_until = exempt_until_;
  if (in_doubt_) {
    end.in_doubt = true;
    end.run = run_;
    return end;
  }
  // Sent, seen to be members after it, and not tried again.
  const auto unsettled = std::exchange(unsettled_, {});
  for (const auto& [account, code] : unsettled) {
    record({{account, code == 0 ? Outcome::kStillMember : Outcome::kError}}, code);
  }
  if (!stop || !stop->pauses) {
    auto looked = chat_.look(run_.group_id);
    if (auto* look = std::get_if<Look>(&looked)) end.look = std::move(*look);
  }
  if (end.look && !end.look->gone) run_.members_after = end.look->info.member_num;
  close_run(run_, view_.plan(run_.id), stop ? stop->reason : "", has_wanted_room(run_, end.look) || enough_,
            clock_.now());
  end.run = run_;
  return end;
}

}  // namespace headroom
