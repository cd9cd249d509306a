#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "engine/schedule/retention.h"
#include "engine/sweeps/growth_notes.h"
#include "headroom/growth.h"
#include "tests/engine/sweeper_fixture.h"

// What sweeps keep of how groups fill.
namespace headroom::support {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class SweepGrowthTest : public SweeperTest {
 protected:
  SweepGrowthTest() {
    set([](Settings& s) { s.sweep_interval = 0; });
  }
  void sweep(bool dry_run = false) {
    start(dry_run);
    run();
    ASSERT_EQ(newest().state, SweepState::kFinished);
  }
  // Another sweep, a day later.
  void next_day() {
    clock_.advance(kDayMs);
    sweep();
  }
  std::vector<std::string> filling(Day days) {
    std::vector<std::string> ids;
    for (const Growth& g : view_->filling(day_of(clock_.now()) + days, {1000}).items) ids.push_back(g.group_id);
    return ids;
  }
  std::int64_t counted() { return view_->counts(clock_.now(), clock_.now()).groups_filling; }
};

TEST_F(SweepGrowthTest, AWeekOfSweepsTellsWhoWillBeFull) {
  for (int day = 0; day < 7; ++day) {
    chat_.put_group("soon", "Public", 170 + 4 * day, 200);     // 194 at last: two days
    chat_.put_group("later", "ChatRoom", 150 + 2 * day, 200);  // 162: 19 days
    chat_.put_group("still", "Public", 199, 200);
    chat_.put_group("shrinks", "Private", 190 - day, 200);
    chat_.put_group("half empty", "Public", 100 + 6 * day, 200);
    chat_.put_group("table", "Private", 4, 5);
    EXPECT_THAT(filling(365), IsEmpty()) << day;
    day == 0 ? sweep() : next_day();
  }
  EXPECT_THAT(filling(2), ElementsAre("soon"));
  EXPECT_THAT(filling(1), IsEmpty());
  EXPECT_THAT(filling(365), ElementsAre("soon", "later"));
  EXPECT_EQ(counted(), 1);
  EXPECT_EQ(view_->find_growth("still")->points.size(), 7U);
  EXPECT_FALSE(view_->find_growth("half empty"));
  EXPECT_FALSE(view_->find_growth("table"));
}

TEST_F(SweepGrowthTest, ALimitThatWasRaisedEndsIt) {
  for (int day = 0; day < 7; ++day) {
    chat_.put_group("g", "Public", 170 + 4 * day, 200);
    next_day();
  }
  EXPECT_EQ(counted(), 1);
  chat_.put_group("g", "Public", 194, 400);
  clock_.advance(kHourMs);
  sweep();
  EXPECT_EQ(counted(), 0);
  EXPECT_FALSE(view_->find_growth("g"));
}

TEST_F(SweepGrowthTest, AGroupThatIsFullIsNotFillingAnyMore) {
  for (int day = 0; day < 8; ++day) {
    chat_.put_group("g", "Public", 172 + 4 * day, 200);
    next_day();
  }
  EXPECT_THAT(filling(365), IsEmpty());
  EXPECT_EQ(view_->find_growth("g")->points.size(), 8U);
  EXPECT_THAT(event_groups(), ElementsAre("g"));
}

TEST_F(SweepGrowthTest, ADryRunKeepsNothing) {
  chat_.put_group("g", "Public", 199, 200);
  sweep(true);
  EXPECT_FALSE(view_->find_growth("g"));
}

TEST_F(SweepGrowthTest, AnAnswerThatDoesNotSayLeavesWhatIsKnown) {
  chat_.put_group("g", "Public", 199, 200);
  sweep();
  chat_.groups["g"].member_num.reset();
  next_day();
  ASSERT_TRUE(view_->find_growth("g"));
  EXPECT_EQ(view_->find_growth("g")->points.size(), 1U);
}

// Tells how many groups each job has added.
class WatchedWriter : public Writer {
 public:
  WatchedWriter(Writer& writer, std::function<std::int64_t()> rows) : writer_(writer), rows_(std::move(rows)) {}
  void commit(const Job& job) override {
    const std::int64_t before = rows_();
    writer_.commit(job);
    added.push_back(rows_() - before);
  }
  bool works() const override { return writer_.works(); }
  std::vector<std::int64_t> added;

 private:
  Writer& writer_;
  const std::function<std::int64_t()> rows_;
};

// Webhooks wait for each job.
TEST_F(SweepGrowthTest, AJobNotesFewGroups) {
  std::vector<Look> looks;
  for (int i = 0; i < 50; ++i) {
    looks.push_back({kNow, false, {"g" + std::to_string(i), 0, "Public", "", 190, 200, 1}});
  }
  start();
  WatchedWriter writer(database_, [&] {
    std::int64_t rows = 0;
    for (const Look& look : looks) rows += view_->find_growth(look.info.group_id) ? 1 : 0;
    return rows;
  });
  note_growth(writer, newest().id, looks, 20, clock_);
  EXPECT_GE(writer.added.size(), 5U);
  EXPECT_EQ(std::accumulate(writer.added.begin(), writer.added.end(), std::int64_t{0}), 50);
  EXPECT_LE(*std::max_element(writer.added.begin(), writer.added.end()), 10);
}

// The group is gone: no sweep lists it any more.
TEST_F(SweepGrowthTest, WhatNoSweepSeesIsForgotten) {
  for (int day = 0; day < 7; ++day) {
    chat_.put_group("gone", "Public", 170 + 2 * day, 200);
    chat_.put_group("there", "Public", 170 + 2 * day, 200);
    next_day();
  }
  chat_.groups.erase("gone");
  Retention retention(database_, clock_);
  SteadyMs at;
  const auto retain = [&] {
    for (int i = 0; i < 20; ++i) at = retention.step({clock_.now(), clock_.now(), 0}, at, *settings_.get());
  };
  set([](Settings& s) { s.sweep_interval = kDayMs; });
  chat_.groups["there"].member_num = 184;
  clock_.advance(kDayMs + kHourMs);
  retain();
  EXPECT_THAT(filling(365), ElementsAre("gone", "there")) << "one sweep may fail";
  run();
  clock_.advance(kDayMs);
  retain();
  EXPECT_THAT(filling(365), ElementsAre("there"));
  EXPECT_TRUE(view_->find_growth("gone")) << "it may come back";
  clock_.advance(60 * kDayMs);
  retain();
  EXPECT_FALSE(view_->find_growth("gone"));
}

}  // namespace
}  // namespace headroom::support
