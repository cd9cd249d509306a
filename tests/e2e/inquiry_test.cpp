#include "tests/e2e/fixture.h"

namespace headroom::e2e {
namespace {

using chatsim::Fault;

class Asking : public E2e {
 protected:
  Asking() {
    set("scheduler.mode", "plan");
    create(full_group("@TGS#g", 20));
  }
  HttpAnswer ask(const std::string& account, const std::string& group_id = "@TGS#g") const {
    return get("/api/v1/groups/" + escaped(group_id) + "/members/" + escaped(account));
  }
  std::string why(const std::string& account) const {
    const auto answer = ask(account);
    return answer.status == 200 ? answer.json["why"].GetString() : answer.body;
  }
};

TEST_F(Asking, WhetherAMemberCouldBeRemovedNow) {
  start();
  EXPECT_EQ(why("owner"), "owner");
  EXPECT_EQ(why("admin"), "admin");
  EXPECT_EQ(why("active0"), "active");
  const auto idle = ask("idle00");
  ASSERT_EQ(idle.status, 200) << idle.body;
  EXPECT_TRUE(idle.json["removable"].GetBool());
  EXPECT_STREQ(idle.json["why"].GetString(), "inactive");
  EXPECT_EQ(idle.json["rules"].Size(), 11u);
  EXPECT_EQ(idle.json["group"]["member_count"].GetInt(), 20);

  // Each answer is from a look of its own.
  sim_.world().set_presence("idle00", chatsim::Presence::kOnline);
  EXPECT_EQ(why("idle00"), "online");
  sim_.world().speak("@TGS#g", "idle00");
  EXPECT_EQ(why("idle00"), "active");
  EXPECT_EQ(send("PUT", "/api/v1/exemptions/members/idle01", R"({"reason":"vip"})").status, 200);
  EXPECT_EQ(why("idle01"), "exempt");
  sim_.world().leave("@TGS#g", "idle02");
  EXPECT_EQ(ask("idle02").status, 404);
  const auto roomy = ask("idle03");
  ASSERT_EQ(roomy.status, 200) << roomy.body;
  EXPECT_FALSE(roomy.json["removable"].GetBool());
  EXPECT_STREQ(roomy.json["obstacles"][0].GetString(), "has_room");
  EXPECT_EQ(ask("idle03", "@TGS#other").status, 404);
  EXPECT_EQ(state_of("@TGS#g"), "unknown") << "a question makes no group known";
  EXPECT_TRUE(removed("@TGS#g").empty());
}

TEST_F(Asking, AChatThatDoesNotAnswerIsNotWaitedForLongerThanTenSeconds) {
  set("chat.request_timeout", "30s");
  start();
  sim_.faults().add("get_group_info", Fault::stall_before(25000));
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(ask("idle00").status, 504);
  EXPECT_GE(std::chrono::steady_clock::now() - began, std::chrono::seconds(9));
}

TEST_F(Asking, NobodyIsAskedInModeObserve) {
  set("scheduler.mode", "observe");
  start();
  EXPECT_EQ(ask("idle00").status, 409);
  EXPECT_EQ(sim_.call_count("get_group_info"), 0u);
}

TEST_F(Asking, CredentialsThatAreRejectedAreToldToWhoAsksAndPauseNothing) {
  start();
  sim_.faults().add("get_group_info", Fault::error(70009).for_ever());
  const auto answer = ask("idle00");
  EXPECT_EQ(answer.status, 503);
  EXPECT_NE(answer.body.find("70009"), std::string::npos) << answer.body;
  EXPECT_FALSE(get("/api/v1/summary").json["paused"].GetBool());
  // The scheduler, which needs Chat for a group, pauses itself for the same answer.
  knock("@TGS#g");
  EXPECT_TRUE(eventually([&] { return get("/api/v1/summary").json["paused"].GetBool(); }));
  EXPECT_STREQ(get("/api/v1/summary").json["paused_reason"].GetString(), "chat_error_70009");
}

// What a viewer's question has met is no news for the scheduler, which asks by itself.
TEST_F(Asking, ASignatureThatIsRefusedOfAQuestionHoldsUpNoOtherCall) {
  start();
  sim_.faults().add("get_group_info", Fault::error(70003).times(1));
  EXPECT_EQ(ask("idle00").status, 503);
  knock("@TGS#g");
  EXPECT_TRUE(eventually([&] { return get("/api/v1/runs").json["items"].Size() == 1; }));
  EXPECT_STREQ(get("/api/v1/runs").json["items"][0]["state"].GetString(), "planned");
  EXPECT_FALSE(get("/api/v1/summary").json["paused"].GetBool());
}

}  // namespace
}  // namespace headroom::e2e
