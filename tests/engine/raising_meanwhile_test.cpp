#include "tests/engine/raising_fixture.h"

// What happens between the plan of a raise and its call holds.
namespace headroom {
namespace {

using support::kNow;
using support::RaisingTest;
using testing::ElementsAre;
using testing::IsEmpty;

// What may happen while a raise waits: between its plan and its last look, or behind that one.
enum class Event {
  kExempted,
  kPaused,
  kOtherMode,
  kLowerCeiling,
  kNoCeiling,
  kNoDefaultAnyMore,
  kOnlySuggests,
  kFewerRaises,
  kOutOfScope,
  kTypesCeilingLearned,
  kStops,
  // At Chat.
  kRoomAgain,
  kOtherLimit,
  kSomewhatHigherLimit,
  kLost
};
struct Meanwhile {
  const char* name = "";
  Event event = Event::kPaused;
  Reason::Kind reason = Reason::kNone;
  RunState state = RunState::kNothingToDo;
};
void PrintTo(const Meanwhile& meanwhile, std::ostream* out) { *out << meanwhile.name; }

class RaiseMeanwhile : public RaisingTest, public testing::WithParamInterface<Meanwhile> {
 protected:
  void happen() {
    switch (GetParam().event) {
      case Event::kExempted:
        return database_.commit([&](Transaction& storage) {
          Exemption exemption;
          exemption.kind = ExemptionKind::kGroup;
          exemption.subject = "g";
          exemption.created_at = clock_.now();
          storage.put_exemption(exemption);
        });
      case Event::kPaused:
        return pause_.show({"incident", {}, {}});
      case Event::kOtherMode:
        settings_.mode = SchedulerMode::kObserve;
        return take_over();
      case Event::kLowerCeiling:
        settings_.capacity.ceilings = *Ceilings::parse("Public:49");
        return take_over();
      case Event::kNoCeiling:
        settings_.capacity.ceilings = {};
        return take_over();
      case Event::kNoDefaultAnyMore:
        settings_.capacity.only_from = *DefaultLimits::parse("500");
        return take_over();
      case Event::kOnlySuggests:
        settings_.capacity.mode = CapacityMode::kSuggest;
        return take_over();
      case Event::kFewerRaises:
        use_up_a_raise();
        settings_.capacity.max_raises_per_day = 1;
        return take_over();
      case Event::kOutOfScope:
        settings_.policy.scope.except_groups = *Globs::parse("g");
        return take_over();
      case Event::kTypesCeilingLearned:
        return database_.commit([](Transaction& storage) { storage.learn_ceiling({true, "Public", 45}, kNow); });
      case Event::kStops:
        return gate_.stop();
      case Event::kRoomAgain:
        chat_.groups["g"].member_num = 30;
        return;
      case Event::kOtherLimit:
        chat_.groups["g"].max_member_num = 39;
        return;
      case Event::kSomewhatHigherLimit:
        chat_.groups["g"].max_member_num = 43;
        chat_.groups["g"].member_num = 43;
        return;
      case Event::kLost:
        chat_.groups.erase("g");
        return;
    }
  }
  void expect_nothing_sent(std::int64_t run_id) {
    const Run run = *view().find_run(run_id);
    EXPECT_THAT(chat_.limits_set, IsEmpty());
    EXPECT_EQ(run.state, GetParam().state);
    EXPECT_EQ(run.reason.kind, GetParam().reason) << run.reason;
    EXPECT_EQ(run.raise->sent_at, std::nullopt) << "it costs no limit";
    EXPECT_EQ(view().raise_usage(0).reserved, 0);
    EXPECT_NE(group().state, GroupState::kPruning);
    EXPECT_EQ(group().raised_to, std::nullopt);
    EXPECT_EQ(view().learned_ceiling("g", std::nullopt, 0), std::nullopt) << "Chat was not asked";
  }
};

TEST_P(RaiseMeanwhile, HoldsUpToTheLastLook) {
  after_plan = [this] { happen(); };
  look();
  expect_nothing_sent(1);
}

TEST_P(RaiseMeanwhile, HoldsWhileAPlanWaitsForItsApproval) {
  settings_.mode = SchedulerMode::kApprove;
  take_over();
  look();
  ASSERT_EQ(last_run().state, RunState::kAwaitingApproval);
  const auto approved = approve_last();
  ASSERT_TRUE(std::holds_alternative<Run>(approved));
  happen();
  runner_.execute_plan(1);
  expect_nothing_sent(1);
}

// A room that appears behind the last look is nobody's to see; an order, and a reload, are.
class OrderMeanwhile : public RaiseMeanwhile {};

TEST_P(OrderMeanwhile, HoldsUpToTheMomentAtWhichTheCallGoesOut) {
  bool once = true;
  chat_.before_raise = [&] {
    if (std::exchange(once, false)) happen();
  };
  look();
  expect_nothing_sent(1);
}

const auto kOrders = testing::Values(Meanwhile{"Exempted", Event::kExempted, Reason::kExempt},
                                     Meanwhile{"Paused", Event::kPaused, Reason::kPaused},
                                     Meanwhile{"OtherMode", Event::kOtherMode, Reason::kModeChanged},
                                     Meanwhile{"LowerCeiling", Event::kLowerCeiling, Reason::kNotRaised},
                                     Meanwhile{"NoCeiling", Event::kNoCeiling, Reason::kNotRaised},
                                     Meanwhile{"NoDefaultAnyMore", Event::kNoDefaultAnyMore, Reason::kNotRaised},
                                     Meanwhile{"OnlySuggests", Event::kOnlySuggests, Reason::kNotRaised},
                                     Meanwhile{"FewerRaises", Event::kFewerRaises, Reason::kDailyLimit},
                                     Meanwhile{"OutOfScope", Event::kOutOfScope, Reason::kOutOfScope},
                                     Meanwhile{"Stops", Event::kStops, Reason::kInterrupted});
const auto kAtChat = testing::Values(Meanwhile{"RoomAgain", Event::kRoomAgain, Reason::kHasRoom},
                                     Meanwhile{"OtherLimit", Event::kOtherLimit, Reason::kNotRaised},
                                     Meanwhile{"SomewhatHigherLimit", Event::kSomewhatHigherLimit, Reason::kNotRaised},
                                     Meanwhile{"TypesCeilingLearned", Event::kTypesCeilingLearned, Reason::kNotRaised},
                                     Meanwhile{"Lost", Event::kLost, Reason::kGone});
const auto kName = [](const auto& of) { return std::string(of.param.name); };
INSTANTIATE_TEST_SUITE_P(Orders, RaiseMeanwhile, kOrders, kName);
INSTANTIATE_TEST_SUITE_P(AtChat, RaiseMeanwhile, kAtChat, kName);
INSTANTIATE_TEST_SUITE_P(Orders, OrderMeanwhile, kOrders, kName);

// Where the clock was days ahead when it was planned, the raises of the day were none.
TEST_F(RaisingTest, AClockThatIsSetRightMeanwhileFindsTheDayUsedUp) {
  settings_.capacity.max_raises_per_day = 1;
  take_over();
  use_up_a_raise();
  clock_.step(3 * kDayMs);
  after_plan = [this] { clock_.step(-3 * kDayMs); };
  look();
  EXPECT_THAT(chat_.limits_set, IsEmpty());
  EXPECT_EQ(last_run().reason, Reason::kDailyLimit);
  EXPECT_EQ(last_run().limited_by, LimitedBy::kDay);
  EXPECT_EQ(group().reason, BlockReason::kDailyLimit);
}

TEST_F(RaisingTest, ARaiseOfAnotherThatIsStoredFirstTakesThePlace) {
  settings_.capacity.max_raises_per_day = 1;
  take_over();
  bool began = false;
  after_plan = [&] { began = true; };
  database_.before_commit = [this] { use_up_a_raise(); };
  look();
  EXPECT_FALSE(began);
  EXPECT_EQ(last_run().reason, Reason::kDailyLimit);
  EXPECT_THAT(chat_.limits_set, IsEmpty());
}

TEST_F(RaisingTest, ACeilingThatIsLearnedBehindTheLookHoldsForTheIntent) {
  after_plan = [this] {
    database_.before_commit = [this] {
      database_.commit([](Transaction& storage) { storage.learn_ceiling({true, "Public", 45}, kNow); });
    };
  };
  look();
  EXPECT_THAT(chat_.limits_set, IsEmpty());
  EXPECT_EQ(last_run().reason, Reason::kNotRaised);
  EXPECT_EQ(last_run().state, RunState::kNothingToDo);
}

TEST_F(RaisingTest, AStoredPauseHoldsBeforeItIsShown) {
  after_plan = [this] {
    database_.commit([](Transaction& storage) { PauseSwitch::write(storage, {"incident", {}, {}}); });
  };
  look();
  EXPECT_EQ(last_run().reason, Reason::kPaused);
  EXPECT_THAT(chat_.limits_set, IsEmpty());
}

TEST_F(RaisingTest, TheLookBehindWhichTheCallGoesIsFresh) {
  int calls = 0;
  chat_.before_raise = [&] {
    if (++calls < 3) clock_.advance(6 * kSecondMs);
  };
  look();
  EXPECT_EQ(last_run().state, RunState::kSucceeded);
  EXPECT_EQ(calls, 3);
  EXPECT_THAT(chat_.limits_set, ElementsAre(50));
  EXPECT_GE(chat_.looks.size(), 5U) << "anew each time";
}

TEST_F(RaisingTest, AChatThatIsAlwaysTooSlowEndsIt) {
  chat_.before_raise = [&] { clock_.advance(6 * kSecondMs); };
  look();
  EXPECT_EQ(last_run().state, RunState::kFailed);
  EXPECT_EQ(last_run().reason, Reason::kChatTooSlow);
  EXPECT_EQ(last_run().raise->sent_at, std::nullopt);
  EXPECT_THAT(chat_.limits_set, IsEmpty());
}

}  // namespace
}  // namespace headroom
