// What operators do: their orders, and what becomes of each by the oracle.
#include <algorithm>
#include <string>
#include <variant>
#include <vector>

#include "tests/model/life.h"

namespace headroom::model {

void Life::operator_does(const std::string& group_id, const std::string& account) {
  Daemon* daemon = daemon_();
  if (daemon == nullptr || daemon->crashed() || daemon->stopping()) return;
  Dice& dice = outside_.dice;
  const auto what = dice.between(0, 99);
  if (!daemon->leads()) {
    // Runs are ordered from any node, also while none leads.
    if (what < 56 || what >= 74 || !outside_.oracle.orders.are_those_of(*daemon->settings().get())) return;
    outside_.oracle.coverage.add("orders about runs that a node took that does not lead");
  }
  if (what < 17) {
    exempt(ExemptionKind::kMember, account);
  } else if (what < 24) {
    exempt(ExemptionKind::kGroup, group_id);
  } else if (what < 34) {
    lift(dice.chance(0.5) ? ExemptionKind::kMember : ExemptionKind::kGroup, dice.chance(0.5) ? account : group_id);
  } else if (what < 42) {
    pause();
  } else if (what < 56) {
    resume();
  } else if (what < 63) {
    start_run(group_id);
  } else if (what < 74) {
    decide(group_id);
  } else if (what < 83) {
    restore(group_id);
  } else if (what < 86) {
    sweep();
  } else if (what < 92) {
    reload(*daemon);
  } else if (what < 95) {
    daemon->begin_stop();
  } else {
    static const std::vector<std::string> of{"", "", "", "members", "presence", "presence", "roles", "DELETE"};
    outside_.faults.storm(static_cast<Trouble>(dice.between(1, 8)),
                          outside_.timeline.now() + dice.between(0, 20 * kMinuteMs), dice.pick(of));
    if (dice.chance(0.3)) outside_.faults.skew = dice.between(-6, 6) * kMinuteMs;
  }
}

// One rule or limit becomes another: what was planned by the old one meets it.
Settings Life::tweaked(Settings settings) {
  Dice& dice = outside_.dice;
  const Settings other = draw_settings(dice);
  switch (dice.between(0, 9)) {
    case 0:
      settings.policy.protect_online = !settings.policy.protect_online;
      break;
    case 1:
    case 2:
      settings.policy.inactive_for = other.policy.inactive_for;
      break;
    case 3:
      settings.policy.newcomer_grace = other.policy.newcomer_grace;
      break;
    case 4:
      settings.policy.reader_backlog = other.policy.reader_backlog;
      break;
    case 5:
      settings.policy.max_removals_per_day = other.policy.max_removals_per_day;
      break;
    case 6:
      settings.calendar = other.calendar;
      break;
    case 7:
    case 8: {  // in the middle of whatever runs
      const Day today = outside_.timeline.now() / kDayMs;
      settings.calendar.freezes.push_back({today, today + dice.between(0, 1), "at once"});
      break;
    }
    default:
      settings.policy.max_removals_per_group_day = other.policy.max_removals_per_group_day;
      break;
  }
  return settings;
}

void Life::reload(Daemon& daemon) {
  const Settings before = *daemon.settings().get();
  Settings settings = outside_.dice.chance(0.5) ? tweaked(before) : draw_settings(outside_.dice);
  if (outside_.dice.chance(0.6)) settings.mode = before.mode;
  settings.timing.cooldown = std::max(settings.timing.cooldown, kMinuteMs);
  settings.capacity = before.capacity;
  if (before.capacity.mode != CapacityMode::kOff && outside_.capacity_dice.chance(0.4)) {
    settings.capacity = draw_capacity(outside_.capacity_dice);
  }
  say("operator", "reloads, mode ", static_cast<int>(settings.mode));
  const auto blocked = outside_.oracle.blocked_groups();
  const TimeMs at = outside_.wall();
  const TimeMs really_at = outside_.timeline.now();
  const int steps = outside_.oracle.clock.steps();
  reload_(settings);
  if (blocked.empty()) return;
  outside_.timeline.at(outside_.timeline.now() + 2 * kMinuteMs,
                       [this, before, settings, at, really_at, blocked, steps, start = daemon.start()] {
                         // It lives, nothing was reloaded since, and its clock is the same.
                         const Daemon* now = daemon_();
                         if (now == nullptr || now->start() != start || now->crashed() || now->stopping()) return;
                         if (outside_.oracle.clock.steps() != steps) return;
                         if (!(now->settings().get()->policy == settings.policy)) return;
                         // A look that failed puts a group off.
                         if (outside_.faults.last_trouble() >= really_at) return;
                         const Orders& orders = outside_.oracle.orders;
                         if (orders.paused || !orders.own_pause.empty() || orders.mode == SchedulerMode::kObserve)
                           return;
                         outside_.oracle.check_reload(before.policy, settings.policy, at, blocked);
                       });
}

void Life::exempt(ExemptionKind kind, const std::string& subject) {
  Exemption exemption;
  exemption.kind = kind;
  exemption.subject = subject;
  if (outside_.dice.chance(0.3)) exemption.expires_at = outside_.timeline.now() + outside_.dice.between(1, 3 * kHourMs);
  bool stored = false;
  daemon_()->operations().put_exemption(kSomebody, exemption, [&](const Result<Exemption>& result) {
    stored = std::holds_alternative<Exemption>(result);
  });
  daemon_()->settle();
  if (!stored) return;
  say("operator", "exempts ", subject);
  Orders& orders = outside_.oracle.orders;
  (kind == ExemptionKind::kGroup ? orders.exempt_groups : orders.exempt_members)[subject] = exemption.expires_at;
  orders.exempt_changed_at = outside_.timeline.now();
  outside_.oracle.ordered(outside_.timeline.now());
}

void Life::lift(ExemptionKind kind, const std::string& subject) {
  daemon_()->operations().delete_exemption(kSomebody, kind, subject, [](const Result<Nothing>&) {});
  daemon_()->settle();
  say("operator", "lifts the exemption of ", subject);
  Orders& orders = outside_.oracle.orders;
  (kind == ExemptionKind::kGroup ? orders.exempt_groups : orders.exempt_members).erase(subject);
  orders.exempt_changed_at = outside_.timeline.now();
  outside_.oracle.ordered(outside_.timeline.now());
}

void Life::pause() {
  daemon_()->operations().pause(kSomebody, "model", [](const Result<DaemonStatus>&) {});
  daemon_()->settle();
  say("operator", "pauses");
  outside_.oracle.orders.paused = true;
  outside_.oracle.ordered(outside_.timeline.now());
}

void Life::resume() {
  daemon_()->operations().resume(kSomebody, [](const Result<DaemonStatus>&) {});
  daemon_()->settle();
  say("operator", "resumes");
  outside_.oracle.orders.paused = false;
  outside_.oracle.orders.own_pause.clear();
  outside_.oracle.ordered(outside_.timeline.now());
}

void Life::start_run(const std::string& group_id) {
  RunMode mode = outside_.dice.chance(0.8) ? RunMode::kPrune : RunMode::kPlan;
  const bool raises = daemon_()->settings().get()->capacity.mode != CapacityMode::kOff;
  if (raises && outside_.capacity_dice.chance(0.4)) mode = RunMode::kRaise;
  const RunOrder order(mode, outside_.dice.chance(0.3));
  const std::string against = outside_.oracle.against_run(group_id, order, outside_.wall());
  daemon_()->operations().start_run(kSomebody, group_id, order, [&](const Result<Run>& result) {
    const Run* run = std::get_if<Run>(&result);
    if (run == nullptr) return;
    say("operator", order.force ? "forces run " : "starts run ", run->id, " in ", group_id);
    outside_.oracle.ordered_run(run->id, outside_.timeline.now());
    if (order.force) outside_.oracle.forced(run->id);
    if (!against.empty()) outside_.oracle.fail("5", "run " + std::to_string(run->id) + " is started " + against);
  });
  daemon_()->settle();
}

// On a plan that waits, or whatever the group's last run is.
void Life::decide(const std::string& group_id) {
  const auto group = daemon_()->view().find_group(group_id);
  auto run = group && group->last_run_id ? daemon_()->view().find_run(*group->last_run_id) : std::nullopt;
  const std::vector<Run> waiting = daemon_()->view().waiting_runs(5);
  if (!waiting.empty() && outside_.dice.chance(0.7)) run = outside_.dice.pick(waiting);
  if (!run) return;
  Oracle& oracle = outside_.oracle;
  const bool yes = outside_.dice.chance(0.7);
  const std::string against = oracle.against_approval(*run, outside_.wall());
  bool done = false;
  const auto answer = [&](const Result<Run>& result) { done = std::holds_alternative<Run>(result); };
  Operations& operations = daemon_()->operations();
  if (yes) {
    operations.approve_run(kSomebody, run->id, answer);
  } else {
    operations.reject_run(kSomebody, run->id, answer);
  }
  daemon_()->settle();
  say("operator", yes ? "approves run " : "rejects run ", run->id, done ? ", done" : "");
  if (!yes || !done) return;
  if (!against.empty()) oracle.fail("approve", "run " + std::to_string(run->id) + " was approved " + against);
  oracle.coverage.add("plans approved");
  oracle.approved(run->id, outside_.timeline.now());
}

void Life::restore(const std::string& group_id) {
  PageRequest page{20, std::nullopt};
  std::vector<Run> runs = daemon_()->view().runs({.group_id = group_id}, page).items;
  // Mostly one that has removed somebody.
  if (outside_.dice.chance(0.9)) std::erase_if(runs, [](const Run& run) { return run.removed == 0; });
  std::erase_if(runs, [](const Run& run) { return run.mode == RunMode::kRaise; });  // asks Chat first
  if (runs.empty()) return;
  const Run source = outside_.dice.pick(runs);
  // Where there is no seat to go back to, he often makes some first.
  const auto group = outside_.world.group(group_id);
  if (group && group->full() && outside_.dice.chance(0.5)) {
    set_limit(group_id, group->max_members + outside_.dice.between(1, 4));
  }
  const std::string against = outside_.oracle.against_restore(source);
  bool begun = false;
  daemon_()->operations().restore_run(kSomebody, source.id, [&](const Result<Run>& result) {
    const Run* run = std::get_if<Run>(&result);
    begun = run != nullptr;
    if (begun) outside_.oracle.ordered_run(run->id, outside_.timeline.now());
  });
  daemon_()->settle();  // the run is read,
  daemon_()->settle();  // and then restored
  say("operator", "restores run ", source.id, begun ? ", it begins" : "");
  if (begun && !calm_ && outside_.dice.chance(0.2)) {
    outside_.timeline.at(outside_.timeline.now() + outside_.dice.between(1, 500), [this, start = daemon_()->start()] {
      Daemon* const daemon = daemon_();
      if (daemon != nullptr && daemon->start() == start && !daemon->crashed()) daemon->kill();
    });
  }
  if (begun && !against.empty()) {
    outside_.oracle.fail("restore", "run " + std::to_string(source.id) + " is restored " + against);
  }
}

void Life::sweep() {
  const std::string against = outside_.oracle.against_sweep();
  const bool dry = outside_.dice.chance(0.3);
  bool begun = false;
  daemon_()->operations().start_sweep(
      kSomebody, dry, [&](const Result<Sweep>& result) { begun = std::holds_alternative<Sweep>(result); });
  daemon_()->settle();
  say("operator", "sweeps", begun ? "" : ", in vain");
  if (begun && !against.empty()) outside_.oracle.fail("sweep", "a sweep begins " + against);
}

}  // namespace headroom::model
