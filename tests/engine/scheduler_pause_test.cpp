#include <gmock/gmock.h>

#include "tests/engine/scheduler_pause_fixture.h"

// The pauses of the scheduler's own: how they begin, how it asks whether their cause is gone, and how they end.
namespace headroom {
namespace {

using support::kNow;
using test::kOperatorNeeded;
using test::kRejected;
using test::SchedulerPauseTest;
using testing::ElementsAre;
using testing::IsEmpty;

TEST_F(SchedulerPauseTest, RejectedCredentialsPauseUntilTheyAreAccepted) {
  refuse(kRejected);
  scheduler_->step();
  EXPECT_THAT(paused_, ElementsAre("chat_error_70009"));
  EXPECT_EQ(pause_.state().own_group, "g");
  run_for(10 * kMinuteMs);
  EXPECT_EQ(ended_, 0);
  chat_.look_refusals.clear();
  run_for(20 * kMinuteMs);
  EXPECT_EQ(ended_, 1);
  EXPECT_EQ(view_->find_group("g")->state, GroupState::kHasRoom) << "it goes on with what was due";
}

TEST_F(SchedulerPauseTest, EachStepOfItSeesToItsBeingKept) {
  refuse(kRejected);
  scheduler_->step();
  EXPECT_EQ(kept_, 0);
  run_for(10 * kMinuteMs);
  EXPECT_GE(kept_, 10);
}

TEST_F(SchedulerPauseTest, AnOperatorsProblemPausesUntilItIsMended) {
  refuse(kOperatorNeeded);
  scheduler_->step();
  EXPECT_THAT(paused_, ElementsAre("chat_error_60020"));
  chat_.look_refusals.clear();
  run_for(5 * kMinuteMs);
  EXPECT_EQ(ended_, 1);
}

TEST_F(SchedulerPauseTest, AClockThatDisagreesPausesUntilItAgrees) {
  chat_.offset = 2 * kMinuteMs + 1;
  scheduler_->step();
  EXPECT_THAT(paused_, ElementsAre("clock_skew"));
  run_for(kHourMs);
  EXPECT_EQ(ended_, 0) << "Chat answers, but in another time";
  chat_.offset = 2 * kMinuteMs;
  run_for(2 * kHourMs);
  EXPECT_EQ(ended_, 1);
  EXPECT_EQ(paused_.size(), 1U);
}

TEST_F(SchedulerPauseTest, AChatThatDoesNotAnswerIsNoPause) {
  refuse({ChatOutcome::kOutcomeUnknown, 0});
  run_for(10 * kMinuteMs);
  EXPECT_THAT(paused_, IsEmpty());
}

TEST_F(SchedulerPauseTest, ProbesAreEverRarerUpToTheLongestBackOff) {
  refuse(kRejected);
  scheduler_->step();
  const std::vector<DurationMs> probes = run_for(5 * kHourMs);
  EXPECT_EQ(probes.at(0) / kMinuteMs, 2) << "not at once: it has just been asked";
  std::vector<DurationMs> minutes = gaps(probes);
  for (DurationMs& gap : minutes) gap = (gap + kSecondMs) / kMinuteMs;
  minutes.resize(7);
  EXPECT_THAT(minutes, ElementsAre(4, 8, 16, 32, 60, 60, 60));
}

TEST_F(SchedulerPauseTest, ProbesHaveJitterDownToTheHalf) {
  refuse(kRejected);
  random_ = 0;
  scheduler_->step();
  const auto shortest = gaps(run_for(3 * kHourMs));
  ASSERT_GE(shortest.size(), 6U);
  for (std::size_t i = 0; i < shortest.size(); ++i) {
    const DurationMs longest = std::min(settings_.timing.retry_max, settings_.timing.retry_base << (i + 1));
    EXPECT_GE(shortest[i], longest / 2) << i;
    EXPECT_LE(shortest[i], longest / 2 + settings_.tick) << i;
  }
}

// Somebody may have mended it meanwhile: that is what a restart, a reload and a resume are for.
TEST_F(SchedulerPauseTest, AStartInAPauseAsksAtOnceAndOnce) {
  refuse(kOperatorNeeded);
  scheduler_->step();
  restart();
  EXPECT_THAT(run_for(settings_.timing.retry_base - kMinuteMs), ElementsAre(0));
  restart();
  chat_.look_refusals.clear();
  scheduler_->step();
  EXPECT_THAT(ends_, ElementsAre(PauseEnd::kCauseGone));
}

TEST_F(SchedulerPauseTest, AReloadInAPauseAsksAtOnce) {
  refuse(kOperatorNeeded);
  scheduler_->step();
  run_for(10 * kHourMs);
  const int calls = chat_.all_calls();
  scheduler_->step();
  EXPECT_EQ(chat_.all_calls(), calls) << "ever more rarely";
  chat_.look_refusals.clear();
  scheduler_->ask_at_once();
  scheduler_->step();
  EXPECT_EQ(ended_, 1);
}

TEST_F(SchedulerPauseTest, AResumeLooksAtOnceWhateverFailedBefore) {
  fail_a_look();
  scheduler_->step();
  EXPECT_EQ(view_->find_group("g")->state, GroupState::kFull) << "it waits, after a look that failed";
  scheduler_->ask_at_once();
  scheduler_->step();
  EXPECT_EQ(view_->find_group("g")->state, GroupState::kHasRoom);
}

TEST_F(SchedulerPauseTest, TheEndOfAPauseLooksAtOnceWhateverFailedBefore) {
  fail_a_look();
  pause_.show({"", Reason::kClockSkew, "g"});
  run_for(PauseProbe::kClockEvery + kSecondMs);
  EXPECT_EQ(ended_, 1);
  scheduler_->step();  // it is woken
  EXPECT_EQ(view_->find_group("g")->state, GroupState::kHasRoom);
}

TEST_F(SchedulerPauseTest, AGroupThatChatCanNotDigestDoesNotKeepThePauseUp) {
  refuse(kOperatorNeeded);
  scheduler_->step();
  chat_.look_refusals.clear();
  chat_.undigestible = {"g"};
  run_for(kHourMs);
  EXPECT_GE(ended_, 1);
}

// Every group that it could ask by is one of them: a right clock ends the pause in time all the same.
TEST_F(SchedulerPauseTest, GroupsThatChatCanNotDigestDoNotDrawOutAPauseForTheClock) {
  database_.commit([&](Transaction& storage) {
    Group group = *storage.find_group("g");
    for (int i = 0; i < 7; ++i) {
      group.id = 0;
      group.group_id = "g" + std::to_string(i);
      storage.save_group(group);
    }
  });
  chat_.offset = kHourMs;
  scheduler_->step();
  ASSERT_FALSE(pause_.state().own_reason.empty());
  chat_.offset = 0;
  chat_.undigestible = {"g", "g0", "g1", "g2", "g3", "g4", "g5", "g6"};
  run_for(15 * kSecondMs);
  EXPECT_EQ(ended_, 1);
}

TEST_F(SchedulerPauseTest, WhatChatRefusesForTheGroupIsAnAnswer) {
  refuse(kOperatorNeeded);
  scheduler_->step();
  refuse({ChatOutcome::kRefused, 10015});
  run_for(5 * kMinuteMs);
  EXPECT_EQ(ended_, 1);
}

TEST_F(SchedulerPauseTest, RejectedCredentialsAreAskedAboutOnceAMinuteAtMost) {
  settings_.timing.retry_base = settings_.timing.retry_max = settings_.tick = 100;
  restart();
  refuse(kRejected);
  scheduler_->step();
  const auto probes = run_for(10 * kMinuteMs);
  EXPECT_LE(probes.size(), 10U);
  for (const DurationMs gap : gaps(probes)) EXPECT_GE(gap, kMinuteMs);
}

TEST_F(SchedulerPauseTest, ItSaysWhenItAsksAgain) {
  EXPECT_EQ(scheduler_->retry_at(), std::nullopt);
  refuse(kOperatorNeeded);
  scheduler_->step();
  scheduler_->step();
  EXPECT_EQ(scheduler_->retry_at(), clock_.now() + settings_.timing.retry_base);
  clock_.step(kDayMs);
  EXPECT_EQ(scheduler_->retry_at(), clock_.now() + settings_.timing.retry_base);
}

// The probe is answered, but what the scheduler does next meets the cause again.
TEST_F(SchedulerPauseTest, ACauseThatComesBackAtOnceIsAskedAboutEverMoreRarely) {
  settings_.timing.stale_after = 0;
  restart();
  std::vector<DurationMs> ends;
  while (clock_.now() < kNow + 10 * kHourMs) {
    const bool probing = !pause_.state().own_reason.empty();
    chat_.look_refusals.clear();
    if (!probing) chat_.look_refusals.push_back(kOperatorNeeded);
    const int before = ended_;
    const SteadyMs next = scheduler_->step();
    if (ended_ != before) {
      ends.push_back(clock_.now() - kNow);
      database_.commit([&](Transaction& storage) {
        auto group = storage.find_group("g");
        group->next_check_at = clock_.now();
        storage.save_group(*group);
      });
    }
    clock_.set(std::max(next, clock_.steady_now() + 1));
  }
  EXPECT_EQ(ends_.front(), PauseEnd::kCauseGone);
  EXPECT_EQ(std::count(ends_.begin(), ends_.end(), PauseEnd::kCauseGone), 1) << "nobody is told so each time";
  const auto between = gaps(ends);
  ASSERT_GE(between.size(), 5U);
  for (std::size_t i = 1; i + 1 < between.size(); ++i) EXPECT_GE(between[i] + kMinuteMs, between[i - 1]);
  EXPECT_GE(between.back(), settings_.timing.retry_max / 2);
}

TEST_F(SchedulerPauseTest, AnOperatorsPauseIsNotAskedAboutAndNotEnded) {
  pause_.show({"holiday", Reason(), ""});
  EXPECT_THAT(run_for(kHourMs), IsEmpty());
  EXPECT_EQ(ended_, 0);
}

TEST_F(SchedulerPauseTest, AStoreThatFailsHoldsItUntilItWorks) {
  database_.writes = false;
  EXPECT_THAT(run_for(kHourMs), IsEmpty());
  database_.writes = true;
  EXPECT_FALSE(run_for(kMinuteMs).empty());
}

// A node stands still in the middle of the question, and another leads when it goes on.
TEST_F(SchedulerPauseTest, WhoDoesNotLeadAnyMoreEndsNoPause) {
  pause_.show({"", Reason::kClockSkew, ""});
  chat_.before_look = [this] { database_.writes = false; };
  scheduler_->step();
  EXPECT_EQ(chat_.all_calls(), 1);
  EXPECT_EQ(ended_, 0) << "the new leader may have seen the cause since";
  chat_.before_look = {};
  database_.writes = true;
  scheduler_->step();
  EXPECT_EQ(ended_, 1) << "it leads again, and asks at once";
}

}  // namespace
}  // namespace headroom
