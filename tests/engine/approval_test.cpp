#include "engine/runs/approval.h"

#include <gmock/gmock.h>

#include "tests/support/test_database.h"

namespace headroom {
namespace {

using testing::HasSubstr;

using support::kNow;

class ApprovalTest : public testing::Test {
 protected:
  using Run = headroom::Run;  // GoogleTest has a function of that name

  // A waiting plan of `selected` members, in a group of its own with 100 members and as many seats.
  Run waiting(const std::string& group_id, std::int64_t selected, RunState state = RunState::kAwaitingApproval) {
    Run run;
    run.group_id = group_id;
    run.mode = state == RunState::kPlanned ? RunMode::kPlan : RunMode::kApprove;
    run.state = state;
    run.created_at = kNow;
    run.members_before = 100;
    run.max_members = 100;
    run.wanted = selected;
    run.selected = selected;
    run.policy = settings_.policy;
    std::vector<RunMember> members;
    for (std::int64_t i = 0; i < selected; ++i) {
      members.emplace_back();
      members.back().account = "m" + std::to_string(i);
    }
    Group group;
    group.group_id = group_id;
    group.full_since = kNow - kHourMs;
    db_.commit([&](Transaction& storage) {
      run.id = storage.insert_run(run);
      storage.insert_run_members(run.id, members);
      group.last_run_id = run.id;
      storage.save_group(group);
    });
    return run;
  }
  Result<Run> approve_now(std::int64_t id, TimeMs now = kNow, bool paused = false) {
    Result<Run> result;
    db_.commit([&](Transaction& s) { result = approve(s, *s.find_run(id), settings_, paused, now); });
    return result;
  }
  void expect_denied(const Result<Run>& result, const std::string& detail) {
    ASSERT_TRUE(std::holds_alternative<Denied>(result));
    EXPECT_EQ(std::get<Denied>(result).kind, Denied::kConflict);
    EXPECT_THAT(std::get<Denied>(result).detail, HasSubstr(detail));
  }

  ReadView& store() { return db_.view(); }

  support::TestDatabase db_;
  Settings settings_ = [] {
    Settings settings;
    settings.mode = SchedulerMode::kApprove;
    settings.policy.max_removed_share = Share::percent(50);
    return settings;
  }();
};

TEST_F(ApprovalTest, BeginsToRunAndReservesInOneStep) {
  const Run run = waiting("g", 5);
  EXPECT_EQ(store().removal_usage(kNow - kDayMs, std::nullopt).reserved, 0);
  const auto result = approve_now(run.id, kNow + 7);
  ASSERT_TRUE(std::holds_alternative<Run>(result));
  const Run stored = *store().find_run(run.id);
  EXPECT_EQ(stored.state, RunState::kRunning);
  EXPECT_EQ(stored.started_at, kNow + 7);
  EXPECT_EQ(store().removal_usage(kNow - kDayMs, std::nullopt).reserved, 5);
  const Group group = *store().find_group("g");
  EXPECT_EQ(group.state, GroupState::kPruning);
  EXPECT_EQ(group.last_run_id, run.id);
  EXPECT_FALSE(group.next_check_at);
  expect_denied(approve_now(run.id), "running");
}

TEST_F(ApprovalTest, APlanOfModePlanReservesToo) {
  const Run run = waiting("g", 5, RunState::kPlanned);
  ASSERT_TRUE(std::holds_alternative<Run>(approve_now(run.id)));
  EXPECT_EQ(store().find_run(run.id)->mode, RunMode::kApprove);
  EXPECT_EQ(store().removal_usage(kNow - kDayMs, std::nullopt).reserved, 5);
}

TEST_F(ApprovalTest, IsCutFromTheEndByEveryDailyLimit) {
  settings_.policy.max_removals_per_day = 12;
  const Run first = waiting("a", 5);
  const Run second = waiting("b", 5);
  const Run third = waiting("c", 5);
  const Run fourth = waiting("d", 5);
  for (const Run& run : {first, second, third}) {
    ASSERT_TRUE(std::holds_alternative<Run>(approve_now(run.id))) << run.id;
  }
  EXPECT_EQ(store().find_run(third.id)->selected, 2);
  EXPECT_EQ(store().find_run(third.id)->kept.at(Why::kOverLimit), 3);
  const auto plan = store().plan(third.id);
  ASSERT_EQ(plan.size(), 2U);
  EXPECT_EQ(plan[0].account, "m0");
  EXPECT_EQ(plan[1].account, "m1");
  expect_denied(approve_now(fourth.id), "daily limits");
  EXPECT_EQ(store().find_run(fourth.id)->state, RunState::kAwaitingApproval);
  EXPECT_EQ(store().removal_usage(kNow - kDayMs, std::nullopt).reserved, 12);
}

// The plan was made under a larger limit than the one in force when it is approved.
TEST_F(ApprovalTest, TheLimitInForceCounts) {
  const Run run = waiting("g", 5);
  settings_.policy.max_removals_per_group_day = 3;
  ASSERT_TRUE(std::holds_alternative<Run>(approve_now(run.id)));
  EXPECT_EQ(store().find_run(run.id)->selected, 3);
}

// By a single member, too.
TEST_F(ApprovalTest, OneMoreThanTheLimitIsCut) {
  const Run run = waiting("g", 5);
  settings_.policy.max_removals_per_group_day = 4;
  ASSERT_TRUE(std::holds_alternative<Run>(approve_now(run.id)));
  EXPECT_EQ(store().find_run(run.id)->selected, 4);
}

TEST_F(ApprovalTest, TheDaysLimitInForceCounts) {
  const Run run = waiting("g", 5);
  settings_.policy.max_removals_per_day = 2;
  ASSERT_TRUE(std::holds_alternative<Run>(approve_now(run.id)));
  EXPECT_EQ(store().find_run(run.id)->selected, 2);
  EXPECT_EQ(store().removal_usage(kNow - kDayMs, std::nullopt).reserved, 2);
}

// Made when the day left little: by now it leaves more.
TEST_F(ApprovalTest, ALimitThatWasRaisedSinceThePlanDoesNotCut) {
  settings_.policy.max_removals_per_day = 3;
  settings_.policy.max_removals_per_group_day = 2;
  const Run run = waiting("g", 5);
  settings_.policy.max_removals_per_day = 10;
  settings_.policy.max_removals_per_group_day = 0;
  ASSERT_TRUE(std::holds_alternative<Run>(approve_now(run.id)));
  EXPECT_EQ(store().find_run(run.id)->selected, 5);
}

TEST_F(ApprovalTest, DeniedWithAReason) {
  const Run run = waiting("g", 5);
  expect_denied(approve_now(run.id, kNow, true), "paused");
  expect_denied(approve_now(run.id, kNow + settings_.approval_ttl), "approval_ttl");
  settings_.mode = SchedulerMode::kObserve;
  expect_denied(approve_now(run.id), "observe");
  settings_.mode = SchedulerMode::kPrune;
  db_.commit([](Transaction& s) { s.put_exemption({0, ExemptionKind::kGroup, "g", "", kNow, kNow + 10}); });
  expect_denied(approve_now(run.id), "exempt");
  EXPECT_TRUE(std::holds_alternative<Run>(approve_now(run.id, kNow + 10)));
}

TEST_F(ApprovalTest, DeniedWhileAnotherRunIsOpen) {
  const Run planned = waiting("g", 5, RunState::kPlanned);
  Run other;
  other.group_id = "g";
  other.state = RunState::kRunning;
  other.created_at = kNow;
  db_.commit([&](Transaction& s) { other.id = s.insert_run(other); });
  expect_denied(approve_now(planned.id), "run " + std::to_string(other.id) + " is open");
}

TEST_F(ApprovalTest, WhatEndedIsNoPlan) {
  for (const RunState state : {RunState::kSucceeded, RunState::kPartial, RunState::kFailed, RunState::kNothingToDo,
                               RunState::kRejected, RunState::kExpired}) {
    const Run run = waiting("g" + std::to_string(static_cast<int>(state)), 2, state);
    expect_denied(approve_now(run.id), "only a plan");
    Result<Run> rejected;
    db_.commit([&](Transaction& s) { rejected = reject(s, run, settings_, kNow); });
    expect_denied(rejected, "does not wait");
  }
}

TEST_F(ApprovalTest, ALookThatConfirmedThePlanMakesItYoung) {
  Run run = waiting("g", 2, RunState::kPlanned);
  run.confirmed_at = kNow + settings_.approval_ttl;
  EXPECT_FALSE(is_too_old(run, settings_, kNow + settings_.approval_ttl));
  EXPECT_TRUE(is_too_old(run, settings_, kNow + 2 * settings_.approval_ttl));
}

TEST_F(ApprovalTest, ARejectedPlanLeavesTheGroupToTheCoolDown) {
  const Run run = waiting("g", 2);
  Result<Run> rejected;
  db_.commit([&](Transaction& s) { rejected = reject(s, run, settings_, kNow); });
  ASSERT_TRUE(std::holds_alternative<Run>(rejected));
  const Run stored = *store().find_run(run.id);
  EXPECT_EQ(stored.state, RunState::kRejected);
  EXPECT_EQ(stored.finished_at, kNow);
  const Group group = *store().find_group("g");
  EXPECT_EQ(group.state, GroupState::kFull);
  EXPECT_EQ(group.next_check_at, kNow + settings_.timing.cooldown);
  EXPECT_EQ(group.cooldown_until, kNow + settings_.timing.cooldown);
}

}  // namespace
}  // namespace headroom
