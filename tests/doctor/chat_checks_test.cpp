// clock, dns, tls, chat, usersig, permissions: each once failed, and once out of sight.
#include "tests/doctor/examined.h"
#include "tests/support/scripted_server.h"

namespace headroom::doctor {
namespace {

using chatsim::Fault;
using testing::HasSubstr;
using testing::Not;

class ChatChecks : public Examined {
 protected:
  // A host that is no loopback address, whose name leads nowhere unless the test says so.
  void far_away() {
    set("chat.base_url", "https://chat.test.invalid");
    around.resolve = [this](const std::string& host, DurationMs most) {
      EXPECT_EQ(host, "chat.test.invalid");
      EXPECT_LE(most, kMostResolve);
      ++resolved;
      return resolution;
    };
    around.look_at_tls = [this](const std::string&, DurationMs) { return tls; };
  }
  Resolution resolution{{}, "Name or service not known"};
  TlsLook tls;
  int resolved = 0;
};

TEST_F(ChatChecks, ClockFailsBeyondTwoMinutes) {
  chat.set_date_skew(125'000);
  const Finding behind = look("clock");
  EXPECT_THAT(behind, HasFailed());
  EXPECT_THAT(behind.detail, HasSubstr("behind"));
  chat.set_date_skew(-125'000);
  EXPECT_THAT(look("clock").detail, HasSubstr("ahead"));
  EXPECT_THAT(look("clock"), HasFailed());
  chat.set_date_skew(115'000);
  EXPECT_THAT(look("clock"), Warned()) << "more than half of webhook.request_time_window";
  set("webhook.request_time_window", "0");
  EXPECT_THAT(look("clock"), InOrder());
}

TEST_F(ChatChecks, ClockIsSeenWithoutAKey) {
  unset("chat.secret_key_file");
  chat.set_date_skew(300'000);
  EXPECT_THAT(look("clock"), HasFailed());
}

TEST_F(ChatChecks, ClockIsSkippedWithoutATimeToCompareWith) {
  chat.set_down(true);
  EXPECT_THAT(look("clock"), NotSeen());
  ScriptedServer server;
  server.answer({.body = R"({"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0,"GroupInfo":[]})"});
  set("chat.base_url", server.url());
  EXPECT_THAT(look("clock"), NotSeen()) << "an answer without a Date";
}

TEST_F(ChatChecks, DnsFailsAndWhatHangsOnItIsNotTriedAgain) {
  far_away();
  auto found = all();
  EXPECT_THAT(found["dns"], HasFailed());
  EXPECT_THAT(found["clock"], NotSeen());
  EXPECT_THAT(found["tls"], NotSeen());
  EXPECT_THAT(found["chat"], HasFailed());
  EXPECT_THAT(found["usersig"], NotSeen());
  EXPECT_THAT(found["permissions"], NotSeen());
  EXPECT_EQ(resolved, 1);
}

TEST_F(ChatChecks, DnsOfTheMachineGivesUpInTime) {
  const auto begun = clock.steady_now();
  const Resolution found = machine(clock).resolve("headroom-doctor-test.invalid", 2000);
  EXPECT_FALSE(found.error.empty());
  EXPECT_LT(clock.steady_now() - begun, 4000);
  EXPECT_THAT(machine(clock).resolve("127.0.0.1", 2000).addresses, testing::ElementsAre("127.0.0.1"));
}

TEST_F(ChatChecks, DnsAndTlsOfALoopbackAddressAreSkipped) {
  EXPECT_THAT(look("dns"), NotSeen());
  EXPECT_THAT(look("tls"), NotSeen());
  set("chat.base_url", "https://localhost:1");
  EXPECT_THAT(look("dns"), NotSeen());
  EXPECT_THAT(look("tls"), NotSeen());
}

TEST_F(ChatChecks, TlsFailsOnACertificateThatIsNotTrusted) {
  far_away();
  resolution = {{"127.0.0.1"}, {}};
  tls.error = "its TLS certificate is not trusted, or not for this host";
  EXPECT_THAT(look("tls"), HasFailed());
  tls = {"", true, clock.now() + kDayMs};
  EXPECT_THAT(look("tls"), Warned()) << "it is over tomorrow";
  tls.expires_at = clock.now() + 90 * kDayMs;
  EXPECT_THAT(look("tls"), InOrder());
  tls = {"could not connect", false, std::nullopt};
  EXPECT_THAT(look("tls"), NotSeen()) << "nobody was reached";
}

TEST_F(ChatChecks, ChatFailsWhenNobodyAnswers) {
  chat.set_down(true);
  auto found = all();
  EXPECT_THAT(found["chat"], HasFailed());
  EXPECT_THAT(found["usersig"], NotSeen());
  EXPECT_THAT(found["permissions"], NotSeen());
  chat.stop();
  EXPECT_THAT(look("chat"), HasFailed()) << "nobody listens";
}

TEST_F(ChatChecks, ChatFailsWhenSomethingElseAnswers) {
  ScriptedServer server;
  set("chat.base_url", server.url());
  server.answer({.body = "<html>please log in</html>"});
  EXPECT_THAT(look("chat"), HasFailed());
  server.answer({.body = "", .status = 404});
  EXPECT_THAT(look("chat"), HasFailed());
  unset("chat.secret_key_file");
  server.answer({.body = "<html>please log in</html>"});
  EXPECT_THAT(look("chat"), HasFailed()) << "without a key as well";
}

TEST_F(ChatChecks, ChatFailsWhenTheAppIsRefused) {
  chat.faults().add("get_group_info", Fault::error(60020).times(Fault::kForEver));
  auto found = all();
  EXPECT_THAT(found["chat"], HasFailed());
  EXPECT_THAT(found["chat"].detail, HasSubstr("60020"));
  EXPECT_THAT(found["usersig"], NotSeen());
  EXPECT_THAT(found["permissions"], NotSeen());
}

TEST_F(ChatChecks, ChatIsSkippedWhenItIsNotKnownWhereItIs) {
  set("chat.region", "atlantis");
  for (const char* check : {"clock", "dns", "tls", "chat", "usersig", "permissions"}) {
    EXPECT_THAT(look(check), NotSeen()) << check;
  }
  EXPECT_TRUE(chat.calls().empty());
}

TEST_F(ChatChecks, UsersigFailsWithAnotherKey) {
  files.write("key", std::string(64, 'a'));
  auto found = all();
  EXPECT_THAT(found["chat"], InOrder()) << "it answers";
  EXPECT_THAT(found["usersig"], HasFailed());
  EXPECT_THAT(found["usersig"].remedy, HasSubstr("secret_key_file"));
  EXPECT_THAT(found["permissions"], NotSeen());
}

TEST_F(ChatChecks, UsersigIsSkippedWithoutAKey) {
  set("scheduler.mode", "observe");
  unset("chat.secret_key_file");
  EXPECT_THAT(look("secrets"), InOrder());
  EXPECT_THAT(look("usersig"), NotSeen());
  EXPECT_THAT(look("permissions"), NotSeen());
}

TEST_F(ChatChecks, PermissionsFailWithoutTheRole) {
  set("chat.admin_identifier", "somebody");
  auto found = all();
  EXPECT_THAT(found["chat"], InOrder());
  EXPECT_THAT(found["usersig"], InOrder());
  EXPECT_THAT(found["permissions"], HasFailed());
  EXPECT_THAT(found["permissions"].detail, HasSubstr("60010"));
}

TEST_F(ChatChecks, PermissionsFailForOneCommand) {
  chat.faults().add("query_online_status", Fault::error(10026).times(Fault::kForEver));
  EXPECT_THAT(look("permissions"), HasFailed());
  set("policy.protect_online", "false");
  chat.clear_calls();
  look("permissions");  // may meet the limit of one listing a second
  EXPECT_EQ(chat.call_count("query_online_status"), 0U) << "then nobody asks for it";
  chat.faults().add("get_appid_group_list", Fault::error(60007));
  EXPECT_THAT(look("permissions"), NotSeen()) << "the daemon's sweep may have used up the second";
}

}  // namespace
}  // namespace headroom::doctor
