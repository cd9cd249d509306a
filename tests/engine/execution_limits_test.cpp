#include <gmock/gmock.h>

#include <functional>
#include <utility>

#include "engine/runs/runner.h"
#include "tests/support/pruning_world.h"

// The day's limits hold when a delete call goes out, whatever a run has kept for itself when it began.
namespace headroom {
namespace {

using support::kNow;
using testing::ElementsAre;
using testing::IsEmpty;
using Accounts = std::vector<std::string>;

class ExecutionLimitsTest : public testing::Test, protected support::PruningWorld {
 protected:
  using Run = headroom::Run;  // GoogleTest has a function of that name

  ExecutionLimitsTest() : PruningWorld(SchedulerMode::kPrune) {
    settings_.delete_batch = 2;
    settings_.policy.target_headroom = Share::count(5);
    take_over();
    database_.commit([](Transaction& storage) { storage.save_group(full_group()); });
  }

  void reload(const std::function<void(Policy&)>& change) {
    change(settings_.policy);
    take_over();
  }
  // Members of another group that another run has sent so long ago.
  void use_up(std::int64_t count, DurationMs ago, const std::string& group_id = "other") {
    Run run;
    run.group_id = group_id;
    run.mode = RunMode::kPrune;
    run.state = RunState::kSucceeded;
    run.created_at = clock_.now() - ago;
    run.finished_at = run.created_at;
    run.selected = count;
    std::vector<RunMember> members(static_cast<std::size_t>(count));
    Accounts accounts;
    for (RunMember& member : members) {
      member.account = "x" + std::to_string(++others_);
      accounts.push_back(member.account);
    }
    database_.commit([&](Transaction& storage) {
      run.id = storage.insert_run(run);
      storage.insert_run_members(run.id, members);
      storage.mark_sent(run.id, accounts, clock_.now() - ago);
      for (const auto& account : accounts) storage.finish_member(run.id, account, Outcome::kRemoved, 0);
    });
  }
  Run prune() {
    runner_.prune_group("g");
    return *view().find_run(*view().find_group("g")->last_run_id);
  }
  Group group() { return *view().find_group("g"); }

  int others_ = 0;
  Runner runner_{chat_, database_, view(), clock_, cell_, gate_, [] { return 0.5; }, observer_, self_pause_};
};

TEST_F(ExecutionLimitsTest, ALimitThatIsLoweredMeanwhileHolds) {
  chat_.after_delete = [this] { reload([](Policy& policy) { policy.max_removals_per_day = 3; }); };
  const Run run = prune();
  EXPECT_THAT(chat_.deletes, ElementsAre(Accounts{"m0", "m1"}, Accounts{"m10"}));
  EXPECT_EQ(run.state, RunState::kPartial);
  EXPECT_EQ(run.reason, Reason::kDailyLimit);
}

TEST_F(ExecutionLimitsTest, SoDoesTheGroupsOwn) {
  chat_.before_turn = [this] { reload([](Policy& policy) { policy.max_removals_per_group_day = 1; }); };
  EXPECT_EQ(prune().removed, 1);
  EXPECT_THAT(chat_.deletes, ElementsAre(Accounts{"m0"}));
}

// The clock was days ahead while the plan was stored: then nobody seemed to have been sent in the last day.
TEST_F(ExecutionLimitsTest, ADayThatAWrongClockCountedIsCountedAnew) {
  settings_.policy.max_removals_per_day = 10;
  take_over();
  use_up(10, 2 * kHourMs);
  const TimeMs at = clock_.now();
  int looks = 0;
  chat_.before_look = [&] {
    if (++looks == 1) clock_.step(3 * kDayMs);
    if (looks == 2) clock_.step(-3 * kDayMs);
  };
  const Run run = prune();
  EXPECT_THAT(chat_.deletes, IsEmpty());
  EXPECT_EQ(run.state, RunState::kNothingToDo) << run.reason;
  EXPECT_EQ(run.reason, Reason::kDailyLimit);
  EXPECT_EQ(group().reason, BlockReason::kDailyLimit);
  EXPECT_NEAR(static_cast<double>(*group().next_check_at), static_cast<double>(at + 22 * kHourMs), kMinuteMs);
}

// Between the looks and the intent.
TEST_F(ExecutionLimitsTest, WhatAnotherRunHasSentMeanwhileCounts) {
  settings_.policy.max_removals_per_day = 10;
  take_over();
  bool first = true;
  chat_.before_presence = [&] {
    if (chat_.deletes.empty() && chat_.calls("get_specified_group_member_info") > 0 && std::exchange(first, false)) {
      use_up(9, kSecondMs);
    }
  };
  const Run run = prune();
  EXPECT_FALSE(first);
  EXPECT_THAT(chat_.deletes, ElementsAre(Accounts{"m0"}));
  EXPECT_EQ(run.reason, Reason::kDailyLimit);
}

// The limit was used up before anybody was listed: a listing that ends with it, too, is the first that can be told of.
TEST_F(ExecutionLimitsTest, ARunThatHadNoListingGetsThatOfItsConfirmation) {
  settings_.policy.max_removals_per_day = 1;
  take_over();
  use_up(1, kSecondMs);
  const Run first = prune();
  ASSERT_EQ(first.reason, Reason::kDailyLimit);
  ASSERT_EQ(first.considered, 0);
  clock_.advance(kDayMs + kMinuteMs);
  bool listing = true;
  chat_.before_presence = [&] {
    if (std::exchange(listing, false)) use_up(1, 0);
  };
  const Run again = prune();
  EXPECT_EQ(again.id, first.id);
  EXPECT_EQ(again.reason, Reason::kDailyLimit);
  EXPECT_EQ(again.considered, kMembers);
  EXPECT_EQ(view().run_members(first.id, std::nullopt, {100}).items.size(), static_cast<std::size_t>(kMembers));
}

TEST_F(ExecutionLimitsTest, WhoWasSentInVainIsNotCountedTwice) {
  settings_.policy.max_removals_per_day = 2;
  settings_.policy.target_headroom = Share::count(2);
  take_over();
  chat_.delete_refusals = {{ChatOutcome::kOutcomeUnknown, 10002}};
  const Run run = prune();
  EXPECT_EQ(run.removed, 2) << run.reason;
  EXPECT_EQ(chat_.deletes.size(), 2U);
}

// Others of the group could go all the same: it is planned anew once it has cooled down.
TEST_F(ExecutionLimitsTest, WhenAllThatWereSelectedShowASignOfLifeTheGroupWaitsForItsCooldownAlone) {
  settings_.policy.target_headroom = Share::count(1);
  take_over();
  chat_.before_turn = [this] {
    for (Member& member : chat_.members["g"]) {
      if (member.account == "m0") member.last_sent_time_s = clock_.now() / 1000;
    }
  };
  const Run run = prune();
  EXPECT_EQ(run.state, RunState::kNothingToDo);
  EXPECT_THAT(chat_.deletes, IsEmpty());
  EXPECT_LE(*group().next_check_at, clock_.now() + settings_.timing.cooldown);
  EXPECT_GE(*group().next_check_at, clock_.now() + settings_.timing.cooldown - kMinuteMs);
}

}  // namespace
}  // namespace headroom
