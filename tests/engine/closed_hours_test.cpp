#include <functional>
#include <utility>

#include "engine/runs/approval.h"
#include "tests/engine/closed_hours_fixture.h"

// A calendar that is closed, or closes in the middle of a run: nobody goes, and nothing else changes.
namespace headroom {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST_F(ClosedHoursTest, WhileItIsOpenNothingIsDifferent) {
  step();
  EXPECT_EQ(last_run().state, RunState::kSucceeded);
  EXPECT_EQ(deleted().size(), 4U);
}

TEST_F(ClosedHoursTest, APlanIsMadeAndWaitsForTheOpening) {
  clock_.set(kClosing);
  step();
  expect_parked(kOpening);
  EXPECT_EQ(view().plan(last_run().id).size(), 4U);
  const auto id = last_run().id;
  clock_.set(kOpening - 1);
  step();
  EXPECT_THAT(chat_.deletes, IsEmpty());
  clock_.set(kOpening);
  step();
  EXPECT_EQ(last_run().id, id);
  EXPECT_EQ(last_run().state, RunState::kSucceeded);
  EXPECT_EQ(deleted().size(), 4U);
}

TEST_F(ClosedHoursTest, TheHourEndsBetweenTwoBatches) {
  chat_.after_delete = [this] {
    if (chat_.deletes.size() == 1) clock_.set(kClosing);
  };
  step();
  EXPECT_EQ(chat_.deletes.size(), 1U);
  expect_parked(kOpening);
  EXPECT_EQ(last_run().removed, 2) << "what became of the batch before is looked up and kept";
  const auto id = last_run().id;
  clock_.set(kOpening);
  step();
  EXPECT_EQ(last_run().id, id);
  EXPECT_EQ(last_run().state, RunState::kSucceeded);
  EXPECT_EQ(last_run().removed, 4);
  ASSERT_EQ(chat_.deletes.size(), 2U);
  EXPECT_EQ(deleted().size(), 4U) << "nobody twice";
}

TEST_F(ClosedHoursTest, WhoSpokeInTheNightStays) {
  chat_.after_delete = [this] {
    if (chat_.deletes.size() == 1) clock_.set(kClosing);
  };
  step();
  clock_.set(kOpening);
  for (Member& member : chat_.members["g"]) member.last_sent_time_s = kOpening / 1000 - 60;
  step();
  EXPECT_EQ(chat_.deletes.size(), 1U);
  EXPECT_EQ(last_run().removed, 2);
}

// Each wait of a batch lies once over the closing minute.
TEST_F(ClosedHoursTest, TheHourEndsInTheWaitForTheTurn) {
  clock_.set(kClosing - kSecondMs);
  int looks = 0;
  chat_.before_turn = [&] {
    clock_.set(kClosing);
    looks = chat_.all_calls();
  };
  step();
  EXPECT_THAT(chat_.deletes, IsEmpty());
  EXPECT_EQ(chat_.all_calls(), looks) << "nobody is looked at in vain";
  expect_parked(kOpening);
}

TEST_F(ClosedHoursTest, TheHourEndsInTheLastLooks) {
  clock_.set(kClosing - kSecondMs);
  chat_.before_presence = [this] {
    if (chat_.calls("await_delete_turn") > 0) clock_.set(kClosing);
  };
  chat_.before_delete = [] { ADD_FAILURE() << "no intent is written"; };
  step();
  EXPECT_GT(chat_.calls("query_online_status"), 0);
  EXPECT_THAT(chat_.deletes, IsEmpty());
  expect_parked(kOpening);
  EXPECT_EQ(usage().sent, 0);
}

TEST_F(ClosedHoursTest, TheHourEndsBetweenTheIntentAndTheCall) {
  clock_.set(kClosing - kSecondMs);
  chat_.before_delete = [this] {
    EXPECT_EQ(usage().sent, 2) << "the intent is written";
    clock_.set(kClosing);
  };
  step();
  EXPECT_THAT(chat_.deletes, IsEmpty());
  expect_parked(kOpening);
  EXPECT_EQ(usage().sent, 0) << "and withdrawn";
}

TEST_F(ClosedHoursTest, TheHourEndsWhileAThrottledCallIsRepeated) {
  clock_.set(kClosing - kSecondMs);
  chat_.delete_refusals.assign(1, {ChatOutcome::kThrottled, 60009});
  chat_.before_delete = [this] {
    if (chat_.deletes.empty()) clock_.set(kClosing - 10);  // the back-off is longer
  };
  step();
  EXPECT_EQ(chat_.deletes.size(), 1U) << "which was refused";
  expect_parked(kOpening);
}

TEST_F(ClosedHoursTest, AFreezeIsClosedAllDay) {
  settings_.calendar.hours = {};
  settings_.calendar.freezes = {{kNow / kDayMs, kNow / kDayMs, "today"}};
  take_over();
  step();
  expect_parked(kMidnight + kDayMs);
  EXPECT_THAT(chat_.deletes, IsEmpty());
  clock_.set(kMidnight + kDayMs);
  step();
  EXPECT_EQ(deleted().size(), 4U);
}

// Its plan would be too old at the opening: it is only a plan, and the group goes on being looked at.
TEST_F(ClosedHoursTest, ALongFreezeLeavesAPlanAndNoRun) {
  settings_.calendar.hours = {};
  settings_.calendar.freezes = {{kNow / kDayMs, kNow / kDayMs + 9, "ten days"}};
  take_over();
  steps();
  EXPECT_EQ(last_run().state, RunState::kPlanned);
  EXPECT_EQ(last_run().reason, "closed");
  EXPECT_EQ(last_run().selected, 4);
  EXPECT_EQ(group().state, GroupState::kFull);
  EXPECT_EQ(group().next_check_at, kMidnight + 10 * kDayMs);
  EXPECT_EQ(chat_.calls("get_group_member_info"), 1) << "not again and again";
  const auto id = last_run().id;
  clock_.set(kMidnight + 10 * kDayMs);
  step();
  EXPECT_GT(last_run().id, id);
  EXPECT_EQ(last_run().state, RunState::kSucceeded);
}

TEST_F(ClosedHoursTest, AReloadThatOpensIsHeardAtOnce) {
  clock_.set(kClosing);
  steps();
  expect_parked(kOpening);
  settings_.calendar = {};
  take_over();
  steps();
  EXPECT_EQ(last_run().state, RunState::kSucceeded);
  EXPECT_EQ(clock_.now(), kClosing);
}

TEST_F(ClosedHoursTest, AReloadThatClosesForLongerIsTheNewOpening) {
  clock_.set(kClosing);
  steps();
  settings_.calendar.freezes = {{kNow / kDayMs + 1, kNow / kDayMs + 1, "tomorrow"}};
  take_over();
  steps();
  expect_parked(kOpening + kDayMs);
  clock_.set(kOpening);
  steps();
  EXPECT_THAT(chat_.deletes, IsEmpty());
  expect_parked(kOpening + kDayMs);
}

TEST_F(ClosedHoursTest, AReloadInTheMiddleOfARunCloses) {
  chat_.after_delete = [this] {
    settings_.calendar.freezes = {{kNow / kDayMs, kNow / kDayMs, "from now on"}};
    take_over();
  };
  step();
  EXPECT_EQ(chat_.deletes.size(), 1U);
  expect_parked(kOpening);
}

}  // namespace
}  // namespace headroom
