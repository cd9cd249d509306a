#include <signal.h>
#include <unistd.h>

#include "tests/ctl/daemon/ctl_fixture.h"
#include "tests/support/scripted_server.h"

namespace headroom::ctl {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;
using testing::StartsWith;
using Way = ScriptedReply::Way;

class Access : public CtlTest {};

TEST_F(Access, WhoMayNotIsTold) {
  const std::string tokens = "look:viewer:0123456789viewer-0123456789\nact:operator:0123456789operator-0123456789\n";
  set("admin.token_file", write_file("tokens", tokens));
  start();
  token_file_ = file("tokens");
  output({"pause", "--reason", "by the operator's token"});
  token_file_ = write_file("viewer", "0123456789viewer-0123456789\n");
  output({"status"});
  output({"groups"});
  expect_status(77, {"pause", "--reason", "x"}, "Forbidden: this takes a token with the role operator");
  expect_status(77, {"approve", "1", "2", "--yes"}, "");
  token_file_ = write_file("wrong", "not-the-token\n");
  expect_status(77, {"status"}, "Unauthorized");
  EXPECT_THAT(run({"status"}).err, Not(HasSubstr("not-the-token")));
  token_file_ = file("missing");
  expect_status(77, {"status"}, "No such file");
  token_file_ = "";
  expect_status(77, {"status"}, "no token");
  EXPECT_EQ(run({"status", "--token-file", file("viewer")}).status, 0);
  stop();
}

TEST_F(Access, ADaemonThatIsGone) {
  start();
  stop();
  expect_status(69, {"status"}, "could not connect");
  expect_status(69, {"pause", "--reason", "x"}, "could not connect");
  expect_status(69, {"watch"}, "could not connect");
  const auto version = run({"version"});
  EXPECT_EQ(version.status, 0);
  EXPECT_THAT(version.out, MatchesRegex("headroomctl [0-9.]+\n"));
}

TEST_F(Access, ADaemonThatRestartsWhileSomebodyWaits) {
  set("scheduler.mode", "approve");
  start();
  waiting("g");
  auto watch = terminal({"watch"}, 120);
  EXPECT_TRUE(watch.shows("the scheduler goes on"));
  const std::string address = admin_url_.substr(7);
  kill_it();
  EXPECT_TRUE(watch.shows("trying again"));
  set("admin.listen", address);
  start();
  EXPECT_TRUE(watch.shows("The connection is there again."));
  output({"pause", "--reason", "after all"});
  EXPECT_TRUE(watch.shows("after all"));
  watch.signal(SIGTERM);
  EXPECT_EQ(watch.wait(), 0);
  stop();
}

TEST_F(Access, VersionNeedsNoTokenAndNoDaemon) {
  start();
  token_file_ = file("missing");
  EXPECT_THAT(output({"version"}), MatchesRegex("headroomctl [0-9.]+\nheadroomd [0-9.]+ at http://.*\n"));
  EXPECT_THAT(output({"--version"}), StartsWith("headroomctl "));
  EXPECT_STREQ(json({"version"})["headroomd"].GetString(), json({"version"})["headroomctl"].GetString());
  url_ = "nonsense";
  EXPECT_EQ(run({"version"}).status, 0);
  expect_status(64, {"status"}, "");
  stop();
}

TEST_F(Access, HelpNeedsNothing) {
  token_file_ = file("missing");
  EXPECT_THAT(output({"help"}), HasSubstr("approve"));
  EXPECT_EQ(output({"help", "approve"}), output({"approve", "--help"}));
  EXPECT_EQ(output({"--help"}), output({"help"}));
  expect_status(64, {"help", "aprove"}, "unknown command");
  expect_status(64, {}, "no command");
  expect_status(64, {"groups", "--limit", "-1"}, "--limit");
  expect_status(64, {"events", "--since", "yesterday"}, "--since");
}

TEST_F(Access, WhatCanNotBeWrittenIsNoSuccess) {
  start();
  for (const char* redirection : {">/dev/full", ">&-"}) {
    for (const char* command : {"groups --json", "status", "status --json", "help", "version", "completion bash"}) {
      const auto done = in_shell("", std::string(command) + " " + redirection);
      EXPECT_EQ(done.status, 1) << command << redirection;
      EXPECT_THAT(done.err, HasSubstr("can not write to standard output")) << command << redirection;
    }
  }
  // What was to be done is done all the same.
  const auto paused = in_shell("", "pause --reason x >/dev/full");
  EXPECT_EQ(paused.status, 1);
  EXPECT_TRUE(json({"status"})["paused"].GetBool());
  stop();
}

// A server that is none of ours, or an attacker's.
class Strangers : public Access {
 protected:
  Strangers() { url_ = server_.url(); }
  void expect_no_headroomd(const ScriptedReply& reply, const std::vector<std::string>& arguments,
                           const std::string& words) {
    server_.answer(reply);
    const auto done = run(arguments);
    EXPECT_EQ(done.status, 69) << done.out << done.err;
    EXPECT_THAT(done.err, HasSubstr(words));
  }
  ScriptedServer server_;
};

TEST_F(Strangers, AreToldApart) {
  expect_no_headroomd({.body = "<html>hello</html>"}, {"status"}, "no JSON");
  expect_no_headroomd({.body = "[1]"}, {"status"}, "no object");
  expect_no_headroomd({.body = "{\"items\":{}}"}, {"groups"}, "`items`");
  expect_no_headroomd({.body = "{\"items\":[1]}"}, {"groups"}, "no object");
  expect_no_headroomd({.body = "{\"items\":[{\"group_id\":5}]}"}, {"groups"}, "`group_id`");
  expect_no_headroomd({.body = "<html>", .status = 404}, {"groups", "--json"}, "404");
  expect_no_headroomd({.body = std::string(1'000'000, '[')}, {"groups", "--json"}, "no JSON");
  expect_no_headroomd({.body = std::string(65 << 20, ' ')}, {"groups"}, "larger");
  expect_no_headroomd({.body = "\x1b[31m"}, {"status", "--json"}, "no JSON");
  expect_no_headroomd({.status = 307, .headers = {"Location: http://127.0.0.1:1/"}}, {"status"}, "redirect");
  server_.answer({.body = R"({"title":"\u001b[31m\u202eevil","detail":"\u009b"})", .status = 409});
  const auto done = run({"status"});
  EXPECT_EQ(done.status, 1);
  EXPECT_THAT(done.err, HasSubstr("\\x1b[31m\\u202eevil: \\u009b"));
}

TEST_F(Strangers, PagesThatDoNotEndAreLeft) {
  const std::string page = R"({"items":[],"next_cursor":"same"})";
  server_.answer_body(page);
  expect_no_headroomd({.body = page}, {"groups"}, "do not end");
  expect_no_headroomd({.body = R"({"items":[{},{}],"next_cursor":null})"}, {"groups", "--limit", "1"}, "do not end");
}

TEST_F(Strangers, AChangeWhoseAnswerIsLostIsAskedForUnderTheSameKey) {
  server_.answer({.way = Way::kClose});
  server_.answer_body(R"({"paused":true,"paused_reason":"x"})");
  EXPECT_THAT(output({"pause", "--reason", "x"}), HasSubstr("paused: x"));
  const auto seen = server_.requests();
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_EQ(seen.at(0).headers.at("idempotency-key"), seen.at(1).headers.at("idempotency-key"));
  EXPECT_EQ(seen.at(1).path, "/api/v1/scheduler/pause");
  EXPECT_EQ(seen.at(1).body, R"({"reason":"x"})");
}

}  // namespace
}  // namespace headroom::ctl
