#include <signal.h>

#include "tests/ctl/daemon/ctl_fixture.h"
#include "text/time_text.h"

namespace headroom::ctl {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

class Orders : public CtlTest {
 protected:
  Orders() { set("scheduler.mode", "approve"); }
  std::string last_audit() const {
    const auto audit = json({"audit", "--limit", "1"});
    if (audit["items"].Empty()) return "";
    const auto& entry = audit["items"][0];
    return std::string(entry["action"].GetString()) + " " + entry["target"].GetString() + " " +
           (entry["reason"].IsString() ? entry["reason"].GetString() : "null");
  }
};

TEST_F(Orders, APlanIsShownAskedForAndCarriedOut) {
  start();
  const std::string id = std::to_string(waiting("g"));
  EXPECT_THAT(output({"status"}), HasSubstr("1 plan waits for your word"));
  EXPECT_THAT(output({"plans"}), HasSubstr("\nIt waits because it was planned in mode approve.\n"));

  auto no = terminal({"approve", id, "--reason", "spring"}, 100);
  EXPECT_TRUE(no.shows("remove 5 members from the group g (Group g)"));
  EXPECT_TRUE(no.shows("idle00"));
  EXPECT_TRUE(no.shows("1000 are left"));
  EXPECT_TRUE(no.shows("headroomctl restore " + id));
  EXPECT_TRUE(no.shows("Remove 5 members from g? [y/N]"));
  no.type("n\n");
  EXPECT_EQ(no.wait(), 1);
  EXPECT_EQ(last_audit(), "") << "nothing was sent";

  auto yes = terminal({"approve", id, "--wait", "--reason", "spring, 100 % 群"}, 100);
  EXPECT_TRUE(yes.shows("[y/N]"));
  yes.type("y\n");
  EXPECT_TRUE(yes.shows("run " + id + ": succeeded, 5 of 5 removed")) << yes.screen();
  EXPECT_EQ(yes.wait(), 0);
  EXPECT_EQ(last_audit(), "approve run:" + id + " spring, 100 % 群");
  EXPECT_THAT(removed("g"), SizeIs(5));
  EXPECT_EQ(json({"removals", "--group", "g"})["items"].Size(), 5U);
  EXPECT_EQ(json({"removals", "--account", "idle00"})["items"].Size(), 1U);
  EXPECT_THAT(output({"removals"}), HasSubstr("idle00"));

  auto restore = terminal({"restore", id, "--wait"}, 100);
  EXPECT_TRUE(restore.shows("Add up to 5 members to g? [y/N]"));
  restore.type("y\n");
  EXPECT_TRUE(restore.shows("4 restored")) << restore.screen();  // one seat stays free
  EXPECT_EQ(restore.wait(), 0);
  stop();
}

TEST_F(Orders, ALimitIsRaisedAndSetBack) {
  set("scheduler.mode", "approve");
  set("capacity.mode", "raise");
  set("capacity.ceiling", "Public:1000");
  set("capacity.step", "10%");
  start();
  const std::string id = std::to_string(waiting("g"));
  EXPECT_THAT(output({"plans"}), HasSubstr("the limit of g (Group g) would be raised from 100 to 110"));
  auto yes = terminal({"approve", id, "--wait"}, 100);
  EXPECT_TRUE(yes.shows("would raise the limit of the group g (Group g) from 100 to 110")) << yes.screen();
  EXPECT_TRUE(yes.shows("50 are left"));
  yes.type("y\n");
  EXPECT_TRUE(yes.shows("run " + id + ": succeeded, limit from 100 to 110")) << yes.screen();
  EXPECT_EQ(yes.wait(), 0);
  EXPECT_THAT(removed("g"), SizeIs(0));
  EXPECT_THAT(output({"run", id}), AllOf(HasSubstr("from 100 to 110"), Not(HasSubstr("considered"))));
  // The summary's numbers are those of a moment ago.
  const std::string counted = "1 in the last day, 49 left";
  EXPECT_TRUE(eventually([&] { return output({"status"}).find(counted) != std::string::npos; })) << output({"status"});

  sim_.world().modify_max("g", 130);
  EXPECT_THAT(output({"plan", "g", "--wait"}), HasSubstr("has_room"));
  auto back = terminal({"restore", id, "--wait"}, 100);
  EXPECT_TRUE(back.shows("By the last look the limit is 130: somebody else has set it since")) << back.screen();
  EXPECT_TRUE(back.shows("Set the limit of g back to 100?")) << back.screen();
  back.type("y\n");
  EXPECT_TRUE(back.shows("succeeded")) << back.screen();
  EXPECT_EQ(back.wait(), 0);
  EXPECT_EQ(sim_.world().group("g")->max_members, 100);

  auto raise = terminal({"raise", "g", "--wait"}, 100);
  EXPECT_TRUE(raise.shows("Raise the limit of g?")) << raise.screen();
  raise.type("y\n");
  EXPECT_TRUE(raise.shows("succeeded, limit from 100 to 110")) << raise.screen();
  EXPECT_EQ(raise.wait(), 0) << "an operator's word goes before what was learned";
  stop();
}

// In mode prune nobody has asked for it: it says why it does not go on by itself.
TEST_F(Orders, ARunThatWaitsThoughTheModeDoesNotAskSaysWhy) {
  set("scheduler.mode", "prune");
  set("policy.first_share", "50%");
  start();
  create(full_group("g", 40, 1));
  knock("g");
  const std::string id = std::to_string(run_in("g", "awaiting_approval"));
  const std::string why =
      "It waits because in the first listing of the group 37 of 40 could go, more than policy.first_share (50%).\n";
  EXPECT_THAT(output({"plans"}), HasSubstr(why));
  EXPECT_THAT(output({"run", id}), AllOf(HasSubstr("waits for   first_share\n"), HasSubstr(why)));
  EXPECT_THAT(output({"runs"}), HasSubstr("awaiting_approval: first_share"));
  EXPECT_THAT(output({"group", "g"}), HasSubstr("first_share"));
  EXPECT_THAT(output({"why", "g"}), AllOf(HasSubstr("g (Group g) is full.\n"), HasSubstr(why)));
  EXPECT_EQ(output({"why", "g", "--json"}), get("/api/v1/groups/g").body + "\n");
  auto no = terminal({"approve", id}, 140);
  EXPECT_TRUE(no.shows("more than policy.first_share (50%)")) << no.screen();
  no.type("n\n");
  EXPECT_EQ(no.wait(), 1);
  output({"approve", id, "--yes", "--wait"});
  EXPECT_THAT(output({"run", id}), Not(HasSubstr("waits")));
  EXPECT_TRUE(json({"run", id})["waits_for"].IsNull());
  stop();
}

TEST_F(Orders, WithoutATerminalNobodyIsAsked) {
  start();
  const std::string id = std::to_string(waiting("g"));
  for (const std::vector<std::string>& line :
       std::vector<std::vector<std::string>>{{"approve", id}, {"prune", "g"}, {"restore", id}}) {
    expect_status(64, line, "--yes", "y\n");
  }
  EXPECT_EQ(last_audit(), "");
  const auto done = run({"approve", id, "--yes", "--wait", "--json"});
  EXPECT_EQ(done.status, 0) << done.err;
  rapidjson::Document answer;
  answer.Parse(done.out.c_str());
  ASSERT_TRUE(answer.IsObject()) << done.out;
  EXPECT_STREQ(answer["state"].GetString(), "succeeded");
  EXPECT_THAT(done.err, HasSubstr("idle00")) << "it is shown all the same";
  stop();
}

TEST_F(Orders, AllOfSeveralAreTried) {
  start();
  const std::string first = std::to_string(waiting("g")), second = std::to_string(waiting("h"));
  const auto done = run({"approve", first, "999", second, "--yes"});
  EXPECT_EQ(done.status, 1);
  EXPECT_THAT(done.err, HasSubstr("headroomctl: 999: Not Found: there is no such run"));
  EXPECT_TRUE(reaches("g", "has_room"));
  EXPECT_TRUE(reaches("h", "has_room"));
  const std::string third = std::to_string(waiting("i"));
  expect_status(1, {"reject", "x", first}, "Conflict: run " + first + " is ");
  EXPECT_THAT(output({"reject", third, "--reason", "no"}), HasSubstr("run " + third + ": rejected, 5 selected"));
  EXPECT_EQ(last_audit(), "reject run:" + third + " no");
  stop();
}

TEST_F(Orders, PlanAndPruneAGroup) {
  set("scheduler.mode", "prune");
  set("scheduler.stale_after", "1h");
  start();
  create(full_group("g", 100));
  knock("g");
  ASSERT_TRUE(reaches("g", "full"));
  EXPECT_THAT(run({"plans"}).err, HasSubstr("headroomctl plan GROUP makes a plan now"));
  const auto plan = run({"plan", "g", "--reason", "a look"});
  const std::string id = std::to_string(run_in("g", "planned"));
  EXPECT_THAT(plan.err, HasSubstr("headroomctl run " + id + " shows the plan."));
  EXPECT_THAT(output({"plan", "g", "--wait"}), HasSubstr("planned, 5 selected"));
  auto shown = terminal({"run", id}, 64);
  EXPECT_TRUE(shown.shows("idle00")) << "who would go is not cut for the sake of times";
  EXPECT_EQ(shown.wait(), 0);
  auto prune = terminal({"prune", "g", "--wait"}, 100);
  EXPECT_TRUE(prune.shows("idle00")) << "by the last plan";
  EXPECT_TRUE(prune.shows("Remove about 5 members from g? [y/N]"));
  prune.type("yes\n");
  EXPECT_TRUE(prune.shows("succeeded")) << prune.screen();
  EXPECT_EQ(prune.wait(), 0);
  EXPECT_THAT(prune.screen(), Not(HasSubstr("\x1b")));
  expect_status(1, {"prune", "nowhere", "--yes"}, "Not Found");
  stop();
}

TEST_F(Orders, WhileTheCalendarIsClosed) {
  set("calendar.freeze", format_time(now_s() * 1000).substr(0, 10) + ".." +
                             format_time((now_s() + e2e::kDayS) * 1000).substr(0, 10) + " a release");
  start();
  const std::string id = std::to_string(waiting("g"));
  EXPECT_THAT(output({"status"}), AllOf(HasSubstr("All is well.\n"), HasSubstr("The calendar is closed until 2")));
  // Nobody waits for days before a terminal.
  const auto approved = run({"approve", id, "--yes", "--wait"});
  EXPECT_EQ(approved.status, 0) << approved.err;
  EXPECT_THAT(approved.out, HasSubstr("run " + id + ": running (closed), 0 of 5 removed"));
  EXPECT_THAT(approved.err, HasSubstr("waits for the calendar"));
  const auto refused = run({"prune", "g", "--yes"});
  EXPECT_EQ(refused.status, 1);
  EXPECT_THAT(refused.err, HasSubstr("Conflict: the calendar is closed until 2"));
  EXPECT_THAT(output({"prune", "g", "--force", "--yes", "--wait"}), HasSubstr("succeeded, 5 of 5 removed"));
  EXPECT_THAT(output({"run", id}), AllOf(HasSubstr("nothing_to_do"), HasSubstr("closed")));
  stop();
}

TEST_F(Orders, ExemptionsPausesAndSweeps) {
  start();
  EXPECT_THAT(output({"exempt", "member", "a/b #1", "--reason", "staff", "--until", "2h"}),
              HasSubstr("is exempt until"));
  EXPECT_EQ(last_audit(), "exempt member:a/b #1 staff");
  const auto list = json({"exemptions"});
  EXPECT_STREQ(list["items"][0]["id"].GetString(), "a/b #1");
  EXPECT_FALSE(list["items"][0]["expires_at"].IsNull());
  expect_status(1, {"exempt", "group", "g", "--reason", "x", "--until", "2020-01-01"},
                "expires_at must be in the future");
  output({"unexempt", "member", "a/b #1", "--reason", "left"});
  EXPECT_EQ(last_audit(), "unexempt member:a/b #1 left");
  expect_status(1, {"unexempt", "member", "a/b #1"}, "Not Found");

  EXPECT_THAT(output({"pause", "--reason", "停 50%"}), HasSubstr("The scheduler is paused: 停 50%"));
  EXPECT_EQ(last_audit(), "pause scheduler 停 50%");
  expect_status(1, {"sweep"}, "Conflict");
  EXPECT_THAT(output({"resume"}), HasSubstr("The scheduler goes on."));
  EXPECT_THAT(output({"sweep", "--dry-run", "--wait"}), HasSubstr("finished"));
  const auto sweep = json({"sweep", "--wait"});
  EXPECT_STREQ(sweep["state"].GetString(), "finished");
  EXPECT_FALSE(sweep["dry_run"].GetBool());
  EXPECT_EQ(json({"sweeps"})["items"].Size(), 2U);
  stop();
}

TEST_F(Orders, ManyExemptionsAreImported) {
  start();
  EXPECT_THAT(run({"exemptions", "--import", "-"},
                  "kind,id,reason,expires_at\nmember,\"a,b\",\"say \"\"hi\"\"\",\ngroup,@TGS#1,,2099-01-01\n")
                  .out,
              HasSubstr("2 exemptions made"));
  const std::string listed = output({"exemptions", "--json"});
  EXPECT_THAT(listed, AllOf(HasSubstr("a,b"), HasSubstr("say \\\"hi\\\"")));
  // What the list prints is what an import takes.
  output({"unexempt", "member", "a,b"});
  EXPECT_THAT(output({"exemptions", "--import", write_file("list.json", listed), "--json"}), HasSubstr("\"a,b\""));
  EXPECT_EQ(json({"exemptions"})["items"].Size(), 2U);
  std::string many;
  for (int i = 0; i < 2100; ++i) many += "member,m" + std::to_string(i) + "\n";
  EXPECT_EQ(run({"exemptions", "--import", "-", "--reason", "by hand"}, many).status, 0);
  const auto all = json({"exemptions", "--limit", "0"});
  EXPECT_EQ(all["items"].Size(), 2102U);
  EXPECT_STREQ(all["items"][0]["reason"].GetString(), "by hand");
  expect_status(64, {"exemptions", "--import", "-"}, "line 2", "member,x\nteam,y\n");
  expect_status(64, {"exemptions", "--import", file("missing")}, "No such file");
  EXPECT_EQ(json({"exemptions", "--limit", "0"})["items"].Size(), 2102U) << "checked as a whole first";
  // An export of yesterday, with what has been over since.
  EXPECT_THAT(run({"exemptions", "--import", "-"}, "member,over,,2001-01-01\nmember,holds,,\n").out,
              AllOf(HasSubstr("1 exemption made"), HasSubstr("1 of the file are over")));
  EXPECT_EQ(json({"exemptions", "--limit", "0"})["items"].Size(), 2103U);
  std::string with_a_bad_one = "member,over,,2001-01-01\n";
  for (int i = 0; i < 1500; ++i) with_a_bad_one += "member," + (i == 1199 ? std::string(129, 'x') : "n" + std::to_string(i)) + "\n";
  expect_status(1, {"exemptions", "--import", "-"}, "exemption 1201 of the file: id must be", with_a_bad_one);
  stop();
}

TEST_F(Orders, WatchFollowsUntilItIsStopped) {
  start();
  waiting("g");
  auto watch = terminal({"watch", "--utc"}, 120);
  EXPECT_TRUE(watch.shows("the scheduler goes on")) << watch.screen();
  const std::string id = std::to_string(waiting("h"));
  EXPECT_TRUE(watch.shows("h is full (webhook)")) << watch.screen();
  EXPECT_TRUE(watch.shows("run " + id + ": awaiting_approval, 5 selected")) << watch.screen();
  output({"pause", "--reason", "lunch"});
  EXPECT_TRUE(watch.shows("the scheduler is paused: lunch")) << watch.screen();
  output({"resume"});
  output({"approve", id, "--yes"});
  EXPECT_TRUE(watch.shows("run " + id + ": succeeded, 5 of 5 removed")) << watch.screen();
  EXPECT_THAT(watch.screen(), Not(HasSubstr("g is full"))) << "what was there before is no news";
  watch.type("\x03");
  EXPECT_EQ(watch.wait(), 0);
  stop();
}

// Though nothing happens any more that it could write, and fail to.
TEST_F(Orders, WatchEndsWhenNobodyReadsIt) {
  start();
  const auto done = in_shell("timeout 10", "watch | head -n 1; echo ${PIPESTATUS[0]}");
  EXPECT_THAT(done.out, AllOf(HasSubstr("the scheduler goes on\n"), testing::EndsWith("\n1\n")));
  EXPECT_EQ(done.err, "");
  stop();
}

}  // namespace
}  // namespace headroom::ctl
