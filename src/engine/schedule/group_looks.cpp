#include "engine/schedule/group_looks.h"

#include <algorithm>
#include <utility>

#include "engine/gate/opening.h"
#include "engine/runs/approval.h"
#include "engine/runs/group_exemption.h"
#include "engine/runs/parking.h"
#include "engine/runs/runner.h"
#include "headroom/group_state.h"
#include "headroom/run_state.h"
#include "headroom/sweep.h"

namespace headroom {
namespace {

// A walk through the unconfirmed groups begins again this often: by then those that Chat did not answer for may do.
constexpr DurationMs kEarlyWalkEvery = kMinuteMs;
// Unconfirmed groups have every fifth place, and no more than every fifth second: a call for them that took longer than
// this is followed by four times as long without one.
constexpr DurationMs kQuickCall = kSecondMs;
constexpr int kOthersShare = 4;

}  // namespace

std::optional<SteadyMs> GroupLooks::step(TimeMs now, std::shared_ptr<const Settings> settings) {
  settings_ = std::move(settings);
  if (closed(confirmed_) && closed(unconfirmed_)) return std::min(confirmed_.not_before, unconfirmed_.not_before);
  const Due due = due_groups(now);
  ask_calendar(due.parked, now);
  bool looked = false;
  if (!due.confirmed.empty()) looked = look_at(due.confirmed, confirmed_);
  // When that failed it may be Chat: the others have their turn in the next step.
  if (!due.unconfirmed.empty() && (looked || due.confirmed.empty())) {
    const SteadyMs began = clock_.steady_now();
    const bool answered = look_at(due.unconfirmed, unconfirmed_);
    looked = answered || looked;
    const SteadyMs ended = clock_.steady_now();
    // Where nobody was answered it is not they who took the time: then they wait as the others do.
    if (const DurationMs took = ended - began; answered && took > kQuickCall) {
      unconfirmed_.not_before = std::max(unconfirmed_.not_before, ended + std::min(kOthersShare * took, kMinuteMs));
    }
  }
  return looked ? std::optional(clock_.steady_now()) : next_look();
}

void GroupLooks::start_anew() {
  confirmed_ = {};
  unconfirmed_ = {};
}

std::optional<SteadyMs> GroupLooks::next_look() const {
  // Groups in hand may be due still; who finishes them wakes the scheduler.
  if (work_.in_hand() > 0) return std::nullopt;
  const auto due_at = view_.next_due_at();
  if (!due_at) return std::nullopt;
  const SteadyMs at = clock_.steady_now();
  const DurationMs until_due = *due_at - clock_.now();
  if (until_due > 0) return at + until_due;
  // What is due and was not looked at waits for its lane; who becomes due in the other one is not to wait along.
  SteadyMs next = at;
  for (const Lane* lane : {&confirmed_, &unconfirmed_}) {
    if (closed(*lane)) next = std::max(next, std::min(lane->not_before, at + kSecondMs));
  }
  return next;
}

// Up to 50, those of a closed lane left out.
GroupLooks::Due GroupLooks::due_groups(TimeMs now) {
  std::vector<Group> groups = view_.due_groups(now, static_cast<int>(kMaxGroupsPerLook + work_.in_hand()));
  std::erase_if(groups, [this](const Group& group) { return work_.busy(group.group_id); });
  Due due;
  const auto parked = std::stable_partition(groups.begin(), groups.end(),
                                            [](const Group& group) { return group.state != GroupState::kPruning; });
  if (!closed(confirmed_)) due.parked.assign(parked, groups.end());
  groups.erase(parked, groups.end());
  if (groups.size() > kMaxGroupsPerLook) groups.resize(kMaxGroupsPerLook);
  for (Group& group : groups) {
    const bool confirmed = group.observed_at.has_value();
    if (closed(confirmed ? confirmed_ : unconfirmed_)) continue;
    (confirmed ? due.confirmed : due.unconfirmed).push_back(std::move(group));
  }
  if (!closed(unconfirmed_)) add_early_ones(due.unconfirmed, now);
  return due;
}

// Those that go on are a worker's work, which asks the calendar once more.
void GroupLooks::ask_calendar(const std::vector<Group>& parked, TimeMs now) {
  std::vector<Run> waiting;
  for (const Group& group : parked) {
    const auto run = view_.open_run(group.group_id);
    if (!run || !is_parked(*run)) continue;
    if (is_closed(*settings_, *run, now)) {
      waiting.push_back(*run);
    } else {
      work_.push({Work::Kind::kExecute, group.group_id, run->id});
    }
  }
  if (waiting.empty()) return;
  writer_.commit([&](Transaction& storage) {
    for (const Run& seen : waiting) {
      const auto run = storage.find_run(seen.id);
      if (run && is_parked(*run)) park(storage, *run, *settings_, now);
    }
  });
}

// While there is room, groups that only webhooks know and that are not due yet, once there are so many that the oldest
// will soon give way (webhook.max_unconfirmed_groups). Chat knows the real ones, which then stay; the forged ones go.
// Both go from the oldest on, so that none gives way before its look while Chat keeps up.
void GroupLooks::add_early_ones(std::vector<Group>& groups, TimeMs now) {
  if (clock_.steady_now() >= next_early_walk_) {
    early_look_after_id_ = 0;
    next_early_walk_ = clock_.steady_now() + kEarlyWalkEvery;
  }
  const int room = static_cast<int>(kMaxGroupsPerLook - groups.size());
  if (room == 0) return;
  for (Group& group : view_.unconfirmed_groups(early_look_after_id_, settings_->max_unconfirmed_groups / 2, room)) {
    early_look_after_id_ = group.id;
    const bool due = group.next_check_at && *group.next_check_at <= now;
    if (!due && !work_.busy(group.group_id)) groups.push_back(std::move(group));
  }
}

// One call. False when nothing came of it.
bool GroupLooks::look_at(const std::vector<Group>& groups, Lane& lane) {
  std::vector<std::string> ids;
  ids.reserve(groups.size());
  for (const Group& group : groups) ids.push_back(group.group_id);
  auto looked = chat_.look_all(ids);
  if (const auto* stop = std::get_if<Stop>(&looked)) {
    looks_failed(groups, *stop, lane);
    return false;
  }
  heard_();
  if (const auto stop = chat_.clock_stop()) {
    looks_failed(groups, *stop, lane);
    return false;
  }
  lane.failed = 0;
  std::map<std::string, GroupInfo> infos;
  for (GroupInfo& info : std::get<0>(looked)) infos.emplace(info.group_id, std::move(info));
  store_looks(groups, infos, chat_.looked_at(), lane);
  return true;
}

void GroupLooks::store_looks(const std::vector<Group>& groups, const std::map<std::string, GroupInfo>& infos,
                             TimeMs sent_at, const Lane& lane) {
  // When the daemon stops, an answer that is missing is no news of Chat.
  const bool stopping = gate_.stopping();
  const std::size_t room_for_notes = work_.room_for_notes();
  std::vector<Work> work;
  std::vector<Run> ended;
  writer_.commit([&](Transaction& storage) {
    std::size_t room = room_for_notes;
    work.clear();
    ended.clear();
    for (const Group& group : groups) {
      const auto info = infos.find(group.group_id);
      const int code = info == infos.end() ? 0 : info->second.error_code;
      if (info != infos.end() && (code == 0 || means_gone(code))) {
        const Look look{sent_at, code != 0, info->second, Known{group.id, group.full_events}};
        const Wants wants = store_look(storage, group, look, ended, room);
        if (wants == Wants::kNothing) continue;
        const auto kind = wants == Wants::kNote ? Work::Kind::kNote : Work::Kind::kPrune;
        if (wants == Wants::kNote) --room;
        work.push_back({kind, group.group_id, 0, 0, std::nullopt, Work::is_large(look.info.member_num)});
      } else if (!stopping) {
        const ChatOutcome outcome = code == 0 ? ChatOutcome::kOutcomeUnknown : classify(code);
        auto run = store_failed_run(storage, group.group_id, stop_of(outcome, code).reason, lane);
        if (run) ended.push_back(*run);
      }
    }
  });
  for (const Run& run : ended) observer_.run_finished(run);
  push(work);
}

void GroupLooks::push(std::vector<Work>& work) {
  for (Work& each : work) {
    if (each.kind != Work::Kind::kNote) {
      work_.push(std::move(each));
      continue;
    }
    notes_.taken(each.group_id, *settings_);
    work_.push_note(std::move(each));
  }
}

// `seen`: the group as it was when the look was sent.
GroupLooks::Wants GroupLooks::store_look(Transaction& storage, const Group& seen, const Look& look,
                                         std::vector<Run>& ended, std::size_t room_for_notes) {
  const std::string& group_id = seen.group_id;
  auto group = storage.find_group(group_id);
  if (!group) {
    // It gave way to newer ones while Chat was asked. Of one that is full, its acknowledged event was no forgery.
    if (seen.observed_at || !shows_full(look)) return Wants::kNothing;
    group = seen;
    group->id = 0;
  }
  const TimeMs now = clock_.now();
  AfterLook after = after_look(std::move(*group), look, group_exemption(storage, group_id, now), now, settings_->timing,
                               settings_->policy);
  if (after.result == LookResult::kForget) {
    storage.delete_group(group_id);
    return Wants::kNothing;
  }
  const auto open = storage.open_run(group_id);
  if (open && open->state == RunState::kAwaitingApproval && after.group.state == GroupState::kGone) {
    ended.push_back(end_with_group(storage, *open, now));
  } else if (open && !is_parked(*open)) {
    after.group.next_check_at.reset();  // the run's end says what comes next
  }
  const bool notes = !open && notes_.wants(storage, after.group, look, *settings_);
  if (notes && room_for_notes == 0) after.group = await_note(std::move(after.group), now);
  storage.save_group(after.group);
  if (open) return Wants::kNothing;
  if (after.result == LookResult::kNeedsRun) return Wants::kRun;
  return notes && room_for_notes > 0 ? Wants::kNote : Wants::kNothing;
}

// Chat did not answer: those of the groups that were to get a run have a failed one, and all wait. When the daemon
// stops, nothing is known of Chat, and all stay due; as they do when one of the clocks is wrong.
void GroupLooks::looks_failed(const std::vector<Group>& groups, const Stop& stop, Lane& lane) {
  if (gate_.stopping()) return;
  if (stop.reason == Reason::kClockSkew) {
    heard_();
    self_pause_.pause_self(stop.reason, groups.front().group_id);
    return;
  }
  const auto& timing = settings_->timing;
  lane.not_before = clock_.steady_now() + back_off(lane.failed++, std::min(timing.retry_base, kMinuteMs),
                                                   std::min(timing.retry_max, kMinuteMs), random_());
  if (stop.pauses) self_pause_.pause_self(stop.reason, groups.front().group_id);
  std::vector<Run> failed;
  writer_.commit([&](Transaction& storage) {
    failed.clear();
    for (const Group& group : groups) {
      if (auto run = store_failed_run(storage, group.group_id, stop.reason, lane)) failed.push_back(*run);
    }
  });
  for (const Run& run : failed) observer_.run_finished(run);
}

// A failed run without a plan, or one more confirmation of the last; the group backs off. The run, when it is new.
std::optional<Run> GroupLooks::store_failed_run(Transaction& storage, const std::string& group_id, const Reason& reason,
                                                const Lane& lane) {
  auto group = storage.find_group(group_id);
  if (!group || storage.open_run(group_id)) return std::nullopt;
  const TimeMs now = clock_.now();
  if (!may_get_run(*group, now, settings_->timing)) {
    // It was not to get a run; nor was it due, when it was asked for early.
    if (!group->next_check_at || *group->next_check_at > now) return std::nullopt;
    // Chat may have answered for all but this one: then there is no other wait.
    const DurationMs wait = std::max(lane.not_before - clock_.steady_now(), settings_->timing.retry_base);
    storage.save_group(after_vain_look(std::move(*group), now, wait, settings_->timing));
    return std::nullopt;
  }
  Run run;
  run.group_id = group_id;
  run.mode = run_mode_of(settings_->mode);
  run.policy = settings_->policy;
  fail_run(run, reason);
  run.created_at = now;
  run.finished_at = now;
  const auto last = group->last_run_id ? storage.find_run(*group->last_run_id) : std::nullopt;
  const bool repeats = last && says_the_same(*last, run);
  if (repeats) {
    Run confirmed = *last;
    confirm(confirmed, run, now);
    run = confirmed;
    storage.update_run(run);
  } else {
    run.id = storage.insert_run(run);
  }
  storage.save_group(
      after_run(std::move(*group), {run, std::nullopt, std::nullopt, random_()}, now, settings_->timing));
  return repeats ? std::nullopt : std::optional(run);
}

}  // namespace headroom
