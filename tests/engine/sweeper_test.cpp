#include "engine/sweeps/sweeper.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/engine/sweeper_fixture.h"

namespace headroom::support {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

TEST_F(SweeperTest, RecordsTheFullGroupsOfTheSupportedTypes) {
  fill_world();
  run();
  EXPECT_THAT(event_groups(), UnorderedElementsAre("Private6", "Public6", "ChatRoom6", "Community6"));
  const Sweep sweep = newest();
  EXPECT_EQ(sweep.state, SweepState::kFinished);
  EXPECT_EQ(sweep.groups_listed, 28);
  EXPECT_EQ(sweep.groups_read, 28);
  EXPECT_EQ(sweep.groups_full, 4);
  EXPECT_EQ(sweep.groups_new, 4);
  EXPECT_TRUE(sweep.finished_at);
  EXPECT_EQ(events_, 4);
  EXPECT_EQ(database_.view().groups({}, {100, std::nullopt}).items.size(), 4U) << "groups with room get no row";
  EXPECT_EQ(chat_.listings.size(), 12U) << "three pages of each type";
  EXPECT_EQ(chat_.listings.at(1).second, FakeChat::kCursorBase + 3) << "64 bits";
}

TEST_F(SweeperTest, AFullGroupIsLookedAtLikeOneOfAWebhook) {
  chat_.put_group("g", "Public", 200, 200);
  set([](Settings& s) { s.timing.stale_after = 0; });
  run();
  const auto group = database_.view().find_group("g");
  ASSERT_TRUE(group);
  EXPECT_EQ(group->state, GroupState::kFull);
  EXPECT_EQ(group->full_since, kNow);
  EXPECT_EQ(group->observed_at, kNow);
  EXPECT_EQ(due_, 1);
  EXPECT_EQ(database_.view().due_groups(clock_.now(), 10).size(), 1U);
}

// It was not seen full before: stale_after would be over sooner.
TEST_F(SweeperTest, ALookThatIsMadeAgainHasTheTimeOfTheTryThatWasAnswered) {
  chat_.put_group("g", "Public", 200, 200);
  chat_.look_refusals = {{ChatOutcome::kOutcomeUnknown, 0}};
  chat_.before_look = [this] { clock_.advance(chat_.looks.size() == 1 ? 20 * kSecondMs : 0); };
  run();
  EXPECT_GE(database_.view().find_group("g")->full_since, kNow + 20 * kSecondMs);
}

TEST_F(SweeperTest, WhatAWebhookToldIsNoNews) {
  fill_world();
  database_.commit([&](Transaction& storage) {
    Group group;
    group.group_id = "Public6";
    group.state = GroupState::kBlocked;
    storage.save_group(group);
  });
  run();
  EXPECT_THAT(event_groups(), UnorderedElementsAre("Private6", "ChatRoom6", "Community6"));
  EXPECT_EQ(newest().groups_full, 4);
  EXPECT_EQ(newest().groups_new, 3);
  EXPECT_EQ(database_.view().find_group("Public6")->full_events, 0);
}

TEST_F(SweeperTest, AWebhookThatComesDuringTheLookIsTheEvent) {
  chat_.put_group("g", "Public", 200, 200);
  chat_.before_look = [&] {
    database_.commit([&](Transaction& storage) {
      if (storage.find_group("g")) return;
      Group group;
      group.group_id = "g";
      storage.save_group(group);
    });
  };
  run();
  EXPECT_THAT(event_groups(), IsEmpty());
  EXPECT_EQ(newest().groups_full, 1);
  EXPECT_EQ(newest().groups_new, 0);
}

TEST_F(SweeperTest, ADryRunCountsAndRecordsNothing) {
  fill_world();
  set([](Settings& s) { s.sweep_interval = 0; });
  start(true);
  run();
  EXPECT_TRUE(newest().dry_run);
  EXPECT_EQ(newest().state, SweepState::kFinished);
  EXPECT_EQ(newest().groups_full, 4);
  EXPECT_EQ(newest().groups_new, 4);
  EXPECT_THAT(event_groups(), IsEmpty());
  EXPECT_EQ(database_.view().groups({}, {100, std::nullopt}).items.size(), 0U);
}

TEST_F(SweeperTest, ReadsFiftyGroupsACallAndHoldsTwoPages) {
  chat_.list_page = 120;
  for (int i = 0; i < 500; ++i) chat_.put_group("g" + std::to_string(1000 + i), "Public", 1, 200);
  std::size_t waiting = 0;
  for (int i = 0; i < 20; ++i) sweeper_->step();
  EXPECT_EQ(chat_.listings.size(), 3U) << "Private, and two pages of Public";
  while (sweeper_->read_some(chat_) != Sweeper::Read::kNothing) ++waiting;
  EXPECT_EQ(waiting, 6U);
  for (const auto& ids : chat_.looks) EXPECT_LE(ids.size(), kMaxGroupsPerLook);
  run();
  EXPECT_EQ(newest().groups_read, 500);
  EXPECT_EQ(chat_.looks.size(), 4U * 3U + 1U);
}

TEST_F(SweeperTest, GoesOnAfterARestartWhereItWas) {
  fill_world();
  chat_.list_page = 1;
  for (int kills = 0; kills < 60 && ended_.empty(); ++kills) {
    for (int i = 0; i < 4 && ended_.empty(); ++i) {
      sweeper_->step();
      sweeper_->read_some(chat_);
    }
    restart();  // whatever was in hand is lost
  }
  EXPECT_THAT(ended_, ElementsAre("finished "));
  EXPECT_GT(began_, 3);
  EXPECT_EQ(sweeps(), 1U);
  EXPECT_THAT(event_groups(), UnorderedElementsAre("Private6", "Public6", "ChatRoom6", "Community6"));
  const Sweep sweep = newest();
  EXPECT_EQ(sweep.groups_listed, 28);
  EXPECT_EQ(sweep.groups_read, 28);
  EXPECT_EQ(sweep.groups_full, 4);
  EXPECT_EQ(sweep.groups_new, 4);
}

TEST_F(SweeperTest, APageThatWasCutOffIsReadAgainAndCountedOnce) {
  chat_.list_page = 200;
  for (int i = 0; i < 100; ++i) chat_.put_group("g" + std::to_string(100 + i), "Public", 200, 200);
  for (int i = 0; i < 4; ++i) sweeper_->step();
  EXPECT_EQ(sweeper_->read_some(chat_), Sweeper::Read::kSome);
  sweeper_->step();
  EXPECT_EQ(event_groups().size(), 50U);
  EXPECT_EQ(newest().groups_new, 50);
  EXPECT_EQ(newest().groups_listed, 0);
  restart();
  run();
  EXPECT_EQ(event_groups().size(), 100U);
  EXPECT_EQ(newest().groups_listed, 100);
  EXPECT_EQ(newest().groups_full, 100);
  EXPECT_EQ(newest().groups_new, 100);
}

TEST_F(SweeperTest, TheStoredTimeDecidesWhenTheNextOneBegins) {
  run();
  EXPECT_EQ(sweeps(), 1U);
  const TimeMs ended = *newest().finished_at;
  for (int i = 0; i < 5; ++i) {
    restart();
    run();
  }
  EXPECT_EQ(sweeps(), 1U) << "not once for each start";
  clock_.set(ended + kDayMs - 1);
  run();
  EXPECT_EQ(sweeps(), 1U);
  clock_.set(ended + kDayMs);
  run();
  EXPECT_EQ(sweeps(), 2U);
  set([](Settings& s) { s.sweep_interval = 0; });
  clock_.set(ended + 30 * kDayMs);
  run();
  EXPECT_EQ(sweeps(), 2U);
}

TEST_F(SweeperTest, APauseHoldsASweepAndItGoesOnAfterwards) {
  fill_world();
  sweeper_->step();
  pause_.show({"holiday", Reason(), ""});
  const int calls = chat_.all_calls();
  EXPECT_GT(sweeper_->step(), clock_.steady_now());
  EXPECT_EQ(sweeper_->read_some(chat_), Sweeper::Read::kNothing);
  EXPECT_EQ(chat_.all_calls(), calls);
  EXPECT_EQ(newest().state, SweepState::kRunning);
  pause_.show({});
  run();
  EXPECT_THAT(ended_, ElementsAre("finished "));
}

TEST_F(SweeperTest, NoneBeginsWhilePaused) {
  pause_.show({"", Reason::of_chat(60020), ""});
  sweeper_->step();
  EXPECT_EQ(sweeps(), 0U);
}

TEST_F(SweeperTest, NoneBeginsWhileNothingCanBeStored) {
  database_.writes = false;
  const int commits = database_.commits;
  EXPECT_EQ(sweeper_->step(), clock_.steady_now() + settings_.get()->tick);
  EXPECT_EQ(database_.commits, commits);
  database_.writes = true;
  run();
  EXPECT_EQ(newest().state, SweepState::kFinished);
}

TEST_F(SweeperTest, OneThatRunsStandsStillWhileNothingCanBeStored) {
  fill_world();
  sweeper_->step();
  sweeper_->step();
  EXPECT_EQ(sweeper_->read_some(chat_), Sweeper::Read::kPage) << "and one waits to be read";
  database_.writes = false;
  const int calls = chat_.all_calls();
  const int commits = database_.commits;
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(sweeper_->step(), clock_.steady_now() + settings_.get()->tick);
    EXPECT_EQ(sweeper_->read_some(chat_), Sweeper::Read::kNothing);
  }
  EXPECT_EQ(chat_.all_calls(), calls);
  EXPECT_EQ(database_.commits, commits);
  database_.writes = true;
  run();
  EXPECT_EQ(newest().groups_read, 28) << "nothing is read twice";
  EXPECT_EQ(newest().groups_new, 4);
  EXPECT_EQ(chat_.listings.size(), 12U);
}

TEST_F(SweeperTest, ModeObserveInterruptsItAndLeavingThatBeginsAnother) {
  fill_world();
  sweeper_->step();
  set([](Settings& s) { s.mode = SchedulerMode::kObserve; });
  const int calls = chat_.all_calls();
  EXPECT_EQ(sweeper_->read_some(chat_), Sweeper::Read::kNothing);
  sweeper_->step();
  EXPECT_EQ(sweeper_->read_some(chat_), Sweeper::Read::kNoSweep);
  EXPECT_THAT(ended_, ElementsAre("interrupted mode_changed"));
  sweeper_->step();
  EXPECT_EQ(chat_.all_calls(), calls);
  EXPECT_EQ(sweeps(), 1U);
  set([](Settings& s) { s.mode = SchedulerMode::kPlan; });
  run();
  EXPECT_EQ(sweeps(), 2U);
  EXPECT_EQ(newest().state, SweepState::kFinished);
}

TEST_F(SweeperTest, AStartInModeObserveEndsWhatWasRunning) {
  start();
  set([](Settings& s) { s.mode = SchedulerMode::kObserve; });
  sweeper_->step();
  EXPECT_EQ(newest().state, SweepState::kInterrupted);
  EXPECT_EQ(chat_.all_calls(), 0);
}

}  // namespace
}  // namespace headroom::support
