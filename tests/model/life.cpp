#include "tests/model/life.h"

#include <algorithm>

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

// A newcomer, or one of those who once were in it.
std::string Life::somebody_outside(const std::string& group_id) {
  const auto were_in = outside_.oracle.gone_out(group_id);
  if (!were_in.empty() && outside_.dice.chance(0.4)) return outside_.dice.pick(were_in);
  return "n" + std::to_string(++newcomers_);
}

void Life::something(const std::string& group_id, const std::string& account) {
  if (calm_) return;
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
  if (what < 18) {
    say("user", account, " speaks in ", group_id);
    world.speak(group_id, account);
  } else if (what < 21) {
    all_leave_the_screen(group_id);
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
    const std::string comer = somebody_outside(group_id);
    say("user", comer, " joins ", group_id);
    world.join(group_id, comer);
  } else if (what < 94) {
    world.add_messages(group_id, dice.between(1, 200));
  } else if (what < 95) {
    somebody_is_muted(group_id, account);
  } else if (what < 98) {
    const auto group = world.group(group_id);
    if (group) set_limit(group_id, std::max<std::int64_t>(1, group->max_members + dice.between(-3, 3)));
  } else if (dice.chance(0.3)) {
    say("user", group_id, " is destroyed");
    outside_.oracle.gone(group_id);
    world.destroy(group_id);
  }
}

void Life::set_limit(const std::string& group_id, std::int64_t limit) {
  say("user", "sets the limit of ", group_id, " to ", limit);
  outside_.oracle.others_set_limit(group_id, limit);
  outside_.world.set_max(group_id, limit);
}

void Life::somebody_is_muted(const std::string& group_id, const std::string& account) {
  Dice& dice = outside_.dice;
  if (dice.chance(0.3)) {
    const bool on = dice.chance(0.6);
    say("user", on ? "mutes all of " : "lets all speak in ", group_id);
    outside_.world.mute_all(group_id, on);
    return;
  }
  say("user", account, " is muted in ", group_id);
  const TimeMs until = outside_.timeline.now() + dice.between(-kHourMs, 2 * kDayMs);
  outside_.world.mute(group_id, account, until / 1000);
}

void Life::all_leave_the_screen(const std::string& group_id) {
  say("users", "of ", group_id, " go offline");
  for (const chatsim::Member& member : outside_.world.members(group_id)) {
    outside_.world.set_presence(member.account, chatsim::Presence::kOffline);
  }
}

}  // namespace headroom::model
