#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "simulator/test_client.h"

namespace chatsim {
namespace {

using ::testing::ElementsAre;

class ChangingTest : public ::testing::Test {
 protected:
  explicit ChangingTest(Limits limits = {}) {
    ChatSimOptions options = test_options();
    options.limits = limits;
    sim_ = std::make_unique<ChatSim>(options);
    sim_->start();
    client_ = std::make_unique<TestClient>(*sim_);
    sim_->world().create_group(small_group("g", "Public", 6, 7));
    sim_->world().create_group(small_group("av", "AVChatRoom", 3, 10));
  }
  int remove(const std::string& accounts, const std::string& more = "", const std::string& group = "g") {
    const std::string body = R"({"GroupId":")" + group + R"(","MemberToDel_Account":)" + accounts + more + "}";
    return client_->group_call("delete_group_member", body).code();
  }
  HttpAnswer add(const std::string& members, const std::string& group = "g") {
    return client_->group_call("add_group_member", R"({"GroupId":")" + group + R"(","MemberList":)" + members + "}");
  }
  std::int64_t count() { return sim_->world().group("g")->member_num; }

  std::unique_ptr<ChatSim> sim_;
  std::unique_ptr<TestClient> client_;
};

TEST_F(ChangingTest, DeleteRemovesAndIsIdempotent) {
  EXPECT_EQ(remove(R"(["u2","u3","stranger"])", R"(,"Silence":1,"Reason":"inactive")"), 0);
  EXPECT_EQ(count(), 4);
  EXPECT_EQ(remove(R"(["u2","u3"])"), 0);
  EXPECT_EQ(count(), 4);
  const std::vector<Call> calls = sim_->calls("delete_group_member");
  ASSERT_EQ(calls.size(), 2u);
  EXPECT_THAT(calls[0].accounts, ElementsAre("u2", "u3", "stranger"));
  EXPECT_EQ(calls[0].group_id(), "g");
  EXPECT_NE(calls[0].body.find("inactive"), std::string::npos);
}

TEST_F(ChangingTest, DeletePassesOverTheOwner) {
  EXPECT_EQ(remove(R"(["u0","u2"])"), 0);
  EXPECT_TRUE(sim_->world().member("g", "u0"));
  EXPECT_FALSE(sim_->world().member("g", "u2"));
}

TEST_F(ChangingTest, DeleteParameters) {
  EXPECT_EQ(remove("[]"), 10004);
  EXPECT_EQ(remove(R"("u2")"), 10004);
  EXPECT_EQ(remove(R"([{"Member_Account":2}])"), 60015);
  EXPECT_EQ(remove(R"(["u2",3])"), 60015);
  EXPECT_EQ(remove(R"(["u2"])", R"(,"Silence":2)"), 10004);
  EXPECT_EQ(remove(R"(["u2"])", R"(,"Silence":true)"), 10004);
  EXPECT_EQ(remove(R"(["u2"])", R"(,"Reason":1)"), 10004);
  EXPECT_EQ(remove(R"(["u2"])", R"(,"Reasons":"x")"), 10004);
  EXPECT_EQ(remove(R"(["u2"])", "", "av"), 10004);
  EXPECT_EQ(remove(R"(["u2"])", "", "gone"), 10010);
  EXPECT_EQ(remove(R"(["u2"])", "", ""), 10015);
  std::string many = "[\"u2\"";
  for (int i = 0; i < 100; ++i) many += ",\"x\"";
  EXPECT_EQ(remove(many + "]"), 10005);
  EXPECT_EQ(count(), 6) << "nobody was removed by any of these";
}

TEST_F(ChangingTest, AddAnswersPerAccount) {
  sim_->world().set_presence("a", Presence::kOffline);
  const HttpAnswer answer = add(R"([{"Member_Account":"a"},{"Member_Account":"u1"}])");
  EXPECT_EQ(answer.code(), 0);
  EXPECT_THAT(texts_of(answer.at("MemberList"), "Member_Account"), ElementsAre("a", "u1"));
  EXPECT_EQ(answer.at("MemberList")[0]["Result"].GetInt(), 1);
  EXPECT_EQ(answer.at("MemberList")[1]["Result"].GetInt(), 2);
  EXPECT_EQ(count(), 7);
  EXPECT_THAT(sim_->calls("add_group_member").front().accounts, ElementsAre("a", "u1"));
}

TEST_F(ChangingTest, AddParameters) {
  EXPECT_EQ(add("[]").code(), 10004);
  EXPECT_EQ(add(R"([{"Member_Account":1}])").code(), 60015);
  EXPECT_EQ(add(R"([{"Account":"a"}])").code(), 60015);
  EXPECT_EQ(add(R"([{"Member_Account":"stranger"}])").code(), 10019);
  EXPECT_EQ(add(R"([{"Member_Account":"u1"}])", "av").code(), 10007);
  sim_->world().set_presence("a", Presence::kOffline);
  sim_->world().set_presence("b", Presence::kOffline);
  EXPECT_EQ(add(R"([{"Member_Account":"a"},{"Member_Account":"b"}])").code(), 10014);
  std::string many = R"([{"Member_Account":"a"})";
  for (int i = 0; i < 20; ++i) many += R"(,{"Member_Account":"a"})";
  EXPECT_EQ(add(many + "]").code(), 10005);
  EXPECT_EQ(count(), 6);
}

Limits strict_owner() {
  Limits out;
  out.refuse_owner_in_delete = true;
  out.delete_batch = 2;
  return out;
}

class StrictOwnerTest : public ChangingTest {
 protected:
  StrictOwnerTest() : ChangingTest(strict_owner()) {}
};

TEST_F(StrictOwnerTest, DeleteOfTheOwnerIsRefusedAsAWhole) {
  EXPECT_EQ(remove(R"(["u0","u2"])"), 10009);
  EXPECT_EQ(count(), 6);
  EXPECT_EQ(remove(R"(["u2","u3","u4"])"), 10005) << "a smaller batch limit";
}

TEST_F(ChangingTest, TheLimitIsSetUpToTheCeilingOfTheType) {
  const auto modify = [&](const std::string& max_members, const std::string& group = "g") {
    const std::string body = R"({"GroupId":")" + group + R"(","MaxMemberNum":)" + max_members + "}";
    return client_->group_call("modify_group_base_info", body).code();
  };
  const auto limit = [&] { return sim_->world().group("g")->max_members; };
  EXPECT_EQ(modify("6000"), 0);
  EXPECT_EQ(limit(), 6000);
  EXPECT_EQ(sim_->ledger().back().change, Change::kMaxSetByRest);
  EXPECT_EQ(sim_->ledger().back().max_after, 6000);
  EXPECT_EQ(modify("6001"), 10038);
  sim_->world().set_ceiling("Public", {2000});
  EXPECT_EQ(modify("2001"), 10038) << "a plan that was lowered leaves groups as they are";
  EXPECT_EQ(limit(), 6000);
  sim_->world().set_ceiling("Public", {2000, true});
  EXPECT_EQ(modify("3000"), 0) << "Chat says OK";
  EXPECT_EQ(limit(), 2000);
  EXPECT_EQ(modify("5"), 10004) << "it has six members";
  EXPECT_EQ(limit(), 2000);
  sim_->world().allow_limit_below_members(true);
  EXPECT_EQ(modify("5"), 0);
  EXPECT_EQ(limit(), 5);
  EXPECT_EQ(count(), 6);
  EXPECT_EQ(modify("0"), 10004);
  EXPECT_EQ(modify("\"10\""), 10004);
  EXPECT_EQ(modify("10", "nowhere"), 10010);
  EXPECT_EQ(modify("10", "av"), 0) << "void for this type, which has no limit";
  EXPECT_EQ(sim_->world().group("av")->max_members, 10);
  EXPECT_EQ(client_->group_call("modify_group_base_info", R"({"GroupId":"g","MaxMemberCount":10})").code(), 10004)
      << "create_group's spelling";
}

TEST_F(ChangingTest, AnAnswerAboutTheLimitMayBeLost) {
  const std::string body = R"({"GroupId":"g","MaxMemberNum":20})";
  const auto limit = [&] { return sim_->world().group("g")->max_members; };
  sim_->faults().add("modify_group_base_info", Fault::ok_without_applying());
  EXPECT_EQ(client_->group_call("modify_group_base_info", body).code(), 0);
  EXPECT_EQ(limit(), 7) << "said, and not done";
  sim_->faults().add("modify_group_base_info", Fault::bad_gateway());
  EXPECT_EQ(client_->group_call("modify_group_base_info", body).status, 502);
  EXPECT_EQ(limit(), 7);
  sim_->faults().add("modify_group_base_info", Fault::bad_gateway_after());
  EXPECT_EQ(client_->group_call("modify_group_base_info", body).status, 502);
  EXPECT_EQ(limit(), 20) << "done, and not said";
}

TEST_F(ChangingTest, HooksRunAroundTheCall) {
  std::vector<std::string> seen;
  sim_->on_call("delete_group_member", When::kBefore, [&](const Call& call) {
    seen.push_back("before " + call.accounts.front() + ' ' + std::to_string(count()));
    sim_->world().speak("g", "u2");
  });
  sim_->on_call("delete_group_member", When::kAfter,
                [&](const Call&) { seen.push_back("after " + std::to_string(count())); });
  EXPECT_EQ(remove(R"(["u2"])"), 0);
  EXPECT_THAT(seen, ElementsAre("before u2 6", "after 5"));
  EXPECT_EQ(sim_->world().group("g")->next_msg_seq, 1002);
  sim_->clear_hooks();
  EXPECT_EQ(remove(R"(["u3"])"), 0);
  EXPECT_EQ(seen.size(), 2u);
}

TEST_F(ChangingTest, AHookMayDestroyTheGroupUnderTheCall) {
  sim_->on_call("delete_group_member", When::kBefore, [&](const Call&) { sim_->world().destroy("g"); });
  EXPECT_EQ(remove(R"(["u2"])"), 10010);
}

TEST_F(ChangingTest, LedgerTellsWhoWasRemoved) {
  remove(R"(["u2","u3"])");
  const LedgerEntry last = sim_->ledger().back();
  EXPECT_EQ(last.change, Change::kRemovedByRest);
  EXPECT_EQ(last.group_id, "g");
  EXPECT_EQ(last.at_ms, kTestNowS * 1000);
  EXPECT_EQ(last.members_after, 4);
  EXPECT_THAT(last.accounts, ElementsAre("u2", "u3"));
}

}  // namespace
}  // namespace chatsim
