// The time of calm at the end of a world: everything has to come to rest.
#include <algorithm>
#include <utility>

#include "headroom/names.h"
#include "tests/model/rules.h"
#include "tests/model/simulation.h"
#include "text/time_text.h"

namespace headroom::model {
namespace {

constexpr DurationMs kRest = 36 * kHourMs;
constexpr int kVainLooks = 10;
constexpr int kLastMinutes = 10;  // for what is in hand when the rest is over

}  // namespace

void Simulation::come_to_rest() {
  trace_.say(timeline_.now(), "world", "calm");
  faults_.calm();
  life_->calm();
  mischief_->calm();
  outside_.sickness = 0;
  climate_.crash = 0;
  climate_.full_disk = 0;
  lost_commits_ = 0;
  climate_.lost_webhooks = 0;
  for (const auto& node : nodes_) {
    if (node) node->calm();
  }
  if (!advance(timeline_.now() + kHourMs)) return;  // whoever is down gets up
  if (!await_leader()) return;
  settings_.mode = SchedulerMode::kPrune;
  settings_.tick = kHourMs;
  settings_.timing = Timing{};
  settings_.calendar = dice_.chance(0.4) ? draw_short_hours(dice_) : Calendar{};
  settings_.sweep_interval = 12 * kHourMs;
  deaf_ = climate_.deaf;
  settings_.policy.max_removals_per_day = 0;
  settings_.policy.max_removals_per_group_day = 0;
  settings_.capacity = present()->settings().get()->capacity;
  settings_.capacity.max_raises_per_day = 0;
  for (const auto& node : nodes_) {
    if (node) node->calm();
  }
  reload_all(settings_);
  Orders& orders = oracle_.orders;
  const auto groups = orders.exempt_groups;
  for (const auto& [id, until] : groups) {
    present()->operations().delete_exemption(kSomebody, ExemptionKind::kGroup, id, [](const Result<Nothing>&) {});
  }
  if (orders.paused || dice_.chance(0.5)) {
    present()->operations().resume(kSomebody, [](const Result<DaemonStatus>&) {});
    orders.paused = false;
    orders.own_pause.clear();
  }
  present()->settle();
  orders.exempt_groups.clear();
  orders.exempt_changed_at = timeline_.now();
  oracle_.ordered(timeline_.now());
  for (const std::string& group : groups_) {
    if (dice_.chance(0.6)) life_->restore(group);
    timeline_.at(timeline_.now() + dice_.between(0, kHourMs), [this, group] { world_.join(group, "late knocker"); });
  }
  if (!advance(timeline_.now() + kRest / 2)) return;
  // What waits for a calendar goes on without one.
  settings_.calendar = Calendar{};
  reload_all(settings_);
  if (advance(timeline_.now() + kRest / 2)) check_rest();
}

// Who stands still, or was in the lead when it died, is waited for by the others.
bool Simulation::await_leader() {
  const TimeMs most = timeline_.now() + kLongestTrouble + kHourMs;
  while (present() == nullptr || !present()->leads()) {
    if (timeline_.now() > most) oracle_.fail("lease", "nobody leads");
    if (!advance(timeline_.now() + 5 * kMinuteMs)) return false;
  }
  return true;
}

// One that nobody can close is given up behind ten looks, which come an hour apart now.
bool Simulation::await_doubts() {
  const auto in_doubt = [](const Run& run) { return run.doubt_looks.has_value(); };
  for (int i = 0; i < kVainLooks; ++i) {
    const std::vector<Run> open = present()->view().running_runs();
    if (std::none_of(open.begin(), open.end(), in_doubt)) return true;
    oracle_.coverage.add("hours in which a run in doubt was waited for");
    if (!advance(timeline_.now() + kHourMs)) return false;
  }
  return true;
}

void Simulation::check_rest() {
  if (!await_doubts()) return;
  oracle_.check_history(timeline_.now());
  oracle_.check_exemptions(timeline_.now());
  for (int i = 0; i < kLastMinutes && !present()->idle(); ++i) {
    if (!advance(timeline_.now() + kMinuteMs)) return;
  }
  if (!present()->idle() && faults_.sick.empty()) oracle_.fail("end", "there is work that nobody finishes");
  for (const std::string& group : groups_) {
    check_known(group);
    check_room(group);
  }
}

// Full for longer than it takes until the next sweep: it is known, whether a webhook came or not.
void Simulation::check_known(const std::string& group_id) {
  const auto group = world_.group(group_id);
  if (!group || !type_is_supported(group->type) || !group->full()) return;
  if (timeline_.now() - filled_at_[group_id] < settings_.sweep_interval + 8 * kHourMs) return;
  const auto known = present()->view().find_group(group_id);
  const bool as_full = known && (known->state == GroupState::kFull || known->state == GroupState::kBlocked ||
                                 known->state == GroupState::kPruning);
  if (!as_full) oracle_.fail("sweep", group_id + " is full, and nobody notices");
}

// Nothing may be waited for that is further ahead than any rule sets it.
void Simulation::check_parked(const std::string& group_id) {
  const auto known = present()->view().find_group(group_id);
  if (!known || oracle_.orders.group_is_exempt(group_id, timeline_.now())) return;
  if (known->state == GroupState::kHasRoom) return;  // its cool-down is asked about when it is full again
  const TimeMs most = timeline_.now() + kDayMs + kHourMs;
  if (known->next_check_at.value_or(0) > most || known->cooldown_until.value_or(0) > most) {
    oracle_.fail("10", group_id + " is " + std::string(name_of(known->state)) + " and parked until " +
                           format_time(std::max(known->next_check_at.value_or(0), known->cooldown_until.value_or(0))));
  }
}

// And nothing that the daemon may have seen says that Chat would not do it.
bool Simulation::could_be_raised(const chatsim::GroupInfo& group) const {
  const CapacityRules& rules = settings_.capacity;
  return rules.mode == CapacityMode::kRaise && !oracle_.may_have_lesson(group.id, group.type) &&
         !oracle_.has_own_limit(group.id) && oracle_.may_start_from(rules, group.id, group.max_members) &&
         raised_limit_by(rules, group.type, group.member_num, group.max_members, settings_.policy.target_headroom,
                         std::nullopt);
}

// A full group that somebody could have been removed from, for a day and longer, has got room.
void Simulation::check_room(const std::string& group_id) {
  const auto group = world_.group(group_id);
  check_parked(group_id);
  if (!group || !is_in_scope(group_id, group->type, settings_.policy)) return;
  if (!type_is_supported(group->type) || !group->full() || faults_.sick.contains(group_id)) return;
  if (group->max_members < settings_.policy.min_capacity) return;
  if (capacity_is_absurd(group->member_num, group->max_members)) return;
  if (present()->view().open_run(group_id)) return;  // waits for an operator
  std::vector<Member> rows;
  bool removable = false;
  const auto returned = oracle_.comebacks(group_id, settings_.policy, timeline_.now() - 26 * kHourMs);
  for (const chatsim::Member& member : world_.members(group_id)) {
    Member row{member.account, Role::kMember, member.join_time_s, member.last_sent_s, member.msg_seq};
    row.mute_until_s = member.mute_until_s;
    if (member.role != "Member") row.role = Role::kAdmin;
    Facts facts;
    facts.now = timeline_.now() - 26 * kHourMs;
    facts.exempt = oracle_.orders.member_is_exempt(member.account, 0);
    facts.returned = returned.contains(member.account);
    facts.next_msg_seq = group->next_msg_seq;
    facts.last_msg_time_s = group->last_msg_s;
    facts.mute_all = group->mute_all;
    const auto status = world_.presence(member.account);
    facts.presence = status == chatsim::Presence::kOffline ? Presence::kOffline : Presence::kOnline;
    // Who read lately may be known as a reader for that; who is seen now and then only may not be seen twice.
    const bool looked_at_twice = second_look_of(row, facts, settings_.policy).value_or(0) > 0;
    if (!looked_at_twice && protection(row, facts, settings_.policy).empty()) removable = true;
    rows.push_back(std::move(row));
  }
  if ((removable && implausible(rows, group->member_num, group->mute_all, settings_.policy).empty()) ||
      could_be_raised(*group)) {
    const auto known = present()->view().find_group(group_id);
    // One that holds more than it may, by more than a run may remove, gets there run by run.
    const auto last = known && known->last_run_id ? present()->view().find_run(*known->last_run_id) : std::nullopt;
    const DurationMs lately = 2 * settings_.timing.cooldown;
    if (last && last->state == RunState::kExpired) return;  // a jump that no operator has approved
    if (last && last->removed > 0 && last->finished_at && *last->finished_at > timeline_.now() - lately) return;
    const std::string state = !known ? "unknown"
                                     : std::string(name_of(known->state)) + " " + std::string(name_of(known->reason)) +
                                           ", next look " + format_time(known->next_check_at.value_or(0)) +
                                           (last ? ", its last run is " + std::string(name_of(last->state)) + " " +
                                                       name_of(last->reason) + " of " + format_time(last->created_at)
                                                 : "");
    oracle_.fail("room", group_id + " stays full, although " +
                             (removable ? "members could be removed" : "its limit could be raised") + "; it is " +
                             state);
  }
}

}  // namespace headroom::model
