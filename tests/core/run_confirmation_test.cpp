// A run that comes to what the group's last one came to only confirms it.
#include <gtest/gtest.h>

#include "headroom/run_state.h"

namespace headroom {
namespace {

constexpr TimeMs kNow = 1'000'000;

TEST(RunState, TheSameAnswerUnderTheSamePolicy) {
  headroom::Run last;
  plan_made(last);
  headroom::Run run = last;
  run.id = 8;
  EXPECT_TRUE(says_the_same(last, run));
  run.policy.protect_online = !run.policy.protect_online;
  EXPECT_FALSE(says_the_same(last, run));
  run = last;
  run.reason = Reason::kDailyLimit;
  EXPECT_FALSE(says_the_same(last, run));
  run = last;
  run.mode = RunMode::kPrune;
  EXPECT_FALSE(says_the_same(last, run));
}

TEST(RunState, AConfirmedRunHasTheLimitsOfToday) {
  headroom::Run last;
  last.id = 7;
  last.policy.max_removals_per_day = 100;
  headroom::Run run;
  run.policy.max_removals_per_day = 10;
  confirm(last, run, kNow);
  EXPECT_EQ(last.id, 7);
  EXPECT_EQ(last.policy.max_removals_per_day, 10);
  EXPECT_EQ(last.confirmed_at, kNow);
}

TEST(RunState, ARunThatListedNobodyGetsTheListingOfItsConfirmation) {
  headroom::Run last;
  headroom::Run run;
  run.members_before = 200;
  run.max_members = 200;
  run.wanted = 20;
  run.considered = 200;
  run.eligible = 150;
  run.limited_by = LimitedBy::kDay;
  run.kept = {{Why::kOwner, 1}, {Why::kActive, 49}};
  run.kept_stored = false;
  run.evidence = ListingEvidence{42, 7, false, true, "Public", {}};
  confirm(last, run, kNow);
  EXPECT_EQ(last.considered, 200);
  EXPECT_EQ(last.eligible, 150);
  EXPECT_EQ(last.kept, run.kept);
  EXPECT_FALSE(last.kept_stored);
  EXPECT_EQ(last.evidence, run.evidence);
  EXPECT_EQ(last.members_before, 200);
  EXPECT_EQ(last.wanted, 20);
  EXPECT_EQ(last.limited_by, LimitedBy::kDay);
}

// What its rows were judged by.
TEST(RunState, AConfirmedRunKeepsTheListingThatItHas) {
  headroom::Run last;
  last.considered = 200;
  last.eligible = 150;
  headroom::Run run;
  run.considered = 201;
  run.eligible = 10;
  run.evidence.emplace();
  confirm(last, run, kNow);
  EXPECT_EQ(last.considered, 200);
  EXPECT_EQ(last.eligible, 150);
  EXPECT_EQ(last.evidence, std::nullopt);
  confirm(last, headroom::Run{}, kNow);
  EXPECT_EQ(last.considered, 200);
}

}  // namespace
}  // namespace headroom
