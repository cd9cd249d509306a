#include "headroom/replay.h"

#include <gtest/gtest.h>

#include "headroom/past_facts.h"
#include "tests/core/replay_worlds.h"

namespace headroom {
namespace {

using namespace replay_worlds;

TEST(Replay, ItsOwnPolicySelectsTheSame) {
  std::int64_t selected = 0;
  for (unsigned seed = 1; seed <= 3000; ++seed) {
    const World world = some_world(seed);
    const Replay::Result again = replay(world, world.policy);
    std::vector<std::string> then = accounts_of(world.rows);
    then.resize(static_cast<std::size_t>(world.run.selected));
    ASSERT_EQ(again.selected, then) << seed;
    EXPECT_TRUE(again.added.empty() && again.spared.empty()) << seed;
    EXPECT_EQ(again.counted_only, 0) << seed;
    selected += world.run.selected;
    for (const RunMember& row : world.rows) {
      const Why why = judge_again(past_facts(world.run, row, kAdmin), world.policy).why;
      const bool removable_then = row.why == Why::kOverLimit || row.why == Why::kNotNeeded;
      if (row.why == Why::kUnknownActivity) continue;  // maybe it contradicted another row
      EXPECT_EQ(why, removable_then ? Why::kInactive : row.why) << seed << " " << row.account;
    }
  }
  EXPECT_GT(selected, 3000) << "there has to be somebody to select";
}

// A later look that came to the same has brought its limits, and no rows.
TEST(Replay, LimitsOfALaterDayAddNobody) {
  std::int64_t could_be_more = 0;
  for (unsigned seed = 1; seed <= 1000; ++seed) {
    World world = some_world(seed);
    world.run.policy.max_removals_per_run = 100000;
    world.run.policy.max_removed_share = Share::percent(100);
    world.run.policy.target_headroom = Share::percent(90);
    if (world.run.kept[Why::kNotNeeded] > 0) ++could_be_more;
    const Replay::Result again = replay(world, world.run.policy);
    EXPECT_EQ(std::ssize(again.selected), world.run.selected) << seed;
    EXPECT_TRUE(again.added.empty() && again.spared.empty()) << seed;
    EXPECT_EQ(again.counted_only, 0) << seed;
  }
  EXPECT_GT(could_be_more, 100);
}

// One of a plan left by himself, and then the day's limit left less than was still to go: the last of those stayed.
TEST(Replay, WhoStayedOfAPlanThatWasCutUnderWayIsNotAdded) {
  std::int64_t cut = 0;
  for (unsigned seed = 1; seed <= 1000; ++seed) {
    World world = some_world(seed);
    if (world.run.selected < 4) continue;
    RunMember& stayed = world.rows.at(static_cast<std::size_t>(world.run.selected) - 2);
    ASSERT_EQ(stayed.decision, Decision::kRemove);
    stayed.decision = Decision::kKeep;
    stayed.why = Why::kOverLimit;
    world.rows.at(static_cast<std::size_t>(world.run.selected) - 1).outcome = Outcome::kLeft;
    --world.run.selected;
    world.run.limited_by = LimitedBy::kDay;
    const Replay::Result again = replay(world, world.run.policy);
    EXPECT_EQ(std::ssize(again.selected), world.run.selected) << seed;
    EXPECT_TRUE(again.added.empty() && again.spared.empty()) << seed;
    EXPECT_EQ(again.counted_only, 0) << seed;
    ++cut;
  }
  EXPECT_GT(cut, 100);
}

TEST(Replay, WhoHadReadMoreThanNextMsgSeqLeavesRoomForIsAReader) {
  headroom::Run run;
  run.evidence = ListingEvidence{};
  run.evidence->next_msg_seq = 1;
  run.evidence->type = "Public";
  RunMember row;
  row.account = "a";
  row.why = Why::kReader;
  row.joined_at_s = 1'600'000'000;
  row.last_sent_at_s = 0;
  row.evidence.role = Role::kMember;
  row.evidence.judged_at = 1'790'000'000'000;
  row.evidence.unread = 0;
  EXPECT_EQ(judge_again(past_facts(run, row, kAdmin), run.policy).why, Why::kReader);
}

TEST(Replay, AnotherPolicySelectsWhomItWouldHaveTakenAndNobodyElse) {
  std::int64_t added = 0, spared = 0, counted = 0;
  for (unsigned seed = 1; seed <= 3000; ++seed) {
    const World world = some_world(seed);
    Dice dice(seed + 1000000);
    const Policy other = changed(world.policy, dice);
    const Replay::Result again = replay(world, other);
    expect_sound(world, other, again, seed);
    added += std::ssize(again.added);
    spared += std::ssize(again.spared);
    counted += again.counted_only;
    ASSERT_FALSE(testing::Test::HasFailure());
  }
  EXPECT_GT(added, 500);
  EXPECT_GT(spared, 500);
  EXPECT_GT(counted, 500);
}

TEST(Replay, WithoutTheRowsOfThoseWhoWereKeptTheOthersAreCounted) {
  std::int64_t counted = 0;
  for (unsigned seed = 1; seed <= 3000; ++seed) {
    World world = some_world(seed);
    world.rows.resize(static_cast<std::size_t>(world.run.selected));
    world.run.kept_stored = false;
    const Replay::Result own = replay(world, world.policy);
    EXPECT_EQ(own.selected, accounts_of(world.rows)) << seed;
    EXPECT_EQ(own.counted_only, 0) << seed;
    Dice dice(seed + 1000000);
    const Policy other = changed(world.policy, dice);
    const Replay::Result again = replay(world, other);
    expect_sound(world, other, again, seed);
    EXPECT_TRUE(again.added.empty());
    counted += again.counted_only;
    ASSERT_FALSE(testing::Test::HasFailure());
  }
  EXPECT_GT(counted, 500);
}

// As earlier versions stored them: without anything that a member was judged by, but for two times and the verdict.
TEST(Replay, ARowOfAnEarlierVersionProvesWhatItsVerdictSays) {
  std::int64_t selected = 0;
  for (unsigned seed = 1; seed <= 3000; ++seed) {
    World world = some_world(seed, {.plain = true});
    // They judged everybody at one moment, as far as anybody knows.
    for (Listed& one : world.members) one.context.now = kNow;
    Selection::Result plan = select(world, world.policy, &world.rows);
    world.rows = std::move(plan.selected);
    world.run.selected = std::ssize(world.rows);
    world.rows.insert(world.rows.end(), plan.kept.begin(), plan.kept.end());
    for (RunMember& row : world.rows) row.evidence = {};
    world.run.evidence.reset();
    const Replay::Result own = replay(world, world.policy);
    std::vector<std::string> then = accounts_of(world.rows);
    then.resize(static_cast<std::size_t>(world.run.selected));
    EXPECT_EQ(own.selected, then) << seed;
    Dice dice(seed + 1000000);
    const Policy other = changed(world.policy, dice);
    const Replay::Result again = replay(world, other);
    expect_sound(world, other, again, seed);
    selected += std::ssize(again.selected);
    ASSERT_FALSE(testing::Test::HasFailure());
  }
  EXPECT_GT(selected, 1000);
}

// What is left of a day is not known of another policy; but what the day has cut stays cut while its limits are the
// same.
TEST(Replay, WhatTheDaysLimitCutStaysCutUntilTheLimitsAreOthers) {
  World world;
  world.policy.target_headroom = Share::count(4);
  world.policy.protect_online = false;
  world.policy.reader_backlog = 0;
  world.run.group_id = "g";
  world.run.created_at = kNow;
  world.run.policy = world.policy;
  world.run.max_members = world.run.members_before = 40;
  world.run.selected = 1;
  world.run.limited_by = LimitedBy::kDay;
  world.run.evidence = ListingEvidence{1001, 0, false, false, "Public", {}};
  for (const char* account : {"a", "b", "c"}) {
    RunMember row;
    row.account = account;
    row.joined_at_s = row.last_sent_at_s = kNow / 1000 - 200 * 86400;
    row.evidence.role = Role::kMember;
    row.evidence.judged_at = kNow;
    row.decision = world.rows.empty() ? Decision::kRemove : Decision::kKeep;
    row.why = world.rows.empty() ? Why::kInactive : Why::kOverLimit;
    world.rows.push_back(row);
  }
  EXPECT_EQ(replay(world, world.policy).selected, (std::vector<std::string>{"a"}));
  Policy longer = world.policy;
  longer.inactive_for = 60 * kDayMs;
  EXPECT_EQ(replay(world, longer).selected, (std::vector<std::string>{"a"}));
  Policy more = world.policy;
  more.max_removals_per_day = 5000;
  EXPECT_EQ(replay(world, more).selected, (std::vector<std::string>{"a", "b", "c"}));
}

}  // namespace
}  // namespace headroom
