#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <thread>

#include "simulator/test_client.h"

namespace chatsim {
namespace {

using ::testing::ElementsAre;

class ControlApiTest : public ::testing::Test {
 protected:
  ControlApiTest() : sim_(test_options()) {
    sim_.start();
    client_ = std::make_unique<TestClient>(sim_);
  }
  HttpAnswer get(const std::string& path) { return client_->send("GET", "/sim/" + path, ""); }
  HttpAnswer post(const std::string& path, const std::string& body) {
    return client_->send("POST", "/sim/" + path, body);
  }

  ChatSim sim_;
  std::unique_ptr<TestClient> client_;
};

TEST_F(ControlApiTest, CreatesGroupsWithMembersOfAGivenKind) {
  const HttpAnswer answer =
      post("groups", R"({"group_id":"g","type":"ChatRoom","max_members":12,"admins":1,"newcomers":1,
      "active":2,"readers":1,"online":1,"inactive":4,"inactive_days":40})");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.at("groups")[0]["members"].GetInt(), 11);
  EXPECT_EQ(get("groups").at("groups")[0]["max_members"].GetInt(), 12);
  EXPECT_EQ(post("groups", R"({"group_id":"g"})").status, 400) << "taken";
  EXPECT_EQ(post("groups", R"({"group_id":"h","type":"Typo"})").status, 400);
}

TEST_F(ControlApiTest, JoinsLeavesAndTells) {
  post("groups", R"({"group_id":"g","max_members":3,"inactive":1})");
  EXPECT_THAT(texts_of(post("join", R"({"group_id":"g","account":"a"})").at("results"), "result"),
              ElementsAre("joined"));
  EXPECT_THAT(texts_of(post("join", R"({"group_id":"g","count":2})").at("results"), "result"),
              ElementsAre("refused_full", "refused_full"));
  EXPECT_EQ(post("join", R"({"group_id":"nowhere"})").status, 400);
  EXPECT_EQ(post("speak", R"({"group_id":"g","account":"a"})").status, 200);
  EXPECT_EQ(post("read", R"({"group_id":"g","account":"a"})").status, 200);
  EXPECT_EQ(post("leave", R"({"group_id":"g","account":"a"})").status, 200);
  EXPECT_EQ(post("leave", R"({"group_id":"g","account":"a"})").status, 400);
  EXPECT_EQ(post("max", R"({"group_id":"g","max_members":50})").status, 200);
  EXPECT_EQ(post("destroy", R"({"group_id":"g"})").status, 200);
  EXPECT_THAT(texts_of(get("ledger").at("entries"), "change"),
              ElementsAre("group_created", "joined", "refused", "refused", "left", "max_changed", "group_destroyed"));
  EXPECT_THAT(texts_of(get("ledger?after=5").at("entries"), "change"), ElementsAre("max_changed", "group_destroyed"));
  EXPECT_EQ(get("ledger?after=x").status, 400);
}

TEST_F(ControlApiTest, MembersReadAndAreMuted) {
  post("groups", R"({"group_id":"g","prefix":"p","next_msg_seq":5001,"last_message_days":400,"inactive":1,"inactive_days":500})");
  EXPECT_EQ(get("groups").at("groups")[0]["last_msg_time"].GetInt64(), kTestNowS - 400 * 86'400);
  const auto of_member = [&] { return *sim_.world().member("g", "p-inactive-2"); };
  EXPECT_EQ(post("messages", R"({"group_id":"g","count":20})").status, 200);
  EXPECT_EQ(get("groups").at("groups")[0]["next_msg_seq"].GetInt64(), 5021);
  EXPECT_EQ(get("groups").at("groups")[0]["last_msg_time"].GetInt64(), kTestNowS);
  EXPECT_EQ(post("read", R"({"group_id":"g","account":"p-inactive-2","msg_seq":4000})").status, 200);
  EXPECT_EQ(of_member().msg_seq, 4000);
  EXPECT_EQ(post("read", R"({"group_id":"g","account":"p-inactive-2"})").status, 200);
  EXPECT_EQ(of_member().msg_seq, 5020);
  EXPECT_EQ(post("mute", R"({"group_id":"g","account":"p-inactive-2","until":1800000000})").status, 200);
  EXPECT_EQ(of_member().mute_until_s, 1'800'000'000);
  EXPECT_EQ(post("mute-all", R"({"group_id":"g","on":true})").status, 200);
  EXPECT_TRUE(sim_.world().group("g")->mute_all);
  for (const char* path : {"messages", "read", "mute", "mute-all"}) EXPECT_EQ(post(path, "{}").status, 400) << path;
  EXPECT_EQ(post("read", R"({"group_id":"g","account":"p-inactive-2","msg_seq":"x"})").status, 400);
  EXPECT_EQ(post("groups", R"({"group_id":"h","last_message_days":-1})").status, 400);
}

TEST_F(ControlApiTest, SetsWhatBecomesOfALimit) {
  post("groups", R"({"group_id":"g","type":"Public","max_members":3,"inactive":1})");
  EXPECT_EQ(post("ceiling", R"({"type":"Public","max_members":9})").status, 200);
  EXPECT_EQ(sim_.world().modify_max("g", 10), 10038);
  EXPECT_EQ(post("ceiling", R"({"type":"Public","max_members":9,"cuts":true})").status, 200);
  EXPECT_EQ(sim_.world().modify_max("g", 10), 0);
  EXPECT_EQ(sim_.world().group("g")->max_members, 9);
  EXPECT_EQ(get("ledger").at("entries")[1]["max_after"].GetInt(), 9);
  EXPECT_EQ(sim_.world().modify_max("g", 1), 10004);
  EXPECT_EQ(post("below-members", R"({"allowed":true})").status, 200);
  EXPECT_EQ(sim_.world().modify_max("g", 1), 0);
  for (const char* path : {"ceiling", "below-members"}) EXPECT_EQ(post(path, "{}").status, 400) << path;
  EXPECT_EQ(post("ceiling", R"({"type":"Typo","max_members":9})").status, 400);
}

TEST_F(ControlApiTest, PlaysTheDemo) {
  const HttpAnswer answer = post("scenario", R"({"name":"demo"})");
  EXPECT_GE(answer.at("groups").Size(), 5u);
  for (const auto& group : answer.at("groups").GetArray()) EXPECT_TRUE(group["full"].GetBool());
  EXPECT_EQ(post("scenario", R"({"name":"other"})").status, 400);
}

TEST_F(ControlApiTest, SetsFaults) {
  post("groups", R"({"group_id":"g"})");
  EXPECT_EQ(post("faults", R"({"api":"get_group_info","kind":"error","code":60011})").status, 200);
  EXPECT_EQ(client_->group_call("get_group_info", R"({"GroupIdList":["g"]})").code(), 60011);
  EXPECT_EQ(post("faults", R"({"api":"get_group_info","kind":"error","times":-1})").status, 200);
  EXPECT_EQ(get("stats").number("faults_waiting"), 1);
  EXPECT_EQ(post("faults/clear", "").status, 200);
  EXPECT_EQ(client_->group_call("get_group_info", R"({"GroupIdList":["g"]})").code(), 0);
  EXPECT_EQ(post("faults", R"({"api":"get_group_info","kind":"typo"})").status, 400);
  EXPECT_EQ(post("faults", R"({"api":"x","kind":"set_field","value":"{"})").status, 400);
  EXPECT_EQ(post("faults", R"({"api":"x","kind":"error","times":0})").status, 400);
}

TEST_F(ControlApiTest, ChangesTheWebhookUrlAndCounts) {
  post("groups", R"({"group_id":"g","max_members":1})");
  EXPECT_EQ(post("webhook-url", R"({"url":"http://127.0.0.1:1/"})").status, 200);
  EXPECT_EQ(post("webhook-url", "{}").status, 400);
  post("join", R"({"group_id":"g","account":"a"})");
  EXPECT_TRUE(post("flush", "{}").at("flushed").GetBool());
  const HttpAnswer stats = get("stats");
  EXPECT_EQ(stats.at("webhooks")["failed"].GetInt(), 1);
  EXPECT_EQ(stats.at("webhooks")["dropped"].GetInt(), 0);
}

TEST_F(ControlApiTest, RefusesTheRest) {
  EXPECT_EQ(get("nothing").status, 404);
  EXPECT_EQ(post("nothing", "{}").status, 404);
  EXPECT_EQ(post("join", "[]").status, 400);
  EXPECT_EQ(post("join", "{").status, 400);
}

TEST_F(ControlApiTest, JoinersStopWhenTheirAttemptsAreUsedUp) {
  post("groups", R"({"group_id":"g","max_members":1})");
  EXPECT_EQ(post("joiners", R"({"interval_ms":10,"attempts":3})").status, 200);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (sim_.joiners().counts().running && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  EXPECT_FALSE(sim_.joiners().counts().running);
  EXPECT_EQ(sim_.joiners().counts().attempts, 3u);
  EXPECT_EQ(sim_.joiners().counts().joined, 0u);
  EXPECT_EQ(sim_.ledger().back().change, Change::kRefused);
}

TEST_F(ControlApiTest, JoinersLeaveAGroupAloneOnceTheyAreIn) {
  post("groups", R"({"group_id":"g","max_members":1})");
  ASSERT_TRUE(sim_.joiners().start({{"g"}, 10, 10'000, true}));
  EXPECT_FALSE(sim_.joiners().start({})) << "they run";
  sim_.world().set_max("g", 5);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (sim_.joiners().counts().running && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  EXPECT_EQ(sim_.world().group("g")->member_num, 2);
  EXPECT_EQ(sim_.joiners().counts().joined, 1u);
}

TEST_F(ControlApiTest, StopEndsJoinersAtOnce) {
  post("groups", R"({"group_id":"g","max_members":1})");
  ASSERT_TRUE(sim_.joiners().start({{"g"}, 60'000, 10, true}));
  sim_.stop();
  EXPECT_FALSE(sim_.joiners().counts().running);
  EXPECT_FALSE(sim_.joiners().start({})) << "never again";
}

}  // namespace
}  // namespace chatsim
