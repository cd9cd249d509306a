#include "simulator/faults.h"

#include <curl/curl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "simulator/test_client.h"

namespace chatsim {
namespace {

using ::testing::ElementsAre;

class FaultsTest : public ::testing::Test {
 protected:
  FaultsTest() : sim_(test_options()) {
    sim_.start();
    client_ = std::make_unique<TestClient>(sim_);
    sim_.world().create_group(small_group("g", "Public", 6, 10));
    sim_.world().create_group(small_group("h", "Public", 6, 10));
  }
  HttpAnswer remove(const std::string& accounts, const std::string& group = "g") {
    return client_->group_call("delete_group_member",
                               R"({"GroupId":")" + group + R"(","MemberToDel_Account":)" + accounts + "}");
  }
  HttpAnswer members(const std::string& group = "g") {
    return client_->group_call("get_group_member_info", R"({"GroupId":")" + group + "\"}");
  }
  void add(const std::string& api, const Fault& fault) { sim_.faults().add(api, fault); }
  void on_delete(const Fault& fault) { add("delete_group_member", fault); }
  void on_members(const Fault& fault) { add("get_group_member_info", fault); }
  std::int64_t count() { return sim_.world().group("g")->member_num; }

  ChatSim sim_;
  std::unique_ptr<TestClient> client_;
};

TEST_F(FaultsTest, ErrorsHitAsManyCallsAsTheySay) {
  on_delete(Fault::error(10002).times(2));
  on_delete(Fault::error(60007));
  EXPECT_EQ(sim_.faults().waiting(), 3u);
  EXPECT_EQ(remove(R"(["u2"])").code(), 10002);
  EXPECT_EQ(remove(R"(["u2"])").code(), 10002);
  EXPECT_EQ(remove(R"(["u2"])").code(), 60007);
  EXPECT_EQ(count(), 6);
  EXPECT_FALSE(sim_.calls("delete_group_member").front().applied);
  EXPECT_EQ(remove(R"(["u2"])").code(), 0);
  EXPECT_EQ(count(), 5);
}

TEST_F(FaultsTest, ForEverLastsUntilCleared) {
  on_delete(Fault::error(10007).for_ever());
  for (int i = 0; i < 5; ++i) EXPECT_EQ(remove(R"(["u2"])").code(), 10007);
  sim_.faults().clear("delete_group_member");
  EXPECT_EQ(remove(R"(["u2"])").code(), 0);
}

TEST_F(FaultsTest, OneGroupOnlyAndAnyCommand) {
  on_delete(Fault::error(10002).for_ever().in_group("h"));
  add("*", Fault::error(60008));
  EXPECT_EQ(members().code(), 60008);
  EXPECT_EQ(remove(R"(["u2"])", "g").code(), 0);
  EXPECT_EQ(remove(R"(["u2"])", "h").code(), 10002);
  sim_.faults().clear();
  EXPECT_EQ(remove(R"(["u2"])", "h").code(), 0);
}

TEST_F(FaultsTest, CallsThatAreRefusedAnywayUseUpNothing) {
  on_delete(Fault::error(10002));
  EXPECT_EQ(remove("[]").code(), 10004);
  EXPECT_EQ(sim_.faults().waiting(), 1u);
}

TEST_F(FaultsTest, ErrorAfterApplyingAndAfterAPrefix) {
  on_delete(Fault::error_after_applying(60008));
  EXPECT_EQ(remove(R"(["u2"])").code(), 60008);
  EXPECT_EQ(count(), 5);
  on_delete(Fault::error_after_prefix(2));
  EXPECT_EQ(remove(R"(["u3","u4","u5"])").code(), 10002);
  EXPECT_EQ(count(), 3);
  EXPECT_TRUE(sim_.world().member("g", "u5"));
  EXPECT_TRUE(sim_.calls("delete_group_member").back().applied);
}

TEST_F(FaultsTest, OkWithoutApplying) {
  on_delete(Fault::ok_without_applying());
  EXPECT_EQ(remove(R"(["u2"])").code(), 0);
  EXPECT_EQ(count(), 6);
}

TEST_F(FaultsTest, ResetsBeforeAfterAndAfterAPrefix) {
  on_delete(Fault::reset_before());
  EXPECT_NE(remove(R"(["u2"])").curl_code, CURLE_OK);
  EXPECT_EQ(count(), 6);
  on_delete(Fault::reset_after());
  EXPECT_NE(remove(R"(["u2"])").curl_code, CURLE_OK);
  EXPECT_EQ(count(), 5);
  on_delete(Fault::reset_after_prefix(1));
  EXPECT_NE(remove(R"(["u3","u4"])").curl_code, CURLE_OK);
  EXPECT_EQ(count(), 4);
  EXPECT_EQ(sim_.calls("delete_group_member").back().error_code, Call::kUnanswered);
  EXPECT_EQ(remove(R"(["u4"])").code(), 0) << "the next connection works";
}

TEST_F(FaultsTest, BadGatewayBeforeAndAfter) {
  on_delete(Fault::bad_gateway());
  EXPECT_EQ(remove(R"(["u2"])").status, 502);
  EXPECT_EQ(count(), 6);
  on_delete(Fault::bad_gateway_after());
  EXPECT_EQ(remove(R"(["u2"])").status, 502);
  EXPECT_EQ(count(), 5);
}

TEST_F(FaultsTest, TruncatedJsonAndTruncatedBody) {
  on_delete(Fault::truncated_json());
  const HttpAnswer half = remove(R"(["u2"])");
  EXPECT_EQ(half.curl_code, CURLE_OK);
  EXPECT_EQ(half.status, 200);
  EXPECT_TRUE(half.json.HasParseError());
  on_delete(Fault::truncated_body());
  EXPECT_EQ(remove(R"(["u3"])").curl_code, CURLE_PARTIAL_FILE);
  EXPECT_EQ(count(), 4);
}

TEST_F(FaultsTest, StallsOutlastTheClient) {
  client_->set_timeout_ms(100);
  on_delete(Fault::stall_after(30'000));
  EXPECT_EQ(remove(R"(["u2"])").curl_code, CURLE_OPERATION_TIMEDOUT);
  EXPECT_EQ(count(), 5) << "applied before the stall";
  on_delete(Fault::stall_before(30'000));
  EXPECT_EQ(remove(R"(["u3"])").curl_code, CURLE_OPERATION_TIMEDOUT);
  EXPECT_EQ(count(), 5) << "not applied before the stall is over";
  sim_.stop();  // wakes both
}

TEST_F(FaultsTest, ShortStallsAnswer) {
  on_delete(Fault::stall_before(20));
  EXPECT_EQ(remove(R"(["u2"])").code(), 0);
  on_delete(Fault::stall_after(20));
  EXPECT_EQ(remove(R"(["u3"])").code(), 0);
}

TEST_F(FaultsTest, FieldsGoMissing) {
  on_members(Fault::drop_error_info());
  EXPECT_FALSE(members().json.HasMember("ErrorInfo"));
  on_members(Fault::missing_top_field("MemberNum"));
  EXPECT_FALSE(members().json.HasMember("MemberNum"));
  on_members(Fault::missing_field("LastSendMsgTime", 50));
  on_members(Fault::missing_field("JoinTime"));
  const HttpAnswer answer = members();
  std::size_t with = 0;
  for (const auto& row : answer.at("MemberList").GetArray()) {
    with += row.HasMember("LastSendMsgTime") ? 1 : 0;
    EXPECT_FALSE(row.HasMember("JoinTime"));
  }
  EXPECT_EQ(with, 3u);
}

TEST_F(FaultsTest, FieldsChangeAndUnknownOnesAppear) {
  on_members(Fault::set_field("JoinTime", R"("1700000000")"));
  on_members(Fault::set_field("Role", "[1]", 50));
  on_members(Fault::extra_fields());
  const HttpAnswer answer = members();
  EXPECT_TRUE(answer.json.HasMember("UnknownObject"));
  const auto& rows = answer.at("MemberList");
  EXPECT_STREQ(rows[0]["JoinTime"].GetString(), "1700000000");
  EXPECT_TRUE(rows[0]["Role"].IsString());
  EXPECT_TRUE(rows[1]["Role"].IsArray());
  EXPECT_TRUE(rows[0].HasMember("UnknownNumber"));
}

TEST_F(FaultsTest, GroupInfoElementsAreHitAlone) {
  const std::string body = R"({"GroupIdList":["g","h"]})";
  add("get_group_info", Fault::group_error(10002).in_group("h"));
  const HttpAnswer error = client_->group_call("get_group_info", body);
  EXPECT_EQ(error.at("GroupInfo")[0]["ErrorCode"].GetInt(), 0);
  EXPECT_EQ(error.at("GroupInfo")[1]["ErrorCode"].GetInt(), 10002);
  add("get_group_info", Fault::missing_field("NextMsgSeq").in_group("g"));
  const HttpAnswer missing = client_->group_call("get_group_info", body);
  EXPECT_FALSE(missing.at("GroupInfo")[0].HasMember("NextMsgSeq"));
  EXPECT_TRUE(missing.at("GroupInfo")[1].HasMember("NextMsgSeq"));
  add("get_group_info", Fault::missing_share(100).in_group("g"));
  EXPECT_THAT(texts_of(client_->group_call("get_group_info", body).at("GroupInfo"), "GroupId"), ElementsAre("h"));
}

TEST_F(FaultsTest, RowsGoMissing) {
  on_members(Fault::missing_rows(2));
  const HttpAnswer some = members();
  EXPECT_THAT(texts_of(some.at("MemberList"), "Member_Account"), ElementsAre("u2", "u3", "u4", "u5"));
  EXPECT_EQ(some.number("MemberNum"), 6);
  on_members(Fault::missing_share(50));
  EXPECT_EQ(members().at("MemberList").Size(), 3u);
  add("query_online_status", Fault::missing_accounts({"u1"}));
  const HttpAnswer online = client_->call("openim/query_online_status", R"({"To_Account":["u1","u2"]})");
  EXPECT_THAT(texts_of(online.at("QueryResult"), "To_Account"), ElementsAre("u2"));
}

TEST_F(FaultsTest, DateMayBeWrong) {
  EXPECT_NE(members().headers.find("Date: Tue, 14 Nov 2023 22:15:00 GMT"), std::string::npos);
  on_members(Fault::date_skew(-3'600'000));
  EXPECT_NE(members().headers.find("Date: Tue, 14 Nov 2023 21:15:00 GMT"), std::string::npos);
  sim_.set_date_skew(3'600'000);
  EXPECT_NE(members().headers.find("Date: Tue, 14 Nov 2023 23:15:00 GMT"), std::string::npos);
}

TEST_F(FaultsTest, AnOutageResetsEverything) {
  sim_.set_down(true);
  EXPECT_NE(members().curl_code, CURLE_OK);
  EXPECT_TRUE(sim_.calls().empty());
  sim_.set_down(false);
  EXPECT_EQ(members().code(), 0);
}

TEST_F(FaultsTest, ManyClientsAtOnce) {
  on_members(Fault::error(10002).times(20));
  std::vector<std::thread> threads;
  std::atomic<int> errors = 0;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      TestClient client(sim_);
      for (int call = 0; call < 10; ++call) {
        if (client.group_call("get_group_member_info", R"({"GroupId":"g"})").code() == 10002) ++errors;
        sim_.world().speak("g", "u2");
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(errors, 20);
  EXPECT_EQ(sim_.call_count("get_group_member_info"), 40u);
}

}  // namespace
}  // namespace chatsim
