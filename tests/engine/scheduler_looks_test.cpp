#include <gmock/gmock.h>

#include <algorithm>
#include <functional>

#include "engine/event_intake.h"
#include "tests/engine/scheduler_looks_fixture.h"

// What the scheduler looks at.
namespace headroom {
namespace {

using support::kNow;
using test::SchedulerLooksTest;

TEST_F(SchedulerLooksTest, ConfirmedGroupsAreLookedAtFirstAndOthersHaveAShare) {
  add_many(100, "forged", kNow - kHourMs, false);
  add_many(100, "real", kNow - kHourMs + 1, true);
  for (int i = 0; i < 100; ++i) put("real" + std::to_string(i));
  start();
  scheduler_->step();
  // An id that nobody has confirmed shares no call with one that Chat knows.
  ASSERT_EQ(chat_.looks.size(), 2U);
  EXPECT_EQ(of(chat_.looks[0], "real"), 40);
  EXPECT_EQ(chat_.looks[0].size(), 40U);
  EXPECT_EQ(of(chat_.looks[1], "forged"), 10);
  EXPECT_EQ(chat_.looks[1].size(), 10U);
}

TEST_F(SchedulerLooksTest, WhoeverIsFewLeavesTheRestToTheOthers) {
  add_many(60, "forged", kNow - kHourMs, false);
  add("real", kNow - kMinuteMs * 11, true);
  put("real");
  start();
  scheduler_->step();
  ASSERT_EQ(chat_.looks.size(), 2U);
  EXPECT_EQ(of(chat_.looks[0], "real"), 1);
  EXPECT_EQ(of(chat_.looks[1], "forged"), 49);
}

// Calls that name one of the forged ones are not answered: 150 s went by, and no group was looked at.
TEST_F(SchedulerLooksTest, OneIdThatChatCanNotDigestKeepsNobodyElseWaiting) {
  add("poison", kNow - kHourMs - 1, false);
  add_many(9, "new", kNow - kHourMs, false);
  add_many(10, "real", kNow - kMinuteMs * 11, true);
  for (int i = 0; i < 9; ++i) put("new" + std::to_string(i));
  for (int i = 0; i < 10; ++i) put("real" + std::to_string(i));
  chat_.culprits["poison"] = {ChatOutcome::kOutcomeUnknown, 0};
  start();
  scheduler_->step();
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(work_.busy("real" + std::to_string(i))) << i;
  for (int i = 0; i < 9; ++i) EXPECT_TRUE(work_.busy("new" + std::to_string(i))) << i;
  EXPECT_FALSE(work_.busy("poison"));
  EXPECT_LE(clock_.now() - kNow, 5 * kSecondMs);
  const auto poison = view_->find_group("poison");
  EXPECT_EQ(poison->failures, 1) << "it backs off";
  EXPECT_EQ(view_->find_run(*poison->last_run_id)->reason, "chat_unreachable");
}

TEST_F(SchedulerLooksTest, OneThatIsConfirmedKeepsNobodyElseWaitingEither) {
  add_many(50, "real", kNow - kHourMs, true);
  for (int i = 0; i < 50; ++i) put("real" + std::to_string(i));
  chat_.culprits["real17"] = {ChatOutcome::kOutcomeUnknown, 0};
  start();
  scheduler_->step();
  for (int i = 0; i < 50; ++i) EXPECT_EQ(work_.busy("real" + std::to_string(i)), i != 17) << i;
}

// Forged ids with which Chat is busy for as long as a call may last.
TEST_F(SchedulerLooksTest, UnconfirmedGroupsHaveNoMoreThanTheirShareOfTheTime) {
  add_many(200, "poison", kNow - kHourMs, false);
  for (int i = 0; i < 200; ++i) chat_.culprits["poison" + std::to_string(i)] = {ChatOutcome::kOutcomeUnknown, 0};
  chat_.before_look = [this] {
    if (of(chat_.looks.back(), "poison") > 0) clock_.advance(5 * kSecondMs);
  };
  start();
  scheduler_->step();
  EXPECT_GE(clock_.now() - kNow, 30 * kSecondMs);
  add("real", kNow - kMinuteMs * 11, true);
  put("real");
  const std::size_t looks = chat_.looks.size();
  const TimeMs before = clock_.now();
  scheduler_->step();
  ASSERT_EQ(chat_.looks.size(), looks + 1);
  EXPECT_EQ(chat_.looks.back(), std::vector<std::string>{"real"});
  EXPECT_EQ(clock_.now(), before);
  // Not for ever.
  clock_.advance(kMinuteMs);
  scheduler_->step();
  EXPECT_GT(chat_.looks.size(), looks + 1);
}

// It gave way to forged ones while Chat was asked for it; Chat knows it.
TEST_F(SchedulerLooksTest, AFullGroupThatIsEvictedWhileItIsLookedAtIsKept) {
  add("real", kNow - kHourMs, false);
  add("small", kNow - kHourMs, false);
  put("real");
  chat_.put_group("small", "Public", 100, 200);
  chat_.before_look = [this] {
    database_.commit([](Transaction& storage) { storage.evict_unconfirmed_groups(0, 10); });
  };
  start();
  scheduler_->step();
  ASSERT_TRUE(view_->find_group("real"));
  EXPECT_EQ(view_->find_group("real")->observed_at, kNow);
  EXPECT_EQ(view_->find_group("real")->full_since, kNow - kHourMs);
  EXPECT_TRUE(work_.busy("real"));
  EXPECT_FALSE(view_->find_group("small")) << "with room it is nothing to know of";
}

// Chat knew it not, and now does: it was acknowledged, and nothing else will tell of it.
TEST_F(SchedulerLooksTest, AGroupWhoseFullEventComesWhileItIsLookedAtIsNotForgotten) {
  add("g", kNow - kHourMs, false);
  chat_.before_look = [this] {
    Event event;
    event.group_id = "g";
    event.received_at = kNow;
    event.event_time = kNow - 500;  // Chat's clock is behind
    database_.commit([&](Transaction& storage) { store_event(storage, event, settings_); });
  };
  start();
  scheduler_->step();
  ASSERT_TRUE(view_->find_group("g"));
  chat_.before_look = {};
  put("g");
  clock_.advance(kSecondMs);
  scheduler_->step();
  EXPECT_TRUE(work_.busy("g"));
}

TEST_F(SchedulerLooksTest, AClosedLaneIsNotSpunFor) {
  add("poison", kNow - kHourMs, false);
  chat_.culprits["poison"] = {ChatOutcome::kOutcomeUnknown, 0};
  chat_.before_look = [this] { clock_.advance(5 * kSecondMs); };
  start();
  scheduler_->step();
  add("other", kNow - kHourMs, false);
  chat_.culprits["other"] = {ChatOutcome::kOutcomeUnknown, 0};
  const std::size_t looks = chat_.looks.size();
  EXPECT_GT(scheduler_->step(), clock_.steady_now()) << "due, and not yet to be looked at";
  EXPECT_EQ(chat_.looks.size(), looks);
}

// What comes of groups that Chat has an error of its own for pauses nobody, alone or among others.
TEST_F(SchedulerLooksTest, NoGroupPausesTheScheduler) {
  add("@TGS#_x", kNow - kHourMs, false);
  add("real", kNow - kHourMs, true);
  put("real");
  for (const int code : {10059, 11000}) {
    chat_.culprits["@TGS#_x"] = {classify(code), code};
    pauses_ = 0;
    start();
    scheduler_->step();
    EXPECT_EQ(pauses_, 0) << code;
    EXPECT_TRUE(work_.busy("real"));
    clock_.advance(2 * kHourMs);
  }
  EXPECT_EQ(view_->find_run(*view_->find_group("@TGS#_x")->last_run_id)->reason, "chat_error_11000");
}

TEST_F(SchedulerLooksTest, AGroupThatIsNotStaleIsNotLookedAt) {
  add_many(5, "new", kNow, false);
  start();
  scheduler_->step();
  EXPECT_TRUE(chat_.looks.empty());
}

// Forged ones would push a new group out before it is stale: it is asked for early, and stays.
TEST_F(SchedulerLooksTest, TooManyUnconfirmedGroupsAreAskedForBeforeTheyAreStale) {
  settings_.max_unconfirmed_groups = 100;
  put("real");
  add_many(60, "forged", kNow, false);
  add("real", kNow, false);
  start();
  for (int i = 0; i < 2; ++i) scheduler_->step();
  EXPECT_FALSE(view_->find_group("forged0"));
  // Half of the limit may wait for its time: those that came last were not asked for.
  EXPECT_TRUE(view_->find_group("forged55"));
  add_many(60, "more", kNow, false);
  for (int i = 0; i < 3; ++i) scheduler_->step();
  const auto real = view_->find_group("real");
  ASSERT_TRUE(real);
  EXPECT_EQ(real->observed_at, kNow);
  EXPECT_EQ(real->state, GroupState::kFull);
  EXPECT_EQ(real->next_check_at, kNow + settings_.timing.stale_after);
}

TEST_F(SchedulerLooksTest, UnconfirmedGroupsThatChatHasAnErrorForAreNotAskedForAllTheTime) {
  settings_.max_unconfirmed_groups = 2;
  add_many(2, "broken", kNow, false);
  add("broken2", kNow, false);
  for (int i = 0; i < 3; ++i) put("broken" + std::to_string(i), 10002);
  start();
  for (int i = 0; i < 20; ++i) scheduler_->step();
  EXPECT_EQ(chat_.looks.size(), 1U);
  clock_.advance(kMinuteMs);
  for (int i = 0; i < 20; ++i) scheduler_->step();
  EXPECT_EQ(chat_.looks.size(), 2U);
  EXPECT_EQ(view_->find_group("broken1")->next_check_at, kNow + settings_.timing.stale_after);
}

// An exit made it due before it is stale, and Chat answered for it with an error of its own: it waits.
TEST_F(SchedulerLooksTest, AGroupThatOnlyItsOwnErrorConcernsIsNotLookedAtInALoop) {
  add("broken", kNow, true);
  put("broken", 10002);
  database_.commit([&](Transaction& storage) {
    auto group = storage.find_group("broken");
    group->next_check_at = kNow;
    storage.save_group(*group);
  });
  start();
  for (int i = 0; i < 20; ++i) scheduler_->step();
  EXPECT_EQ(chat_.looks.size(), 1U);
  EXPECT_EQ(view_->find_group("broken")->next_check_at, kNow + settings_.timing.retry_base);
}

// Somebody has left, say, so that it is looked at before it is to get a run.
TEST_F(SchedulerLooksTest, AFailedLookGivesNoRunToAGroupThatIsToGetNone) {
  const auto change = [this](const std::string& group_id, const std::function<void(Group&)>& as) {
    add(group_id, kNow - kHourMs, true);
    put(group_id);
    database_.commit([&](Transaction& storage) {
      Group group = *storage.find_group(group_id);
      group.next_check_at = kNow;
      as(group);
      storage.save_group(group);
    });
  };
  change("cooling", [](Group& group) { group.cooldown_until = kNow + kHourMs; });
  change("blocked", [](Group& group) {
    group.state = GroupState::kBlocked;
    group.reason = BlockReason::kImplausibleData;
    group.cooldown_until = kNow + kDayMs;
  });
  change("left alone", [](Group& group) {
    group.state = GroupState::kBlocked;
    group.reason = BlockReason::kUnsupportedType;
  });
  chat_.put_group("left alone", "AVChatRoom", 200, 200);
  chat_.look_refusals.assign(20, {ChatOutcome::kOutcomeUnknown, 0});
  start();
  for (const TimeMs end = clock_.now() + kHourMs / 2; clock_.now() < end;) {
    clock_.set(std::max(scheduler_->step(), clock_.steady_now() + 1));
    EXPECT_FALSE(work_.ready());
  }
  EXPECT_LT(chat_.look_refusals.size(), 20U) << "they were looked at";
  EXPECT_TRUE(view_->runs({}, {10, std::nullopt}).items.empty());
  EXPECT_EQ(view_->find_group("cooling")->cooldown_until, kNow + kHourMs);
  EXPECT_EQ(view_->find_group("blocked")->reason, BlockReason::kImplausibleData);
}

// Killed before it has said so, it would make due by the next start whom the rules in force have judged.
TEST_F(SchedulerLooksTest, WhatAReloadHasLoosenedIsDueBeforeTheFirstLook) {
  start();
  scheduler_->step();
  add("stale", kNow - kHourMs, true);
  put("stale");
  database_.commit([](Transaction& storage) {
    Group blocked;
    blocked.group_id = "blocked";
    blocked.state = GroupState::kBlocked;
    blocked.reason = BlockReason::kNobodyRemovable;
    blocked.full_since = kNow - kHourMs;
    blocked.next_check_at = kNow + kDayMs;
    storage.save_group(blocked);
  });
  settings_.policy.inactive_for -= kDayMs;
  cell_.set(settings_);
  std::optional<TimeMs> due_at;
  chat_.before_look = [&] { due_at = due_at.value_or(*view_->find_group("blocked")->next_check_at); };
  scheduler_->step();
  ASSERT_TRUE(due_at) << "nobody was looked at";
  EXPECT_LE(*due_at, clock_.now());
}

TEST_F(SchedulerLooksTest, AStopLeavesThoseItLooksAtDue) {
  add("g", kNow - kHourMs, true);
  const auto before = view_->find_group("g");
  chat_.before_look = [this] { gate_.stop(); };
  chat_.look_refusals.assign(100, {ChatOutcome::kOutcomeUnknown, 0});
  start();
  scheduler_->step();
  EXPECT_EQ(chat_.looks.size(), 6U) << "five tries, and one whether Chat answers anybody";
  EXPECT_EQ(view_->find_group("g"), before);
  EXPECT_TRUE(view_->runs({}, {}).items.empty());
}

}  // namespace
}  // namespace headroom
