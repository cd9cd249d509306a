#include "engine/gate/leadership.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/test_database.h"
#include "tests/support/virtual_clock.h"

// Two nodes over one store, whose clock is not theirs.
namespace headroom {
namespace {

using support::kNow;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr DurationMs kLasts = 30 * kSecondMs;
constexpr DurationMs kDrain = 10 * kSecondMs;

class LeadershipTest : public testing::Test {
 protected:
  struct Told : Observer {
    void lead_taken(std::int64_t fence) override { taken.push_back(fence); }
    void lead_lost(std::int64_t fence) override { lost.push_back(fence); }
    std::vector<std::int64_t> taken, lost;
  };
  // A store that may be away, and slow.
  struct Link final : Writer {
    explicit Link(LeadershipTest& of) : test(of) {}
    void commit(const Job& job) override {
      test.pass(slow);
      if (away) throw StorageError(StorageError::Kind::kOther, "database is locked");
      test.database_.commit(job);
    }
    bool works() const override { return true; }
    LeadershipTest& test;
    bool away = false;
    DurationMs slow = 0;
  };
  struct Node {
    Node(LeadershipTest& test, const std::string& name)
        : link(test),
          leadership(link, test.clock_, {.holder = name, .lasts = kLasts, .drain = kDrain}, kSecondMs, told) {}
    Told told;
    Link link;
    Leadership leadership;
    SteadyMs step() { return leadership.step(); }
    bool leads() const { return leadership.may_send(leadership.term()); }
  };

  void pass(DurationMs time) {
    clock_.advance(time);
    store_now_ += time;
  }
  DurationMs until(SteadyMs next) const { return next - clock_.steady_now(); }

  VirtualClock clock_{kNow};
  TimeMs store_now_ = kNow + 5 * kHourMs;
  support::TestDatabase database_{[this] { return store_now_; }};
  Node a_{*this, "a"};
  Node b_{*this, "b"};
};

TEST_F(LeadershipTest, OneLeadsAndTheOtherAsksOnATick) {
  EXPECT_FALSE(a_.leads());
  EXPECT_EQ(until(a_.step()), kLasts / 3);
  EXPECT_EQ(until(b_.step()), kSecondMs);
  EXPECT_TRUE(a_.leads());
  EXPECT_FALSE(b_.leads());
  for (int i = 0; i < 100; ++i) {
    pass(kLasts / 3);
    a_.step();
    b_.step();
  }
  EXPECT_TRUE(a_.leads());
  EXPECT_THAT(a_.told.taken, ElementsAre(1));
  EXPECT_THAT(b_.told.taken, IsEmpty());
}

TEST_F(LeadershipTest, ADeadOnesLeadIsTakenBehindItsDrain) {
  a_.step();
  pass(kLasts);
  b_.step();
  EXPECT_EQ(b_.leadership.term(), 0);
  pass(kDrain - 1);
  b_.step();
  EXPECT_EQ(b_.leadership.term(), 0) << "a call of a's may go on";
  pass(1);
  b_.step();
  EXPECT_TRUE(b_.leads());
  EXPECT_FALSE(a_.leads()) << "it has seen its own deadline";
  a_.step();
  EXPECT_THAT(a_.told.lost, ElementsAre(1));
  EXPECT_EQ(a_.leadership.term(), 0);
}

TEST_F(LeadershipTest, NothingIsSentFromTwoSecondsBeforeTheEndOn) {
  a_.step();
  pass(kLasts - Leadership::kMargin - 1);
  EXPECT_TRUE(a_.leads());
  pass(1);
  EXPECT_FALSE(a_.leads());
  EXPECT_EQ(a_.leadership.term(), 1) << "nobody else has it: what it commits holds";
  a_.step();
  EXPECT_TRUE(a_.leads()) << "renewed late";
}

// What the lease lasts is counted from when the renewal began, however long it took.
TEST_F(LeadershipTest, ASlowRenewalGivesNoMoreThanItsStart) {
  a_.link.slow = 7 * kSecondMs;
  EXPECT_EQ(until(a_.step()), kLasts / 3 - 7 * kSecondMs);
  pass(kLasts - Leadership::kMargin - 7 * kSecondMs);
  EXPECT_FALSE(a_.leads());
}

TEST_F(LeadershipTest, AStoreThatIsAwayIsAskedEachSecondUntilTheDeadline) {
  a_.step();
  a_.link.away = true;
  for (int i = 0; i < 27; ++i) {
    pass(kSecondMs);
    EXPECT_EQ(until(a_.step()), kSecondMs);
    EXPECT_TRUE(a_.leads()) << i;
  }
  pass(kSecondMs);
  EXPECT_EQ(until(a_.step()), kSecondMs);
  EXPECT_FALSE(a_.leads());
  EXPECT_THAT(a_.told.lost, ElementsAre(1));
  EXPECT_THROW(a_.step(), StorageError) << "and cannot be taken";
  a_.link.away = false;
  a_.step();
  EXPECT_FALSE(a_.leads()) << "its own drain is waited for, too: calls of that lead may go on";
  pass(12 * kSecondMs);
  a_.step();
  EXPECT_TRUE(a_.leads());
  EXPECT_THAT(a_.told.taken, ElementsAre(1, 2));
}

TEST_F(LeadershipTest, WhatIsGivenBackIsTakenOnTheNextTick) {
  a_.step();
  a_.leadership.give_back();
  EXPECT_FALSE(a_.leads());
  b_.step();
  EXPECT_TRUE(b_.leads());
  a_.leadership.give_back();
  EXPECT_THAT(a_.told.lost, IsEmpty()) << "nobody took it from it";
}

TEST_F(LeadershipTest, WorkCommitsByTheTermThatItBeganWithAlone) {
  a_.step();
  LeadersWriter work(a_.link, a_.leadership);
  EXPECT_THROW(work.commit([](Transaction&) {}), LeaseLost) << "it has not begun";
  work.begin();
  work.commit([](Transaction& storage) { storage.put_setting("key", "first"); });
  EXPECT_TRUE(work.works());
  work.require_lead();
  // b leads, and then a again: what began before is over all the same.
  a_.leadership.give_back();
  b_.step();
  b_.leadership.give_back();
  a_.step();
  EXPECT_TRUE(a_.leads());
  EXPECT_FALSE(work.works());
  EXPECT_THROW(work.require_lead(), LeaseLost);
  EXPECT_THROW(work.commit([](Transaction& storage) { storage.put_setting("key", "late"); }), LeaseLost);
  EXPECT_THROW(work.commit_housekeeping([](Transaction& storage) { storage.put_setting("key", "late"); }), LeaseLost);
  EXPECT_EQ(database_.view().setting("key"), "first");
  EXPECT_TRUE(a_.leads()) << "an old term's loss is not the present one's";
  work.begin();
  work.commit([](Transaction& storage) { storage.put_setting("key", "second"); });
  EXPECT_EQ(database_.view().setting("key"), "second");
}

// The fence is read in the transaction, whatever the node believes.
TEST_F(LeadershipTest, ACommitThatMeetsAnothersFenceIsALoss) {
  a_.step();
  LeadersWriter work(a_.link, a_.leadership);
  work.begin();
  store_now_ += kLasts + kDrain;  // by a store whose clock has leapt
  b_.step();
  EXPECT_TRUE(b_.leads());
  EXPECT_TRUE(a_.leads());
  EXPECT_THROW(work.commit([](Transaction& storage) { storage.put_setting("key", "late"); }), LeaseLost);
  EXPECT_FALSE(a_.leads());
  EXPECT_THAT(a_.told.lost, ElementsAre(1));
  EXPECT_EQ(database_.view().setting("key"), std::nullopt);
}

TEST_F(LeadershipTest, WhoIsAloneLeadsWithoutEnd) {
  a_.step();
  Told told;
  Leadership alone(database_, clock_, {.holder = "alone", .alone = true}, kSecondMs, told);
  alone.step();
  pass(400 * kDayMs);
  EXPECT_TRUE(alone.may_send(alone.term()));
  EXPECT_THAT(told.taken, ElementsAre(2));
  LeadersWriter of_another(a_.link, a_.leadership);
  of_another.begin();
  EXPECT_THROW(of_another.commit([](Transaction&) {}), LeaseLost);
}

}  // namespace
}  // namespace headroom
