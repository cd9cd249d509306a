#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "simulator/test_client.h"

namespace chatsim {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ReadingTest : public ::testing::Test {
 protected:
  explicit ReadingTest(Limits limits = {}) {
    ChatSimOptions options = test_options();
    options.limits = limits;
    options.limits.calls_per_second = 10'000;
    options.limits.calls_of_api["get_appid_group_list"] = 10'000;
    sim_ = std::make_unique<ChatSim>(options);
    sim_->start();
    client_ = std::make_unique<TestClient>(*sim_);
    sim_->world().create_group(small_group("g", "Public", 7, 10));
    sim_->world().create_group(small_group("av", "AVChatRoom", 3, 10));
    sim_->world().create_group(small_group("@TGS#_c", "Community", 7, 10));
  }
  HttpAnswer members(const std::string& more, const std::string& group = "g") {
    return client_->group_call("get_group_member_info", R"({"GroupId":")" + group + "\"" + more + "}");
  }
  int code(const std::string& command, const std::string& body) { return client_->group_call(command, body).code(); }

  std::unique_ptr<ChatSim> sim_;
  std::unique_ptr<TestClient> client_;
};

TEST_F(ReadingTest, GroupInfoHonoursTheFilter) {
  const HttpAnswer answer = client_->group_call(
      "get_group_info",
      R"({"GroupIdList":["g"],"ResponseFilter":{"GroupBaseInfoFilter":["Type","MemberNum","MaxMemberNum","NextMsgSeq"]}})");
  EXPECT_EQ(
      answer.body,
      R"({"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0,"GroupInfo":[{"GroupId":"g","ErrorCode":0,"ErrorInfo":"",)"
      R"("Type":"Public","NextMsgSeq":1001,"MemberNum":7,"MaxMemberNum":10}]})");
}

TEST_F(ReadingTest, GroupInfoWithoutFilterHasTheMembers) {
  const HttpAnswer answer = client_->group_call("get_group_info", R"({"GroupIdList":["g","av"]})");
  const auto& groups = answer.at("GroupInfo");
  ASSERT_EQ(groups.Size(), 2u);
  EXPECT_EQ(groups[0]["MemberList"].Size(), 7u);
  EXPECT_STREQ(groups[0]["Owner_Account"].GetString(), "u0");
  EXPECT_FALSE(groups[1].HasMember("MemberNum")) << "an AVChatRoom has no count";
  EXPECT_FALSE(groups[1].HasMember("MemberList"));
}

TEST_F(ReadingTest, GroupInfoErrorsStandInTheElements) {
  const HttpAnswer answer = client_->group_call("get_group_info", R"({"GroupIdList":["gone","","g"]})");
  EXPECT_EQ(answer.code(), 0);
  EXPECT_EQ(answer.at("GroupInfo")[0]["ErrorCode"].GetInt(), 10010);
  EXPECT_EQ(answer.at("GroupInfo")[1]["ErrorCode"].GetInt(), 10015);
  EXPECT_EQ(answer.at("GroupInfo")[2]["ErrorCode"].GetInt(), 0);
}

TEST_F(ReadingTest, GroupInfoParameters) {
  std::string many = "\"g\"";
  for (int i = 0; i < 50; ++i) many += ",\"g\"";
  EXPECT_EQ(code("get_group_info", "{\"GroupIdList\":[" + many + "]}"), 10004);
  EXPECT_EQ(code("get_group_info", R"({"GroupIdList":[]})"), 10004);
  EXPECT_EQ(code("get_group_info", R"({"GroupIdList":"g"})"), 10004);
  EXPECT_EQ(code("get_group_info", R"({"GroupIdList":["g"],"ResponseFilter":[]})"), 10004);
  EXPECT_EQ(code("get_group_info", R"({"GroupIdList":["g"],"ResponseFilter":{"GroupBaseInfoFilter":["Typo"]}})"),
            10004);
  EXPECT_EQ(code("get_group_info", R"({"GroupIdList":["g"],"Typo":1})"), 10004);
}

TEST_F(ReadingTest, MembersArePagedByOffset) {
  const HttpAnswer first = members(R"(,"Limit":4,"Offset":0,"MemberInfoFilter":["Role","JoinTime","LastSendMsgTime"])");
  EXPECT_EQ(first.number("MemberNum"), 7);
  EXPECT_THAT(texts_of(first.at("MemberList"), "Member_Account"), ElementsAre("u0", "u1", "u2", "u3"));
  EXPECT_FALSE(first.at("MemberList")[0].HasMember("MsgSeq"));
  EXPECT_FALSE(first.json.HasMember("Next"));
  const HttpAnswer second = members(R"(,"Limit":4,"Offset":4)");
  EXPECT_THAT(texts_of(second.at("MemberList"), "Member_Account"), ElementsAre("u4", "u5", "u6"));
  EXPECT_EQ(second.at("MemberList")[0]["MsgSeq"].GetInt(), 4);
  EXPECT_FALSE(second.at("MemberList")[0].HasMember("OnlineStatus")) << "has to be asked for";
  EXPECT_EQ(members(R"(,"Limit":4,"Offset":8)").at("MemberList").Size(), 0u);
  EXPECT_EQ(members("").at("MemberList").Size(), 7u) << "without a limit: everybody";
}

TEST_F(ReadingTest, MembersOfACommunityArePagedByNext) {
  std::vector<std::string> seen;
  std::string next;
  for (int page = 0; page < 3; ++page) {
    const HttpAnswer answer = members(R"(,"Limit":3,"Next":")" + next + "\"", "@TGS#_c");
    for (const std::string& account : texts_of(answer.at("MemberList"), "Member_Account")) seen.push_back(account);
    next = answer.text("Next");
  }
  EXPECT_EQ(next, "");
  EXPECT_THAT(seen, ElementsAre("u0", "u1", "u2", "u3", "u4", "u5", "u6"));
}

TEST_F(ReadingTest, MemberParameters) {
  EXPECT_EQ(members(R"(,"Limit":201)").code(), 10004);
  EXPECT_EQ(members(R"(,"Limit":0)").code(), 10004);
  EXPECT_EQ(members(R"(,"Limit":"10")").code(), 10004);
  EXPECT_EQ(members(R"(,"Offset":-1)").code(), 10004);
  EXPECT_EQ(members(R"(,"Next":"")").code(), 10004) << "Next is for a Community";
  EXPECT_EQ(members(R"(,"Limit":10,"Offset":0)", "@TGS#_c").code(), 10004) << "Offset is not";
  EXPECT_EQ(members(R"(,"Limit":10)", "@TGS#_c").code(), 10004);
  EXPECT_EQ(members(R"(,"Limit":10,"Next":"x")", "@TGS#_c").code(), 10004);
  EXPECT_EQ(members(R"(,"Limit":10,"Next":5)", "@TGS#_c").code(), 10004);
  EXPECT_EQ(members(R"(,"MemberInfoFilter":["Typo"])").code(), 10004);
  EXPECT_EQ(members(R"(,"MemberRoleFilter":["Typo"])").code(), 10004);
  EXPECT_EQ(members("", "av").code(), 10007);
  EXPECT_EQ(members("", "gone").code(), 10010);
  EXPECT_EQ(members("", "").code(), 10015);
  EXPECT_EQ(members("", "g@TOPIC#_t").code(), 10015);
  EXPECT_EQ(code("get_group_member_info", R"({"GroupId":5})"), 10004);
  EXPECT_EQ(code("get_group_member_info", "{}"), 10004);
}

TEST_F(ReadingTest, MembersByRoleAndOnlineStatus) {
  sim_->world().set_presence("u2", Presence::kOnline);
  const HttpAnswer answer = members(R"(,"MemberRoleFilter":["Owner","Admin"])");
  EXPECT_THAT(texts_of(answer.at("MemberList"), "Role"), ElementsAre("Owner", "Admin"));
  EXPECT_EQ(answer.number("MemberNum"), 7) << "of the group, not of the filter";
  const HttpAnswer online = members(R"(,"Offset":1,"Limit":2,"MemberInfoFilter":["OnlineStatus"])");
  EXPECT_THAT(texts_of(online.at("MemberList"), "OnlineStatus"), ElementsAre("Offline", "Online"));
}

TEST_F(ReadingTest, MutesAndTheLastMessage) {
  const auto fields = [&] {
    const HttpAnswer answer = client_->group_call("get_group_info", R"({"GroupIdList":["g"],"ResponseFilter":
        {"GroupBaseInfoFilter":["LastMsgTime","MuteAllMember"]}})");
    const auto& group = answer.at("GroupInfo")[0];
    return std::pair(group["LastMsgTime"].GetInt64(), std::string(group["MuteAllMember"].GetString()));
  };
  EXPECT_EQ(fields(), std::pair(kTestNowS - 86'400 * 50, std::string("Off")));
  sim_->world().speak("g", "u3");
  sim_->world().mute_all("g", true);
  EXPECT_EQ(fields(), std::pair(kTestNowS, std::string("On")));
  sim_->world().mute("g", "u3", kTestNowS + 60);
  const HttpAnswer all = members(R"(,"Offset":2,"Limit":2,"MemberInfoFilter":["MuteUntil"])");
  EXPECT_EQ(all.at("MemberList")[0]["MuteUntil"].GetInt64(), 0);
  EXPECT_EQ(all.at("MemberList")[1]["MuteUntil"].GetInt64(), kTestNowS + 60);
  const HttpAnswer some = client_->group_call(
      "get_specified_group_member_info",
      R"({"GroupId":"g","Member_List_Account":["u3"],"MemberInfoFilter":["MuteUntil","ShutUpUntil"]})");
  EXPECT_EQ(some.at("MemberList")[0]["MuteUntil"].GetInt64(), kTestNowS + 60);
  EXPECT_EQ(some.at("MemberList")[0]["ShutUpUntil"].GetInt64(), kTestNowS + 60);
}

TEST_F(ReadingTest, SpecifiedMembersLeaveOutStrangers) {
  const HttpAnswer answer = client_->group_call(
      "get_specified_group_member_info",
      R"({"GroupId":"g","Member_List_Account":["u3","stranger","u1"],"MemberInfoFilter":["Role"]})");
  EXPECT_EQ(answer.text("GroupId"), "g");
  EXPECT_THAT(texts_of(answer.at("MemberList"), "Member_Account"), ElementsAre("u3", "u1"));
  EXPECT_FALSE(answer.json.HasMember("MemberNum"));
}

TEST_F(ReadingTest, SpecifiedMemberParameters) {
  std::string many = "\"u1\"";
  for (int i = 0; i < 50; ++i) many += ",\"u1\"";
  const std::string name = "get_specified_group_member_info";
  EXPECT_EQ(code(name, R"({"GroupId":"g","Member_List_Account":[)" + many + "]}"), 10005);
  EXPECT_EQ(code(name, R"({"GroupId":"g","Member_List_Account":[]})"), 10004);
  EXPECT_EQ(code(name, R"({"GroupId":"g","Member_List_Account":[1]})"), 60015);
  EXPECT_EQ(code(name, R"({"GroupId":"g","Member_Account":["u1"]})"), 10004);
  EXPECT_EQ(code(name, R"({"GroupId":"av","Member_List_Account":["u1"]})"), 10007);
  EXPECT_EQ(code(name, R"({"GroupId":"gone","Member_List_Account":[1]})"), 60015) << "accounts are checked first";
}

TEST_F(ReadingTest, Roles) {
  const HttpAnswer answer =
      client_->group_call("get_role_in_group", R"({"GroupId":"g","User_Account":["u0","u1","u2","stranger"]})");
  EXPECT_THAT(texts_of(answer.at("UserIdList"), "Role"), ElementsAre("Owner", "Admin", "Member", "NotMember"));
  EXPECT_EQ(code("get_role_in_group", R"({"GroupId":"av","User_Account":["u0"]})"), 10007);
  std::string many = "\"u1\"";
  for (int i = 0; i < 500; ++i) many += ",\"u1\"";
  EXPECT_EQ(code("get_role_in_group", R"({"GroupId":"g","User_Account":[)" + many + "]}"), 10005);
}

TEST_F(ReadingTest, OnlineStatus) {
  sim_->world().set_presence("u1", Presence::kOnline);
  sim_->world().set_presence("u2", Presence::kPushOnline);
  const HttpAnswer answer =
      client_->call("openim/query_online_status", R"({"To_Account":["u1","u2","u3","stranger"],"IsNeedDetail":1})");
  EXPECT_THAT(texts_of(answer.at("QueryResult"), "Status"), ElementsAre("Online", "PushOnline", "Offline"));
  EXPECT_TRUE(answer.at("QueryResult")[0].HasMember("Detail"));
  EXPECT_THAT(texts_of(answer.at("ErrorList"), "To_Account"), ElementsAre("stranger"));
  EXPECT_EQ(answer.at("ErrorList")[0]["ErrorCode"].GetInt(), 70107);
  const auto status_code = [&](const std::string& body) {
    return client_->call("openim/query_online_status", body).code();
  };
  EXPECT_EQ(status_code("{}"), 90001);
  EXPECT_EQ(status_code(R"({"To_Account":[]})"), 90001);
  EXPECT_EQ(status_code(R"({"To_Account":[1]})"), 90003);
  std::string many = "\"u1\"";
  for (int i = 0; i < 500; ++i) many += ",\"u1\"";
  EXPECT_EQ(status_code("{\"To_Account\":[" + many + "]}"), 90011);
}

TEST_F(ReadingTest, GroupListIsPagedBeyond32Bits) {
  const HttpAnswer first = client_->group_call("get_appid_group_list", R"({"Limit":2,"Next":0})");
  EXPECT_EQ(first.number("TotalCount"), 3);
  EXPECT_THAT(texts_of(first.at("GroupIdList"), "GroupId"), ElementsAre("g", "av"));
  const std::uint64_t next = first.at("Next").GetUint64();
  EXPECT_GT(next, 0xffff'ffffu);
  const HttpAnswer second =
      client_->group_call("get_appid_group_list", "{\"Limit\":2,\"Next\":" + std::to_string(next) + "}");
  EXPECT_THAT(texts_of(second.at("GroupIdList"), "GroupId"), ElementsAre("@TGS#_c"));
  EXPECT_EQ(second.number("Next"), 0);
  const HttpAnswer type = client_->group_call("get_appid_group_list", R"({"GroupType":"Public"})");
  EXPECT_EQ(type.number("TotalCount"), 1);
  EXPECT_EQ(code("get_appid_group_list", R"({"GroupType":"Work"})"), 10004);
  EXPECT_EQ(code("get_appid_group_list", R"({"Limit":10001})"), 10004);
  EXPECT_EQ(code("get_appid_group_list", R"({"Next":"0"})"), 10004);
  EXPECT_EQ(code("get_appid_group_list", R"({"Next":-1})"), 10004);
}

Limits tight_limits() {
  Limits out;
  out.reply_bytes = 500;
  out.omit_empty_lists = true;
  return out;
}

class TightReadingTest : public ReadingTest {
 protected:
  TightReadingTest() : ReadingTest(tight_limits()) {}
};

TEST_F(TightReadingTest, RepliesOverTheSizeLimitAre10018) {
  const HttpAnswer answer = members("");
  EXPECT_EQ(answer.code(), 10018);
  EXPECT_FALSE(answer.json.HasMember("MemberList"));
  EXPECT_EQ(members(R"(,"Limit":1,"MemberInfoFilter":["Role"])").code(), 0);
}

TEST_F(TightReadingTest, EmptyListsMayBeAbsent) {
  EXPECT_FALSE(members(R"(,"Limit":4,"Offset":8)").json.HasMember("MemberList"));
}

}  // namespace
}  // namespace chatsim
