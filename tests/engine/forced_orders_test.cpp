#include <gmock/gmock.h>

#include "engine/runs/parking.h"
#include "headroom/group_state.h"
#include "headroom/run_state.h"
#include "tests/engine/operations_fixture.h"

// What operators may order while the calendar is closed. It is Monday afternoon, and today is frozen.
namespace headroom {
namespace {

using support::kFixedNow;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr TimeMs kTomorrow = kFixedNow / kDayMs * kDayMs + kDayMs;

class ForcedOrdersTest : public support::OperationsTest {
 protected:
  ForcedOrdersTest() {
    Settings settings = support::pruning();
    settings.calendar.freezes = {{kFixedNow / kDayMs, kFixedNow / kDayMs, "today"}};
    settings_.set(settings);
    store_group("g");
  }
  Result<headroom::Run> prune(bool force) {
    return ask<headroom::Run>([&](Done<headroom::Run> done) {
      operations_.start_run(actor_, "g", RunOrder(RunMode::kPrune, force), std::move(done));
    });
  }
  // A plan of three, whose first was sent.
  headroom::Run store_run(RunState state, Outcome of_the_sent) {
    headroom::Run run;
    run.group_id = "g";
    run.mode = RunMode::kPrune;
    run.state = state;
    run.created_at = kFixedNow - kHourMs;
    run.selected = 3;
    run.wanted = 3;
    run.members_before = 40;
    run.max_members = 40;
    std::vector<RunMember> members(3);
    for (std::size_t i = 0; i < 3; ++i) members[i].account = "m" + std::to_string(i);
    queue_.commit([&](Transaction& storage) {
      run.id = storage.insert_run(run);
      storage.insert_run_members(run.id, members);
      if (state != RunState::kRunning) return;
      storage.mark_sent(run.id, {"m0"}, kFixedNow - kHourMs);
      if (of_the_sent != Outcome::kNone) storage.finish_member(run.id, "m0", of_the_sent, 0);
      storage.save_group(begin_run(*storage.find_group("g"), run.id));
      run = park(storage, run, *settings_.get(), kFixedNow);
    });
    return run;
  }
  void run_finished(const headroom::Run& run) override { finished_.push_back(run.id); }
  std::vector<std::int64_t> finished_;
};

TEST_F(ForcedOrdersTest, TheStatusSaysWhenItOpens) {
  EXPECT_FALSE(operations_.status().open);
  EXPECT_EQ(operations_.status().next_open_at, kTomorrow);
  clock_.set(kTomorrow);
  EXPECT_TRUE(operations_.status().open);
  EXPECT_FALSE(operations_.status().next_open_at);
  EXPECT_FALSE(operations_.status().paused);
}

TEST_F(ForcedOrdersTest, APruneWaitsForNothingAndIsRefused) {
  const auto refused = prune(false);
  EXPECT_EQ(status_of(refused), 409);
  EXPECT_THAT(std::get<Denied>(refused).detail, HasSubstr("closed until 2026-09-22T00:00:00.000Z"));
  EXPECT_THAT(std::get<Denied>(refused).detail, HasSubstr("\"force\":true"));
  EXPECT_TRUE(audited().empty());
  clock_.set(kTomorrow);
  EXPECT_EQ(status_of(prune(false)), 0);
}

TEST_F(ForcedOrdersTest, AForcedOneBeginsAndIsKnownAsSuch) {
  const auto started = prune(true);
  ASSERT_EQ(status_of(started), 0);
  EXPECT_TRUE(view_.find_run(std::get<headroom::Run>(started).id)->forced);
}

TEST_F(ForcedOrdersTest, APlanNeedsNoForce) {
  const auto started = run("g", RunMode::kPlan);
  ASSERT_EQ(status_of(started), 0);
  EXPECT_FALSE(view_.find_run(std::get<headroom::Run>(started).id)->forced);
}

TEST_F(ForcedOrdersTest, AForcedPruneDoesNotWaitBehindARunThatDoes) {
  const auto parked = store_run(RunState::kRunning, Outcome::kRemoved);
  const auto started = prune(true);
  ASSERT_EQ(status_of(started), 0);
  const auto ended = *view_.find_run(parked.id);
  EXPECT_EQ(ended.state, RunState::kPartial);
  EXPECT_EQ(ended.reason, "closed");
  EXPECT_EQ(ended.removed, 1);
  EXPECT_THAT(finished_, ElementsAre(parked.id));
  EXPECT_EQ(view_.find_group("g")->last_run_id, std::get<headroom::Run>(started).id);
  EXPECT_FALSE(view_.find_group("g")->next_check_at) << "the new run's end says when it is looked at";
}

TEST_F(ForcedOrdersTest, WithoutForceAnOpenRunIsInTheWay) {
  const auto parked = store_run(RunState::kRunning, Outcome::kRemoved);
  EXPECT_EQ(status_of(run("g", RunMode::kPlan)), 409);
  EXPECT_EQ(view_.find_run(parked.id)->state, RunState::kRunning);
}

// One of its members may be on his way out: a second run would not know.
TEST_F(ForcedOrdersTest, ARunThatHasToBeLookedUpGivesNoWay) {
  const auto parked = store_run(RunState::kRunning, Outcome::kNone);
  EXPECT_EQ(status_of(prune(true)), 409);
  EXPECT_TRUE(is_parked(*view_.find_run(parked.id)));
  EXPECT_TRUE(finished_.empty());
}

TEST_F(ForcedOrdersTest, APlanThatWaitsForItsApprovalGivesNoWay) {
  const auto waiting = store_run(RunState::kAwaitingApproval, Outcome::kNone);
  EXPECT_EQ(status_of(prune(true)), 409);
  EXPECT_EQ(view_.find_run(waiting.id)->state, RunState::kAwaitingApproval);
}

TEST_F(ForcedOrdersTest, WhatForbidsARunForbidsAForcedOne) {
  store_run(RunState::kRunning, Outcome::kRemoved);
  pause("deploy");
  EXPECT_EQ(status_of(prune(true)), 409);
  resume();
  exempt(ExemptionKind::kGroup, "g");
  EXPECT_EQ(status_of(prune(true)), 409);
  EXPECT_TRUE(is_parked(*view_.open_run("g"))) << "and ends no other for it";
}

// Its group would be in no run's hands, and stay so.
TEST_F(ForcedOrdersTest, ARaiseWithoutACeilingEndsNoOther) {
  const auto parked = store_run(RunState::kRunning, Outcome::kRemoved);
  queue_.commit([](Transaction& storage) {
    auto group = *storage.find_group("g");
    group.type = "Public";
    storage.save_group(group);
  });
  const auto refused = ask<headroom::Run>([&](Done<headroom::Run> done) {
    operations_.start_run(actor_, "g", RunOrder(RunMode::kRaise, true), std::move(done));
  });
  EXPECT_EQ(status_of(refused), 409);
  EXPECT_THAT(std::get<Denied>(refused).detail, HasSubstr("capacity.ceiling"));
  EXPECT_TRUE(is_parked(*view_.find_run(parked.id)));
  EXPECT_TRUE(finished_.empty());
}

TEST_F(ForcedOrdersTest, AnApprovalIsTakenAndWaits) {
  const auto waiting = store_run(RunState::kAwaitingApproval, Outcome::kNone);
  const auto approved = ask<headroom::Run>(
      [&](Done<headroom::Run> done) { operations_.approve_run(actor_, waiting.id, std::move(done)); });
  ASSERT_EQ(status_of(approved), 0);
  EXPECT_TRUE(is_parked(std::get<headroom::Run>(approved)));
  EXPECT_EQ(view_.find_group("g")->next_check_at, kTomorrow);
  EXPECT_EQ(view_.removal_usage(kFixedNow - kDayMs, std::nullopt).reserved, 0);
}

// The word was for when it was given, not for when somebody approves what came of it.
TEST_F(ForcedOrdersTest, WhoApprovesAForcedRunDoesNotForceIt) {
  auto waiting = store_run(RunState::kAwaitingApproval, Outcome::kNone);
  waiting.forced = true;
  queue_.commit([&](Transaction& storage) { storage.update_run(waiting); });
  ask<headroom::Run>([&](Done<headroom::Run> done) { operations_.approve_run(actor_, waiting.id, std::move(done)); });
  EXPECT_TRUE(is_parked(*view_.find_run(waiting.id)));
}

}  // namespace
}  // namespace headroom
