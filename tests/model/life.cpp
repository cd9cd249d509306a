#include "tests/model/life.h"

#include <algorithm>
#include <utility>
#include <variant>

namespace headroom::model {

void Life::stir(const Outside::Passing& call) {
  Dice& dice = outside_.dice;
  if (!dice.chance(climate_.stir)) return;
  const std::string group = call.group_id.empty() ? dice.pick(groups_) : call.group_id;
  const std::string account = call.accounts.empty() ? std::string() : dice.pick(call.accounts);
  outside_.timeline.at(dice.between(call.from, call.to),
                       [this, group, account] { something(group, account.empty() ? somebody(group) : account); });
}

void Life::anything() {
  const std::string& group = outside_.dice.pick(groups_);
  something(group, somebody(group));
}

std::string Life::somebody(const std::string& group_id) {
  const auto members = outside_.world.members(group_id);
  return members.empty() ? "nobody" : outside_.dice.pick(members).account;
}

void Life::something(const std::string& group_id, const std::string& account) {
  if (outside_.dice.chance(0.7)) {
    user_does(group_id, account);
  } else {
    operator_does(group_id, account);
  }
}

void Life::user_does(const std::string& group_id, const std::string& account) {
  chatsim::World& world = outside_.world;
  Dice& dice = outside_.dice;
  const auto what = dice.between(0, 99);
  if (what < 20) {
    say("user", account, " speaks in ", group_id);
    world.speak(group_id, account);
  } else if (what < 30) {
    say("user", account, " reads in ", group_id);
    world.read(group_id, account);
  } else if (what < 45) {
    say("user", account, " comes online");
    world.set_presence(account, dice.chance(0.3) ? chatsim::Presence::kOffline : chatsim::Presence::kOnline);
  } else if (what < 52) {
    say("user", account, " is promoted in ", group_id);
    world.promote(group_id, account, dice.chance(0.1) ? "Owner" : "Admin");
  } else if (what < 60) {
    say("user", account, " leaves ", group_id);
    world.leave(group_id, account);
  } else if (what < 68) {
    say("user", account, " rejoins ", group_id);
    world.rejoin(group_id, account);
  } else if (what < 92) {
    const std::string fresh = "n" + std::to_string(++newcomers_);
    say("user", fresh, " joins ", group_id);
    world.join(group_id, fresh);
  } else if (what < 95) {
    world.add_messages(group_id, dice.between(1, 200));
  } else if (what < 98) {
    const auto group = world.group(group_id);
    if (group) world.set_max(group_id, std::max<std::int64_t>(1, group->max_members + dice.between(-3, 3)));
  } else if (dice.chance(0.3)) {
    say("user", group_id, " is destroyed");
    outside_.oracle.gone(group_id);
    world.destroy(group_id);
  }
}

void Life::operator_does(const std::string& group_id, const std::string& account) {
  Daemon* daemon = daemon_();
  if (daemon == nullptr || daemon->crashed() || daemon->stopping()) return;
  Dice& dice = outside_.dice;
  const auto what = dice.between(0, 99);
  if (what < 20) {
    exempt(ExemptionKind::kMember, account);
  } else if (what < 28) {
    exempt(ExemptionKind::kGroup, group_id);
  } else if (what < 40) {
    lift(dice.chance(0.5) ? ExemptionKind::kMember : ExemptionKind::kGroup, dice.chance(0.5) ? account : group_id);
  } else if (what < 50) {
    pause();
  } else if (what < 65) {
    resume();
  } else if (what < 74) {
    start_run(group_id);
  } else if (what < 82) {
    decide(group_id);
  } else if (what < 90) {
    Settings settings = draw_settings(dice);
    if (dice.chance(0.6)) settings.mode = daemon->settings().get()->mode;
    settings.timing.cooldown = std::max(settings.timing.cooldown, kMinuteMs);
    say("operator", "reloads, mode ", static_cast<int>(settings.mode));
    daemon->reload(settings);
  } else if (what < 95) {
    daemon->begin_stop();
  } else {
    outside_.faults.storm(static_cast<Trouble>(dice.between(1, 8)),
                          outside_.timeline.now() + dice.between(0, 20 * kMinuteMs));
    if (dice.chance(0.3)) outside_.faults.skew = dice.between(-6, 6) * kMinuteMs;
  }
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
}

void Life::lift(ExemptionKind kind, const std::string& subject) {
  daemon_()->operations().delete_exemption(kSomebody, kind, subject, [](const Result<Nothing>&) {});
  daemon_()->settle();
  say("operator", "lifts the exemption of ", subject);
  Orders& orders = outside_.oracle.orders;
  (kind == ExemptionKind::kGroup ? orders.exempt_groups : orders.exempt_members).erase(subject);
  orders.exempt_changed_at = outside_.timeline.now();
}

void Life::pause() {
  daemon_()->operations().pause(kSomebody, "model", [](const Result<DaemonStatus>&) {});
  daemon_()->settle();
  say("operator", "pauses");
  outside_.oracle.orders.paused = true;
}

void Life::resume() {
  daemon_()->operations().resume(kSomebody, [](const Result<DaemonStatus>&) {});
  daemon_()->settle();
  say("operator", "resumes");
  outside_.oracle.orders.paused = false;
  outside_.oracle.orders.own_pause.clear();
}

void Life::start_run(const std::string& group_id) {
  const RunMode mode = outside_.dice.chance(0.8) ? RunMode::kPrune : RunMode::kPlan;
  daemon_()->operations().start_run(kSomebody, group_id, mode, [this, &group_id](const Result<Run>& result) {
    if (const Run* run = std::get_if<Run>(&result)) say("operator", "starts run ", run->id, " in ", group_id);
  });
  daemon_()->settle();
}

// On the group's plan, if it has one.
void Life::decide(const std::string& group_id) {
  const auto group = daemon_()->view().find_group(group_id);
  if (!group || !group->last_run_id) return;
  const std::int64_t run_id = *group->last_run_id;
  const bool yes = outside_.dice.chance(0.7);
  bool begun = false;
  const auto done = [&](const Result<Run>& result) { begun = yes && std::holds_alternative<Run>(result); };
  Operations& operations = daemon_()->operations();
  if (yes) {
    operations.approve_run(kSomebody, run_id, done);
  } else {
    operations.reject_run(kSomebody, run_id, done);
  }
  daemon_()->settle();
  say("operator", yes ? "approves run " : "rejects run ", run_id, begun ? ", it begins" : "");
  if (begun) outside_.oracle.approved(run_id, daemon_()->settings().get()->policy, outside_.timeline.now());
}

}  // namespace headroom::model
