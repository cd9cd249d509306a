// Orders and reloads that come between the last looks and the delete call.
#include <gmock/gmock.h>

#include <utility>

#include "tests/engine/execution_fixture.h"

namespace headroom {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Accounts = std::vector<std::string>;

TEST_F(ExecutionTest, APauseThatIsAnsweredBeforeTheCallHolds) {
  chat_.before_delete = [this] { pause(); };
  const auto end = execute(2);
  EXPECT_EQ(end.run.reason, "paused");
  EXPECT_THAT(chat_.deletes, IsEmpty());
  EXPECT_EQ(sent_in_all(), 0);
}

// What only the database knows yet (the switch shows it after the commit).
TEST_F(ExecutionTest, AStoredPauseHoldsTheIntent) {
  chat_.before_presence = [this] { store_pause(); };
  const auto end = execute(2);
  EXPECT_EQ(end.run.reason, "paused");
  EXPECT_EQ(chat_.calls("delete_group_member"), 0);
}

// Another node has answered it, after the intent.
TEST_F(ExecutionTest, AStoredPauseHoldsTheCall) {
  chat_.before_delete = [this] { store_pause(); };
  EXPECT_EQ(execute(2).run.reason, "paused");
  EXPECT_THAT(chat_.deletes, IsEmpty());
  EXPECT_EQ(sent_in_all(), 0);
}

TEST_F(ExecutionTest, AMembersExemptionThatIsAnsweredBeforeTheCallHolds) {
  bool first = true;
  chat_.before_delete = [&] {
    if (std::exchange(first, false)) exempt(ExemptionKind::kMember, "m0");
  };
  execute(2);
  EXPECT_THAT(chat_.deletes, ElementsAre(Accounts{"m1"}));
  EXPECT_EQ(outcome_of("m0"), Outcome::kBecameProtected);
}

TEST_F(ExecutionTest, AGroupsExemptionThatIsAnsweredBeforeTheCallHolds) {
  chat_.before_delete = [this] { exempt(ExemptionKind::kGroup, "g"); };
  EXPECT_EQ(execute(2).run.reason, "exempt");
  EXPECT_THAT(chat_.deletes, IsEmpty());
}

TEST_F(ExecutionTest, AModeThatIsReloadedBeforeTheCallHolds) {
  chat_.before_delete = [this] {
    settings_.mode = SchedulerMode::kPlan;
    cell_.set(settings_);
  };
  EXPECT_EQ(execute(2).run.reason, "mode_changed");
  EXPECT_THAT(chat_.deletes, IsEmpty());
}

TEST_F(ExecutionTest, ThePolicyInForceProtectsToo) {
  set_policy([](Policy& policy) { policy.protect_online = false; });
  run_ = store_plan(2);
  set_policy([](Policy& policy) { policy.protect_online = true; });
  chat_.presence["m0"] = Presence::kOnline;
  execute(run_);
  EXPECT_THAT(chat_.deletes, ElementsAre(Accounts{"m1"}));
  EXPECT_EQ(outcome_of("m0"), Outcome::kBecameProtected);
}

TEST_F(ExecutionTest, ThePlansPolicyGoesOnToProtect) {
  run_ = store_plan(2);
  set_policy([](Policy& policy) { policy.protect_online = false; });
  chat_.presence["m0"] = Presence::kOnline;
  execute(run_);
  EXPECT_THAT(chat_.deletes, ElementsAre(Accounts{"m1"}));
}

TEST_F(ExecutionTest, ALongerTimeInForceProtects) {
  run_ = store_plan(2);
  set_policy([](Policy& policy) { policy.inactive_for = 365 * kDayMs; });
  EXPECT_EQ(execute(run_).run.removed, 0);
  EXPECT_THAT(chat_.deletes, IsEmpty());
}

TEST_F(ExecutionTest, APolicyThatIsReloadedBeforeTheCallHolds) {
  bool first = true;
  chat_.before_delete = [&] {
    if (std::exchange(first, false)) set_policy([](Policy& policy) { policy.inactive_for = 365 * kDayMs; });
  };
  execute(2);
  EXPECT_THAT(chat_.deletes, IsEmpty());
}

}  // namespace
}  // namespace headroom
