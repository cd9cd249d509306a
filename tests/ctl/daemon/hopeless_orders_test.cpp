#include "tests/ctl/daemon/ctl_fixture.h"
#include "text/time_text.h"

// Orders that the daemon is bound to refuse: at a terminal nobody reads a preview and says yes to what can not be.
namespace headroom::ctl {
namespace {

using testing::HasSubstr;
using testing::Not;

class HopelessOrders : public CtlTest {
 protected:
  HopelessOrders() { set("scheduler.mode", "approve"); }
  void expect_told(const std::vector<std::string>& arguments, const std::string& why) {
    auto told = terminal(arguments, 140);
    EXPECT_TRUE(told.shows(why)) << testing::PrintToString(arguments) << told.screen();
    EXPECT_EQ(told.wait(), 1);
    EXPECT_THAT(told.screen(), Not(HasSubstr("idle00"))) << testing::PrintToString(arguments);
    EXPECT_THAT(told.screen(), Not(HasSubstr("[y/N]"))) << testing::PrintToString(arguments);
  }
};

TEST_F(HopelessOrders, BecauseOfTheRun) {
  start();
  const std::string id = std::to_string(waiting("g"));
  expect_told({"restore", id}, "run " + id + " is awaiting_approval");
  expect_told({"prune", "g"}, "run " + id + " is open in this group");
  output({"reject", id});
  expect_told({"approve", id}, id + ": run " + id + " is rejected, only a plan can be approved");
  expect_told({"restore", id}, "run " + id + " removed nobody");
  expect_status(1, {"approve", id, "--yes"}, "Conflict: run " + id + " is rejected");

  const std::string other = std::to_string(waiting("h"));
  output({"approve", other, "--yes", "--wait"});
  expect_told({"approve", other}, "run " + other + " is succeeded, only a plan can be approved");
  // One seat stays free, unless somebody makes more of them.
  sim_.world().set_max("h", 200);
  output({"restore", other, "--yes", "--wait"});
  ASSERT_EQ(json({"run", other})["restored"].GetInt(), 5);
  expect_told({"restore", other}, "all whom run " + other + " removed have been brought back");
  stop();
}

TEST_F(HopelessOrders, BecauseOfTheDaemonOrTheGroup) {
  start();
  const std::string id = std::to_string(waiting("g"));
  output({"pause", "--reason", "lunch"});
  expect_told({"approve", id}, id + ": the scheduler is paused: lunch");
  expect_told({"prune", "g"}, "the scheduler is paused: lunch");
  output({"resume"});
  output({"exempt", "group", "g", "--reason", "staff"});
  expect_told({"approve", id}, "the group is exempt");
  expect_told({"prune", "g"}, "the group is exempt");
  output({"unexempt", "group", "g"});
  auto asks = terminal({"approve", id}, 100);
  EXPECT_TRUE(asks.shows("[y/N]")) << asks.screen();
  asks.type("n\n");
  EXPECT_EQ(asks.wait(), 1);
  stop();
}

TEST_F(HopelessOrders, BecauseOfTheCalendar) {
  set("calendar.freeze", format_time(now_s() * 1000).substr(0, 10) + ".." +
                             format_time((now_s() + e2e::kDayS) * 1000).substr(0, 10) + " a release");
  start();
  const std::string id = std::to_string(waiting("g"));
  expect_told({"prune", "g"}, "the calendar is closed until 2");
  expect_told({"prune", "g"}, "--force does not wait for it");
  for (const std::vector<std::string>& line : {std::vector<std::string>{"approve", id}, {"prune", "g", "--force"}}) {
    auto asks = terminal(line, 100);
    EXPECT_TRUE(asks.shows("[y/N]")) << asks.screen();  // an approval waits for the opening
    asks.type("n\n");
    EXPECT_EQ(asks.wait(), 1);
  }
  stop();
}

TEST_F(HopelessOrders, BecauseThePlanIsTooOld) {
  set("scheduler.mode", "plan");
  set("scheduler.approval_ttl", "1s");
  set("scheduler.cooldown", "30d");
  start();
  create(full_group("g", 100));
  knock("g");
  const std::string id = std::to_string(run_in("g", "planned"));
  ASSERT_TRUE(eventually([&] { return output({"plans", "--json"}) == "{\"items\":[]}\n"; }));
  expect_told({"approve", id}, id + ": the plan is older than scheduler.approval_ttl");
  stop();
}

}  // namespace
}  // namespace headroom::ctl
