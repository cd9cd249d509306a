#include "tests/model/climate.h"

#include <algorithm>

namespace headroom::model {
namespace {

using Durations = std::vector<DurationMs>;
using Numbers = std::vector<std::int64_t>;

Share draw_share(Dice& dice, const std::vector<double>& percents) {
  if (dice.chance(0.3)) return Share::count(dice.between(1, 30));
  return Share::percent(dice.pick(percents));
}

Globs draw_globs(Dice& dice, const std::vector<std::string>& texts) { return *Globs::parse(dice.pick(texts)); }

Policy draw_policy(Dice& dice) {
  Policy policy;
  policy.inactive_for = dice.pick(Durations{kMinuteMs, kDayMs, 7 * kDayMs, 30 * kDayMs, 30 * kDayMs, 3650 * kDayMs});
  policy.newcomer_grace = dice.pick(Durations{0, kHourMs, 7 * kDayMs, 7 * kDayMs, 3650 * kDayMs});
  policy.target_headroom = draw_share(dice, {1, 5, 20, 60, 100});
  policy.max_removals_per_run = dice.pick(Numbers{1, 2, 5, 20, 100, 100000});
  policy.max_removals_per_day = dice.pick(Numbers{0, 0, 1, 3, 8, 20, 1000});
  policy.max_removals_per_group_day = dice.pick(Numbers{0, 0, 1, 4, 10, 200});
  policy.max_removed_share = Share::percent(dice.pick(std::vector<double>{1, 10, 10, 33.3, 100}));
  policy.protect_online = dice.chance(0.6);
  policy.reader_backlog = dice.pick(Numbers{0, 1, 100, 100, 100000});
  policy.min_capacity = dice.pick(Numbers{0, 0, 0, 3, 20});
  policy.second_look = dice.pick(Durations{0, 0, 0, 0, 0, 0, 0, 1, kMinuteMs, kHourMs, kDayMs});
  if (dice.chance(0.2)) policy.first_share = Share::percent(dice.pick(std::vector<double>{1, 50, 80}));
  if (dice.chance(0.1)) policy.protect_accounts = draw_globs(dice, {"g1*", "*u1?", "u*", "*7, *8", "g?u2"});
  if (dice.chance(0.1)) policy.scope.except_groups = draw_globs(dice, {"g2", "g?", "ghost*"});
  if (dice.chance(0.05)) policy.scope.only_groups = draw_globs(dice, {"g*", "?1, ?3"});
  if (dice.chance(0.1)) policy.scope.types = *GroupTypes::parse(dice.chance(0.5) ? "Private, Public" : "Public");
  return policy;
}

Calendar draw_hours(Dice& dice, int longest) {
  Calendar calendar;
  calendar.zone.first_offset = dice.pick(Durations{0, 8 * kHourMs, -5 * kHourMs, 345 * kMinuteMs});
  for (int minute = static_cast<int>(dice.between(0, longest)); minute < kWeekMinutes;) {
    const int length = static_cast<int>(dice.between(1, longest));
    calendar.hours.push_back({minute, minute + length});
    minute += length + static_cast<int>(dice.between(1, longest));
  }
  calendar.hours = merged(calendar.hours);
  return calendar;
}

// Mostly none; else hours that come and go within a world, or days without.
Calendar draw_calendar(Dice& dice) {
  if (!dice.chance(0.25)) return {};
  Calendar calendar = draw_hours(dice, static_cast<int>(dice.pick(Numbers{2, 2, 5, 60, 600})));
  if (dice.chance(0.2)) {
    const Day first = 20717 + dice.between(0, 1);  // the day on which worlds begin
    calendar.freezes.push_back({first, first + dice.between(0, 1), "model"});
  }
  return calendar;
}

std::int64_t some_time_ago_s(Dice& dice, TimeMs now) {
  const DurationMs most = dice.pick(Durations{kHourMs, kDayMs, 10 * kDayMs, 60 * kDayMs, 700 * kDayMs, 700 * kDayMs});
  return (now - dice.between(0, most)) / 1000;
}

chatsim::Member draw_member(Dice& dice, const std::string& account, std::int64_t next_msg_seq, TimeMs now) {
  chatsim::Member member;
  member.account = account;
  if (dice.chance(0.05)) member.role = "Admin";
  member.join_time_s = some_time_ago_s(dice, now);
  if (dice.chance(0.6)) member.last_sent_s = std::max(member.join_time_s, some_time_ago_s(dice, now));
  if (dice.chance(0.1)) member.last_sent_s = some_time_ago_s(dice, now);
  if (dice.chance(0.02)) member.join_time_s = 0;
  if (dice.chance(0.02)) member.join_time_s = now / 1000 + dice.between(0, 90000);
  if (dice.chance(0.02)) member.last_sent_s = now / 1000 + dice.between(0, 90000);
  if (dice.chance(0.4)) member.msg_seq = dice.between(0, next_msg_seq);
  return member;
}

}  // namespace

Climate draw_climate(Dice& dice) {
  Climate climate;
  climate.call_faults = dice.pick(std::vector<double>{0, 0, 0.01, 0.05, 0.2});
  climate.delete_faults = dice.pick(std::vector<double>{0, 0, 0.05, 0.3});
  climate.content_faults = dice.pick(std::vector<double>{0, 0, 0.02, 0.1});
  climate.stir = dice.pick(std::vector<double>{0, 0.05, 0.2, 0.5});
  climate.crash = dice.pick(std::vector<double>{0, 0, 0.003, 0.02, 0.1});
  climate.deaths = static_cast<int>(dice.between(1, 6));
  climate.full_disk = dice.pick(std::vector<double>{0, 0, 0, 0.01});
  climate.lost_webhooks = dice.pick(std::vector<double>{0, 0.05, 0.3});
  climate.deaf = dice.chance(0.25);
  climate.remembers_joins = dice.chance(0.4);
  climate.hostility = dice.pick(std::vector<double>{0, 0, 0, 0.03, 0.15});
  climate.slow = dice.pick(std::vector<double>{0, 0.02, 0.02, 0.1, 0.3});
  climate.sickness = dice.pick(std::vector<double>{0, 0, 0, 0, 0, 0.2});
  climate.jams = static_cast<int>(dice.pick(Numbers{0, 0, 1, 3}));
  climate.clock_steps = static_cast<int>(dice.pick(Numbers{0, 0, 0, 1, 3}));
  climate.starts_wrong = dice.chance(0.08);
  climate.poison = static_cast<int>(dice.pick(Numbers{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2}));
  climate.ghosts = static_cast<int>(dice.pick(Numbers{0, 0, 0, 1, 3}));
  climate.forges_ends = dice.chance(0.04);
  climate.background = static_cast<int>(dice.between(5, 60));
  climate.workers = static_cast<int>(dice.between(1, 3));
  climate.length = dice.pick(Durations{10 * kMinuteMs, kHourMs, 6 * kHourMs, 30 * kHourMs});
  return climate;
}

Calendar draw_short_hours(Dice& dice) { return draw_hours(dice, 2); }

Settings draw_settings(Dice& dice) {
  Settings settings;
  settings.mode = dice.pick(std::vector<SchedulerMode>{
      SchedulerMode::kObserve, SchedulerMode::kPlan, SchedulerMode::kApprove, SchedulerMode::kApprove,
      SchedulerMode::kPrune, SchedulerMode::kPrune, SchedulerMode::kPrune, SchedulerMode::kPrune, SchedulerMode::kPrune,
      SchedulerMode::kPrune});
  settings.timing.stale_after = dice.pick(Durations{0, 0, kMinuteMs, 10 * kMinuteMs, 365 * kDayMs});
  settings.timing.cooldown = dice.pick(Durations{0, kMinuteMs, kHourMs, 12 * kHourMs});
  if (settings.mode != SchedulerMode::kPrune && settings.timing.cooldown == 0) settings.timing.cooldown = kMinuteMs;
  settings.timing.retry_base = dice.pick(Durations{kSecondMs, 30 * kSecondMs, 10 * kMinuteMs});
  settings.timing.retry_max = std::max(settings.timing.retry_base, dice.pick(Durations{kMinuteMs, kHourMs}));
  settings.tick = dice.pick(Durations{kMinuteMs, 10 * kMinuteMs, kHourMs});
  settings.sweep_interval = dice.pick(Durations{0, 0, kHourMs, 6 * kHourMs});
  settings.add_batch = dice.pick(Numbers{1, 3, 20});
  settings.approval_ttl = dice.pick(Durations{kMinuteMs, kHourMs, kDayMs});
  settings.policy = draw_policy(dice);
  settings.timing.second_look = settings.policy.second_look;
  settings.calendar = draw_calendar(dice);
  settings.delete_batch = dice.pick(Numbers{1, 3, 20, 100});
  settings.member_page = dice.pick(Numbers{7, 50, 100, 200});
  settings.kept_members_up_to = dice.pick(Numbers{0, 20, 1000});
  return settings;
}

void draw_patience(Settings& settings, Dice& dice) {
  settings.policy.second_look = dice.pick(Durations{kMinuteMs, 10 * kMinuteMs, kHourMs, 3 * kHourMs});
  settings.timing.second_look = settings.policy.second_look;
  settings.timing.stale_after = dice.pick(Durations{5 * kMinuteMs, kHourMs, 4 * kHourMs});
}

CapacityRules draw_capacity(Dice& dice) {
  CapacityRules rules;
  rules.mode = dice.chance(0.85) ? CapacityMode::kRaise : CapacityMode::kSuggest;
  std::string ceilings;
  for (const char* type : {"Public", "Private", "ChatRoom", "Community"}) {
    if (!dice.chance(0.75)) continue;
    const auto most = dice.pick(Numbers{10, 23, 30, 50, 100, 1000});
    ceilings.append(ceilings.empty() ? "" : ",").append(type).append(":").append(std::to_string(most));
  }
  rules.ceilings = *Ceilings::parse(ceilings);
  if (dice.chance(0.3)) rules.only_from = *DefaultLimits::parse("5, 8, 12, 20, 30");
  rules.step = draw_share(dice, {1, 5, 20, 50, 100});
  rules.max_raises_per_day = dice.pick(Numbers{0, 0, 1, 2, 5, 50});
  return rules;
}

void draw_ceilings(chatsim::World& world, Dice& dice) {
  for (const char* type : {"Public", "Private", "ChatRoom", "Community"}) {
    if (dice.chance(0.5)) world.set_ceiling(type, {dice.pick(Numbers{10, 25, 40, 90, 6000}), dice.chance(0.5)});
  }
}

std::vector<std::string> populate(chatsim::World& world, Dice& dice, TimeMs now) {
  static const std::vector<std::string> types{"Public", "Public", "Private", "ChatRoom", "Community", "AVChatRoom"};
  std::vector<std::string> ids;
  const auto groups = dice.between(1, 6);
  for (std::int64_t g = 1; g <= groups; ++g) {
    chatsim::GroupSpec spec;
    spec.id = "g" + std::to_string(g);
    spec.type = dice.pick(types);
    spec.next_msg_seq = dice.between(1, 400);
    if (dice.chance(0.3)) spec.last_msg_s = some_time_ago_s(dice, now);
    const auto members = dice.between(1, dice.chance(0.7) ? 20 : 60);
    spec.max_members = dice.chance(0.8) ? members : members + dice.between(0, 5);
    for (std::int64_t m = 0; m < members; ++m) {
      // Some are in several groups.
      const std::string account = dice.chance(0.2) ? "u" + std::to_string(m) : spec.id + "u" + std::to_string(m);
      spec.members.push_back(draw_member(dice, account, spec.next_msg_seq, now));
    }
    if (dice.chance(0.15)) {  // Chat's own, silent since ever
      spec.members[static_cast<std::size_t>(dice.between(0, members - 1))] = {
          dice.chance(0.5) ? "administrator" : "@RBT#001", "Member", now / 1000 - 800 * 86400, 0, 0};
    }
    if (dice.chance(0.9)) spec.members[static_cast<std::size_t>(dice.between(0, members - 1))].role = "Owner";
    if (!world.create_group(spec)) continue;
    ids.push_back(spec.id);
    const bool awake = dice.chance(0.15);  // a group of which most are online
    for (const chatsim::Member& member : spec.members) {
      if (dice.chance(0.08)) world.set_add_result(member.account, dice.chance(0.5) ? 0 : 3);
      if (dice.chance(awake ? 0.9 : 0.15)) {
        world.set_presence(member.account,
                           dice.chance(0.5) ? chatsim::Presence::kOnline : chatsim::Presence::kPushOnline);
      }
    }
  }
  return ids;
}

}  // namespace headroom::model
