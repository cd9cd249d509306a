// Runs that are open while the scheduler is paused: what is held, what goes on, and when.
#include "tests/engine/scheduler_pause_fixture.h"

namespace headroom {
namespace {

using test::kRejected;
using test::SchedulerPauseTest;

TEST_F(SchedulerPauseTest, ARestoreIsHeldAndGoesOnAsSoonAsTheCauseIsGone) {
  refuse(kRejected);
  scheduler_->step();
  leave_open(RunMode::kRestore);
  EXPECT_EQ(resolutions_in(10 * kHourMs), 0);
  cause_goes();
  EXPECT_EQ(resolutions_in(kMinuteMs), 1);
}

TEST_F(SchedulerPauseTest, ARestoreThatMetTheCauseGoesOnAsSoonAsItIsGone) {
  leave_open(RunMode::kRestore);
  EXPECT_GT(resolutions_in(10 * kHourMs + 10 * kMinuteMs), 10) << "ever more rarely: Chat does not answer it";
  refuse(kRejected);
  pause_.show({"", Reason::of_chat(70009), "g"});
  resolutions_in(kMinuteMs);
  cause_goes();
  EXPECT_EQ(resolutions_in(kMinuteMs), 1);
}

TEST_F(SchedulerPauseTest, ARunInDoubtIsLookedAtMeanwhileAndAsSoonAsTheCauseIsGone) {
  refuse(kRejected);
  scheduler_->step();
  leave_open(RunMode::kPrune);
  EXPECT_GT(resolutions_in(10 * kHourMs), 10);
  cause_goes();
  EXPECT_EQ(resolutions_in(settings_.timing.retry_base + kMinuteMs), 2) << "its count begins anew";
}

TEST_F(SchedulerPauseTest, AnOperatorsPauseHoldsNeither) {
  pause_.show({"holiday", Reason(), ""});
  for (const RunMode mode : {RunMode::kPrune, RunMode::kRestore}) {
    leave_open(mode);
    EXPECT_EQ(resolutions_in(kMinuteMs), 1);
  }
}

}  // namespace
}  // namespace headroom
