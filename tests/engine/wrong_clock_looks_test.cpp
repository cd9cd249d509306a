// What is looked at, and what runs, while the wall clock is wrong and once it is right again.
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "tests/engine/wrong_clock_fixture.h"

namespace headroom {
namespace {

using support::kNow;
using test::WrongClockTest;
using testing::ElementsAre;
using testing::IsEmpty;

// Each group was named by a webhook while the clock was a day ahead.
TEST_F(WrongClockTest, AheadForSecondsStopsPruningForSeconds) {
  settings_.timing.stale_after = 0;
  restart();
  for (const char* id : {"known", "new", "newer"}) chat_.put_group(id, "Public", 200, 200);
  full_event("known");
  run_for(kMinuteMs);
  ASSERT_EQ(work_.in_hand(), 1U);
  work_.finish(work_.pop()->group_id);
  database_.commit([&](Transaction& storage) {
    auto group = storage.find_group("known");
    group->next_check_at = clock_.now();
    storage.save_group(*group);
  });
  for (const DurationMs error : {kDayMs, 20 * kHourMs, 400 * kDayMs}) {
    wrong_by(error);
    full_event("new");
    run_for(6 * kSecondMs);
    EXPECT_EQ(pause_.state().own_reason, "clock_skew");
    wrong_by(0);
    run_for(15 * kSecondMs);
    EXPECT_EQ(pause_.state().own_reason, "");
    full_event("newer");
    run_for(15 * kSecondMs);
    std::vector<std::string> to_run;
    while (work_.in_hand() > 0) {
      to_run.push_back(work_.pop()->group_id);
      work_.finish(to_run.back());
    }
    EXPECT_THAT(to_run, testing::IsSupersetOf({"known", "new", "newer"})) << error / kHourMs;
  }
  EXPECT_THAT(finished_, IsEmpty()) << "a look by a wrong clock is no run";
}

TEST_F(WrongClockTest, WhatAnEarlierProcessParkedIsDueAfterAStart) {
  chat_.put_group("g", "Public", 100, 200);
  chat_.put_group("blocked", "Public", 100, 200);
  full_event("g");
  full_event("blocked");
  database_.commit([&](Transaction& storage) {
    auto group = storage.find_group("g");
    group->full_since = group->last_full_at = kNow + 20 * kHourMs;
    group->next_check_at = kNow + 20 * kHourMs;
    group->observed_at = kNow;
    storage.save_group(*group);
    group = storage.find_group("blocked");
    group->state = GroupState::kBlocked;
    group->reason = BlockReason::kNobodyRemovable;
    group->next_check_at = kNow + 20 * kHourMs;
    storage.save_group(*group);
  });
  restart();
  run_for(30 * kSecondMs);
  EXPECT_EQ(state("g"), GroupState::kHasRoom);
  EXPECT_EQ(view_->find_group("g")->full_since, std::nullopt);
  EXPECT_EQ(state("blocked"), GroupState::kBlocked) << "that is what its rule may set";
}

// By a clock that was ahead its exemption was over, and Chat did not answer for it then.
TEST_F(WrongClockTest, AnExemptGroupIsParkedNoLongerThanItsExemptionLasts) {
  for (const char* id : {"g", "over"}) {
    chat_.put_group(id, "Public", 200, 200);
    full_event(id);
  }
  exempt("g", ExemptionKind::kGroup, kNow + 2 * kHourMs);
  database_.commit([&](Transaction& storage) {
    for (const char* id : {"g", "over"}) {
      Group group = after_exempted(*storage.find_group(id), kNow + 10 * kDayMs);
      group.observed_at = kNow;
      storage.save_group(group);
    }
  });
  restart();
  run_for(30 * kSecondMs);
  EXPECT_EQ(view_->find_group("g")->next_check_at, kNow + 2 * kHourMs);
  EXPECT_EQ(state("g"), GroupState::kBlocked);
  EXPECT_EQ(state("over"), GroupState::kFull) << "it has been looked at";
}

TEST_F(WrongClockTest, ByAClockThatIsFarBehindNothingLooksParked) {
  for (const char* id : {"g", "h"}) {
    chat_.put_group(id, "Public", 200, 200);
    full_event(id);
  }
  const auto before = view_->groups({}, {}).items;
  wrong_by(-200 * kDayMs);
  restart();
  run_for(kMinuteMs);
  EXPECT_THAT(paused_, testing::Contains("clock_skew")) << "it asked";
  EXPECT_EQ(view_->groups({}, {}).items, before);
}

TEST_F(WrongClockTest, AChatThatIsAskedMeanwhileIsAskedEveryTenSecondsAndNoMore) {
  chat_.put_group("g", "Public", 200, 200);
  settings_.timing.stale_after = 0;
  settings_.tick = kHourMs;
  restart();
  full_event("g");
  wrong_by(kHourMs);
  run_for(kSecondMs);
  const int calls = chat_.all_calls();
  run_for(10 * kMinuteMs);
  EXPECT_GE(chat_.all_calls() - calls, 60);
  EXPECT_LE(chat_.all_calls() - calls, 130);
}

TEST_F(WrongClockTest, AUserSigThatIsRefusedMeanwhileIsNoWrongKey) {
  chat_.put_group("g", "Public", 200, 200);
  settings_.timing.stale_after = 0;
  restart();
  full_event("g");
  wrong_by(-2 * kDayMs);
  database_.commit([&](Transaction& storage) {
    auto group = storage.find_group("g");
    group->next_check_at = clock_.now();
    storage.save_group(*group);
  });
  chat_.look_refusals.assign(1, {ChatOutcome::kCredentialsRejected, 70001});
  run_for(kSecondMs);
  EXPECT_THAT(paused_, ElementsAre("clock_skew"));
}

}  // namespace
}  // namespace headroom
