// What the model check has found, each as a small world of its own.
#include <gtest/gtest.h>

#include "tests/model/daemon.h"
#include "tests/support/reason_words.h"

namespace headroom::model {
namespace {

constexpr TimeMs kNow = 1'790'000'000'000;

// One full group of thirty, whose first twenty went silent long ago, and a daemon in mode prune.
class PromisesTest : public testing::Test {
 protected:
  PromisesTest() {
    make_group("g");
    settings_.mode = SchedulerMode::kPrune;
    settings_.policy.target_headroom = Share::count(2);
  }
  ~PromisesTest() override { daemon_.reset(); }

  void make_group(const std::string& id) {
    chatsim::GroupSpec spec;
    spec.id = id;
    spec.max_members = 30;
    for (int i = 0; i < 30; ++i) {
      const std::int64_t joined = kNow / 1000 - (900 - i) * 86400;
      spec.members.push_back({"u" + std::to_string(i), "Member", joined, i < 20 ? 0 : kNow / 1000 - 60, 0});
    }
    world_.create_group(spec);
  }
  void start(int workers = 1) {
    Daemon::Chances chances;
    chances.run_twice = 0;
    daemon_ = std::make_unique<Daemon>(outside_, store_, settings_, workers, chances, Daemon::Node{});
  }
  void group_full(const std::string& id = "g") {
    Event event;
    event.group_id = id;
    event.event_time = timeline_.now();
    event.received_at = timeline_.now();
    daemon_->record(event);
  }
  void pass(DurationMs time) {
    const TimeMs until = timeline_.now() + time;
    do {
      daemon_->wake();
    } while (timeline_.step(until) && !oracle_.failed());
    EXPECT_EQ(oracle_.violation(), "");
  }
  // `happens` while the first call of this name is on its way.
  void during(const std::string& call, std::function<void()> happens) {
    outside_.stir = [this, call, happens](const Outside::Passing& passing) {
      if (passing.call == call) ++calls_[call];
      if (passing.call == call && calls_[call] == 1) timeline_.at(passing.from, happens);
    };
  }
  // `happens` between the first batch's judgement and the commit of its intent.
  void before_the_intent(std::function<void()> happens) {
    outside_.stir = [this, happens](const Outside::Passing& passing) {
      if (passing.call != "presence" || ++calls_["presence"] != 2) return;  // the plan asked first
      daemon_->before_commit = happens;
    };
  }
  void raise_limits(std::int64_t a_day) {
    settings_.capacity.mode = CapacityMode::kRaise;
    settings_.capacity.ceilings = *Ceilings::parse("Public:100");
    settings_.capacity.max_raises_per_day = a_day;
  }
  // The first two calls that set a limit: nobody hears of the one, Chat refuses the other. `happens` during the first.
  void lose_and_refuse_a_raise(std::function<void()> happens = [] {}) {
    CallFault lost;
    lost.trouble = Trouble::kNotDone;
    lost.code = 60008;
    faults_.next["RAISE"] = lost;
    during("RAISE", [this, happens] {
      CallFault refused;
      refused.trouble = Trouble::kRefused;
      refused.code = 10007;
      faults_.next["RAISE"] = refused;
      happens();
    });
  }
  Group group(const std::string& id = "g") { return *daemon_->view().find_group(id); }
  headroom::Run last_run() { return *daemon_->view().find_run(*group().last_run_id); }

  Store store_;
  Dice dice_{1};
  Trace trace_{false};
  Timeline timeline_{kNow, dice_};
  chatsim::World world_{[this] { return timeline_.now(); }, {}};
  Faults faults_{dice_};
  Oracle oracle_{trace_};
  Outside outside_{dice_, timeline_, world_, faults_, oracle_, trace_, [](const Outside::Passing&) {}};
  Settings settings_;
  std::unique_ptr<Daemon> daemon_;
  std::map<std::string, int> calls_;
};

TEST_F(PromisesTest, RemovesWhoWentSilentFirst) {
  start();
  group_full();
  pass(20 * kMinuteMs);
  EXPECT_EQ(last_run().state, RunState::kSucceeded);
  EXPECT_EQ(last_run().removed, 2);
  EXPECT_FALSE(world_.member("g", "u0"));
  EXPECT_FALSE(world_.member("g", "u1"));
}

// The intent is a commit of its own, and an exemption may come before it: whoever ordered it was told that it holds.
TEST_F(PromisesTest, AMemberExemptedAfterTheLastLookStays) {
  start();
  before_the_intent([this] {
    Exemption exemption;
    exemption.kind = ExemptionKind::kMember;
    exemption.subject = "u0";
    daemon_->operations().put_exemption(kSomebody, exemption, [](const Result<Exemption>&) {});
    daemon_->settle();
    oracle_.orders.exempt_members["u0"] = std::nullopt;
  });
  group_full();
  pass(20 * kMinuteMs);
  EXPECT_TRUE(world_.member("g", "u0"));
  EXPECT_EQ(last_run().removed, 1);
}

TEST_F(PromisesTest, APauseAfterTheLastLookKeepsEverybody) {
  start();
  before_the_intent([this] {
    daemon_->operations().pause(kSomebody, "stop", [](const Result<DaemonStatus>&) {});
    daemon_->settle();
    oracle_.orders.paused = true;
  });
  group_full();
  pass(20 * kMinuteMs);
  EXPECT_EQ(world_.members("g").size(), 30U);
  EXPECT_EQ(last_run().reason, "paused");
}

// A run whose looks are in vain, and a store that takes none of them for hours: those behind that end it.
TEST_F(PromisesTest, LooksThatTheStoreDoesNotTakeAreNotCounted) {
  settings_.timing.retry_max = kMinuteMs;
  during("DELETE", [this] { faults_.sick["g"] = {timeline_.now(), 10002}; });
  start();
  group_full();
  pass(20 * kMinuteMs);
  const auto in_doubt = last_run();
  ASSERT_EQ(in_doubt.state, RunState::kRunning);
  daemon_->cut_off(timeline_.now() + 3 * kHourMs);
  pass(3 * kHourMs);
  EXPECT_EQ(last_run().doubt_looks, in_doubt.doubt_looks);
  EXPECT_EQ(last_run().state, RunState::kRunning);
  pass(12 * kHourMs);  // the scheduler of this world oversleeps by an hour at the most
  EXPECT_EQ(daemon_->view().find_run(in_doubt.id)->reason, "interrupted");
  EXPECT_GT(oracle_.coverage.of("vain looks that the store did not take"), 12);
}

TEST_F(PromisesTest, ARefusedRaiseIsUsedUpWhereAnEarlierCallOfItsRunMayBeDone) {
  raise_limits(1);
  lose_and_refuse_a_raise();
  start();
  group_full();
  pass(20 * kMinuteMs);
  ASSERT_EQ(calls_["RAISE"], 2);
  make_group("other");
  group_full("other");
  pass(2 * kHourMs);
  EXPECT_EQ(calls_["RAISE"], 2);
  EXPECT_EQ(group("other").reason, BlockReason::kDailyLimit);
}

TEST_F(PromisesTest, ARefusedRaiseIsNotUsedUpByACallOfAnotherRun) {
  raise_limits(2);
  const auto pause = [this](bool paused) {
    const auto done = [](const Result<DaemonStatus>&) {};
    paused ? daemon_->operations().pause(kSomebody, "stop", done) : daemon_->operations().resume(kSomebody, done);
    daemon_->settle();
    oracle_.orders.paused = paused;
    oracle_.ordered(timeline_.now());
  };
  lose_and_refuse_a_raise([pause] { pause(true); });
  start();
  group_full();
  pass(20 * kMinuteMs);
  ASSERT_EQ(last_run().reason, "paused");
  pause(false);
  pass(3 * kHourMs);
  ASSERT_EQ(calls_["RAISE"], 2);
  make_group("other");
  group_full("other");
  pass(20 * kMinuteMs);
  EXPECT_GT(world_.group("other")->max_members, 30);
}

// The group's look was in time, the look-up of the members was not.
TEST_F(PromisesTest, AClockThatIsSeenToBeWrongAfterTheGroupsLookStopsTheBatch) {
  start();
  during("members", [this] { faults_.skew = 5 * kMinuteMs; });
  group_full();
  pass(20 * kMinuteMs);
  EXPECT_EQ(world_.members("g").size(), 30U);
  EXPECT_EQ(last_run().reason, "clock_skew");
}

// Chat says 10010 to the listing, after it has shown the group: the group is gone, and not looked at for ever.
TEST_F(PromisesTest, AGroupThatIsGoneInTheMiddleOfTheListingIsGone) {
  start();
  during("list", [this] {
    world_.destroy("g");
    oracle_.gone("g");
  });
  group_full();
  pass(20 * kMinuteMs);
  EXPECT_EQ(group().state, GroupState::kGone);
}

// A run that was under way kept the old stale_after, and with it a look in a year, after all others had the new one.
TEST_F(PromisesTest, AReloadDuringARunHoldsForItsGroupToo) {
  settings_.mode = SchedulerMode::kPlan;
  settings_.timing.stale_after = 365 * kDayMs;
  start();
  group_full();
  during("list", [this] {
    Settings shorter = settings_;
    shorter.timing.stale_after = 10 * kMinuteMs;
    daemon_->reload(shorter);
  });
  daemon_->operations().start_run(kSomebody, "g", RunMode::kPlan, [](const Result<headroom::Run>&) {});
  daemon_->settle();
  pass(kMinuteMs);
  ASSERT_TRUE(group().next_check_at);
  EXPECT_LE(*group().next_check_at, timeline_.now() + settings_.timing.cooldown);
}

// It was met when the plan began, and is gone when the run's end is stored: nobody would look at the group any more.
TEST_F(PromisesTest, AnExemptionThatIsLiftedBeforeTheRunsEndIsStoredKeepsNobodyOut) {
  start();
  const auto daemon = [this]() -> Operations& { return daemon_->operations(); };
  during("list", [&] {
    Exemption exemption;
    exemption.kind = ExemptionKind::kGroup;
    exemption.subject = "g";
    daemon().put_exemption({}, exemption, [](const Result<Exemption>&) {});
    daemon_->settle();
    // The closing look.
    during("look", [&] {
      daemon().delete_exemption({}, ExemptionKind::kGroup, "g", [](const Result<Nothing>&) {});
      daemon_->settle();
    });
  });
  group_full();
  pass(2 * kHourMs);
  EXPECT_NE(group().reason, BlockReason::kExempt);
  EXPECT_EQ(last_run().removed, 2);
}

// Nobody was removable by the policy that the run had begun with: its group was blocked for a day.
TEST_F(PromisesTest, AReloadDuringARunFreesItsGroupToo) {
  settings_.policy.inactive_for = 3650 * kDayMs;
  start();
  during("list", [this] {
    Settings shorter = settings_;
    shorter.policy.inactive_for = 890 * kDayMs;
    daemon_->reload(shorter);
  });
  group_full();
  pass(20 * kMinuteMs);
  EXPECT_EQ(last_run().removed, 2);
}

// The scheduler's plan took long: meanwhile an operator had one made, and the cool-down began with its end.
TEST_F(PromisesTest, NoRunFollowsAnOperatorsRunThatEndedWhileItWasPlanned) {
  settings_.policy.protect_online = false;
  start(2);
  CallFault busy;
  busy.trouble = Trouble::kThrottled;
  busy.code = 60007;
  faults_.next["list"] = busy;
  outside_.stir = [this, busy](const Outside::Passing& passing) {
    if (passing.call != "list" || ++calls_["list"] > 2) return;
    if (calls_["list"] == 2) {  // the operator's: the other one has to try once more
      faults_.next["list"] = busy;
      return;
    }
    timeline_.at(passing.from, [this] {
      daemon_->operations().start_run(kSomebody, "g", RunMode::kPlan, [](const Result<headroom::Run>&) {});
      daemon_->settle();
    });
  };
  group_full();
  pass(20 * kMinuteMs);
  EXPECT_EQ(daemon_->view().runs({}, {}).items.size(), 1U);
  EXPECT_EQ(world_.members("g").size(), 30U);
}

}  // namespace
}  // namespace headroom::model
