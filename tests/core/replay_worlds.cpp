#include "tests/core/replay_worlds.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace headroom::replay_worlds {
namespace {

Policy some_policy(Dice& dice) {
  Policy policy;
  policy.inactive_for = (1 + dice.up_to(120)) * kDayMs;
  policy.newcomer_grace = dice.up_to(30) * kDayMs;
  policy.target_headroom =
      dice.often(0.5) ? Share::count(1 + dice.up_to(9)) : Share::percent(1.0 + static_cast<double>(dice.up_to(30)));
  policy.max_removals_per_run = 1 + dice.up_to(12);
  policy.max_removed_share = Share::percent(5.0 + static_cast<double>(dice.up_to(60)));
  policy.protect_online = dice.often(0.6);
  policy.reader_backlog = dice.often(0.4) ? 0 : dice.up_to(200);
  policy.second_look = dice.often(0.4) ? 0 : (1 + dice.up_to(48)) * kHourMs;
  policy.min_capacity = dice.up_to(45);
  if (dice.often(0.2)) policy.protect_accounts = *Globs::parse("m1*");
  if (dice.often(0.1)) policy.scope.except_groups = *Globs::parse("g*");
  if (dice.often(0.1)) policy.scope.types = *GroupTypes::parse("Private, Public");
  return policy;
}

Role some_role(Dice& dice) {
  const std::int64_t at = dice.up_to(99);
  if (at < 2) return Role::kOwner;
  if (at < 6) return Role::kAdmin;
  if (at < 8) return Role::kAbsent;
  return Role::kMember;
}

Listed some_member(std::int64_t i, const World& world, const JudgeContext& of_group, Dice& dice, Kind kind) {
  Listed one;
  one.context = of_group;
  one.context.now = kNow + dice.up_to(60000);
  one.member.account = "m" + std::to_string(i);
  one.member.role = some_role(dice);
  const std::int64_t now_s = kNow / 1000;
  const auto ago = [&] { return dice.up_to(150 * 86400); };
  if (!dice.often(0.03)) one.member.join_time_s = now_s - ago();
  if (!dice.often(0.03)) one.member.last_sent_time_s = dice.often(0.3) ? 0 : now_s - ago();
  if (!dice.often(0.03)) one.member.msg_seq = dice.up_to(1300);
  one.context.exempt = dice.often(0.05);
  one.context.service = i == 7;
  if (i == 7) one.member.account = kAdmin;
  const std::int64_t at = dice.up_to(9);
  one.context.presence = at < 6 ? Presence::kOffline : at < 8 ? Presence::kOnline : Presence::kUnknown;
  if (kind.plain) return one;
  if (dice.often(0.05)) one.member.mute_until_s = now_s + 86400;
  if (dice.often(0.05)) one.context.returned_at = kNow - dice.up_to(100) * kDayMs;
  if (dice.often(0.05)) one.context.restored_at = kNow - dice.up_to(60) * kDayMs;
  const bool noted = dice.often(0.5) && (world.policy.second_look > 0 || of_group.silent || of_group.mute_all);
  if (noted && one.member.msg_seq) {
    FirstLook look{kNow - dice.up_to(72) * kHourMs, *one.member.msg_seq, dice.often(0.7), std::nullopt};
    if (dice.often(0.2)) look.msg_seq = dice.up_to(1300);
    if (dice.often(0.2)) look.moved_at = look.seen_at - dice.up_to(150) * kDayMs;
    one.context.first_look = look;
  }
  one.contradicts = dice.often(0.02);
  one.contradicted_early = dice.often(0.5);
  return one;
}

JudgeContext some_group(Dice& dice, Kind kind) {
  JudgeContext group;
  if (!dice.often(0.05)) group.next_msg_seq = 1001;
  if (kind.plain) return group;
  if (!dice.often(0.1)) group.last_msg_time_s = kNow / 1000 - dice.up_to(100 * 86400);
  group.mute_all = dice.often(0.1);
  group.silent = dice.often(0.1);
  group.chat_room = dice.often(0.2);
  return group;
}

// What the planner does with one row: the presence is asked for when it alone can still keep the member.
Why judged(const Listed& one, const Policy& policy, std::optional<Presence>& asked) {
  JudgeContext context = one.context;
  context.presence.reset();
  const Why why = judge(one.member, context, policy);
  if (why != Why::kInactive || !needs_presence(one.member, context, policy)) return why;
  asked = context.presence = one.context.presence;
  return judge(one.member, context, policy);
}

// Everybody whom the other policy could take, had it been there and asked.
std::set<std::string> removable(const World& world, const Policy& policy) {
  std::set<std::string> accounts;
  for (const Listed& one : world.members) {
    std::optional<Presence> asked;
    if (!one.contradicts && judged(one, policy, asked) == Why::kInactive) accounts.insert(one.member.account);
  }
  return accounts;
}

bool left_alone_by(const World& world, const Policy& policy) {
  return !policy.scope.contains("g", group_type(world.run.evidence ? world.run.evidence->type : "Public")) ||
         *world.run.max_members < policy.min_capacity;
}

}  // namespace

Policy changed(const Policy& from, Dice& dice) {
  const Policy other = some_policy(dice);
  Policy to = from;
  if (dice.often(0.4)) to.inactive_for = other.inactive_for;
  if (dice.often(0.3)) to.newcomer_grace = other.newcomer_grace;
  if (dice.often(0.3)) to.target_headroom = other.target_headroom;
  if (dice.often(0.3)) to.max_removals_per_run = other.max_removals_per_run;
  if (dice.often(0.3)) to.max_removed_share = other.max_removed_share;
  if (dice.often(0.3)) to.protect_online = other.protect_online;
  if (dice.often(0.3)) to.reader_backlog = other.reader_backlog;
  if (dice.often(0.3)) to.second_look = other.second_look;
  if (dice.often(0.2)) to.protect_accounts = other.protect_accounts;
  if (dice.often(0.1)) to.min_capacity = other.min_capacity;
  if (dice.often(0.1)) to.scope = other.scope;
  return to;
}

Selection::Result select(const World& world, const Policy& policy, std::vector<RunMember>* rows) {
  const std::int64_t seats = *world.run.max_members;
  const std::int64_t members = *world.run.members_before;
  const std::int64_t needed = needed_removals(wanted_seats(policy.target_headroom, seats), members, seats);
  Selection selection(std::min(needed, run_limit(policy, members)), needed, rows != nullptr);
  for (const Listed& one : world.members) {
    JudgeContext context = one.context;
    context.presence.reset();
    const Why why = judged(one, policy, context.presence);
    if (one.contradicts && one.contradicted_early && context.presence) {
      context.presence.reset();
      selection.keep(one.member, Why::kUnknownActivity, std::nullopt, evidence_of(one.member, context, policy));
      continue;
    }
    const MemberEvidence evidence = evidence_of(one.member, context, policy);
    if (why == Why::kInactive) {
      selection.offer(one.member, evidence);
    } else {
      selection.keep(one.member, why, std::nullopt, evidence);
    }
    if (one.contradicts) selection.contradict(one.member.account, why);
  }
  return selection.take();
}

World some_world(unsigned seed, Kind kind) {
  Dice dice(seed);
  World world;
  world.policy = some_policy(dice);
  world.policy.scope = {};
  if (kind.plain) {
    world.policy.second_look = 0;
    world.policy.protect_accounts = {};
  }
  world.policy.min_capacity = 0;
  const JudgeContext group = some_group(dice, kind);
  Run& run = world.run;
  run.id = 12;
  run.group_id = "g";
  run.created_at = kNow;
  run.policy = world.policy;
  run.max_members = 40;
  run.members_before = 40;
  for (std::int64_t i = 0; i < 40; ++i) world.members.push_back(some_member(i, world, group, dice, kind));
  // Of those who are kept whatever their rows say nobody notes that the rows contradict each other.
  for (Listed& one : world.members) {
    std::optional<Presence> asked;
    const Why why = judged(one, world.policy, asked);
    if (why == Why::kExempt || why == Why::kService || why == Why::kUnknownActivity) one.contradicts = false;
  }
  std::vector<RunMember> rows;
  Selection::Result plan = select(world, world.policy, &rows);
  run.selected = std::ssize(plan.selected);
  run.eligible = std::count_if(world.members.begin(), world.members.end(), [&](const Listed& one) {
    std::optional<Presence> asked;
    return !one.contradicts && judged(one, world.policy, asked) == Why::kInactive;
  });
  run.kept = std::move(plan.kept_counts);
  if (plan.cut) run.limited_by = LimitedBy::kRun;
  ListingEvidence evidence{group.next_msg_seq,
                           group.last_msg_time_s,
                           group.mute_all,
                           group.silent,
                           group.chat_room ? "ChatRoom" : "Public",
                           {}};
  for (const Listed& one : world.members) count_in(evidence.histogram, one.member, one.context.now);
  run.evidence = std::move(evidence);
  world.rows = std::move(plan.selected);
  world.rows.insert(world.rows.end(), plan.kept.begin(), plan.kept.end());
  return world;
}

std::vector<std::string> accounts_of(const std::vector<RunMember>& rows) {
  std::vector<std::string> accounts;
  for (const RunMember& row : rows) accounts.push_back(row.account);
  return accounts;
}

Replay::Result replay(const World& world, const Policy& policy) {
  Replay replay(world.run, policy, "Public", kAdmin);
  for (const RunMember& row : world.rows) replay.see(row);
  return replay.take();
}

void expect_sound(const World& world, const Policy& policy, const Replay::Result& again, unsigned seed) {
  const auto truth = removable(world, policy);
  const auto really = left_alone_by(world, policy) ? std::size_t{0} : select(world, policy).selected.size();
  for (const std::string& account : again.selected) EXPECT_TRUE(truth.contains(account)) << seed << " " << account;
  EXPECT_LE(again.selected.size(), really) << seed;
  EXPECT_GE(std::ssize(again.selected) + again.counted_only, static_cast<std::int64_t>(really)) << seed;
  EXPECT_EQ(std::ssize(again.selected), again.selected_then + std::ssize(again.added) - std::ssize(again.spared))
      << seed;
}

}  // namespace headroom::replay_worlds
