#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "chat/reply_parser.h"
#include "tests/chat/ok_reply.h"

namespace headroom {
namespace {

namespace parser = reply_parser;
using testing::ElementsAre;

TEST(GroupReply, ReadsGroups) {
  const auto answer = parser::get_group_info(
      R"({"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0,"GroupInfo":[
        {"GroupId":"g1","ErrorCode":0,"ErrorInfo":"","Type":"Public","Name":"First","Owner_Account":"leckie",
         "NextMsgSeq":1234,"LastMsgTime":1426976600,"MuteAllMember":"On","MemberNum":2,"MaxMemberNum":"50","Appid":1,"MemberList":[{"Member_Account":"leckie"}]},
        {"GroupId":"g2","ErrorCode":10010,"ErrorInfo":"this group does not exist"}]})",
      {"g1", "g2", "g3"});
  ASSERT_TRUE(answer.done());
  ASSERT_EQ(answer.value.size(), 2U);
  EXPECT_EQ(answer.value[0].group_id, "g1");
  EXPECT_EQ(answer.value[0].error_code, 0);
  EXPECT_EQ(answer.value[0].type, "Public");
  EXPECT_EQ(answer.value[0].name, "First");
  EXPECT_EQ(answer.value[0].member_num, 2);
  EXPECT_EQ(answer.value[0].max_member_num, 50);
  EXPECT_EQ(answer.value[0].next_msg_seq, 1234);
  EXPECT_EQ(answer.value[0].last_msg_time_s, 1426976600);
  EXPECT_EQ(answer.value[0].mute_all, true);
  EXPECT_EQ(answer.value[1].group_id, "g2");
  EXPECT_EQ(answer.value[1].error_code, 10010);
  EXPECT_EQ(answer.value[1].member_num, std::nullopt);
  EXPECT_EQ(answer.value[1].last_msg_time_s, std::nullopt) << "absent is not: no message ever";
  EXPECT_EQ(answer.value[1].mute_all, std::nullopt) << "absent is not: off";
}

TEST(GroupReply, WhetherAGroupIsMutedIsReadToTheLetter) {
  const std::pair<const char*, std::optional<bool>> table[] = {
      {R"("MuteAllMember":"On")", true},
      {R"("MuteAllMember":"Off")", false},
      {R"("ShutUpAllMember":"On")", true},  // its name in older versions
      {R"("ShutUpAllMember":"Off")", false},
      {R"("MuteAllMember":"On","ShutUpAllMember":"On")", true},
      {R"("MuteAllMember":"On","ShutUpAllMember":"Off")", true},  // nobody knows: silence proves nothing
      {R"("MuteAllMember":"Off","ShutUpAllMember":"On")", true},
      {R"("MuteAllMember":"Off","ShutUpAllMember":1)", true},
      {R"("MuteAllMember":null,"ShutUpAllMember":"Off")", true},
      {R"("MuteAllMember":"Off","MuteAllMember":"Off")", true},
      {R"("MuteAllMember":"on")", true},
      {R"("MuteAllMember":"")", true},
      {R"("MuteAllMember":true)", true},
      {R"("MuteAllMember":0)", true},
      {R"("X":1)", std::nullopt}};
  for (const auto& [fields, mute_all] : table) {
    const auto answer = parser::get_group_info(
        std::string(R"({"ErrorCode":0,"GroupInfo":[{"GroupId":"g","ErrorCode":0,)") + fields + "}]}", {"g"});
    ASSERT_EQ(answer.value.size(), 1U) << fields;
    EXPECT_EQ(answer.value[0].mute_all, mute_all) << fields;
  }
}

TEST(GroupReply, AMutesEndHasHadTwoNames) {
  constexpr std::int64_t kForEver = std::numeric_limits<std::uint32_t>::max();  // as Chat has it
  const std::pair<const char*, std::optional<std::int64_t>> table[] = {{R"("MuteUntil":1431069882)", 1431069882},
                                                                       {R"("MuteUntil":"1431069882")", 1431069882},
                                                                       {R"("MuteUntil":4294967295)", kForEver},
                                                                       {R"("ShutUpUntil":1431069882)", 1431069882},
                                                                       {R"("MuteUntil":7,"ShutUpUntil":7)", 7},
                                                                       {R"("MuteUntil":0,"ShutUpUntil":7)", kForEver},
                                                                       {R"("MuteUntil":-1,"ShutUpUntil":0)", kForEver},
                                                                       {R"("MuteUntil":0,"MuteUntil":7)", kForEver},
                                                                       {R"("MuteUntil":-1)", kForEver},
                                                                       {R"("MuteUntil":null)", kForEver},
                                                                       {R"("MuteUntil":"On")", kForEver},
                                                                       {R"("X":1)", std::nullopt}};
  for (const auto& [fields, until_s] : table) {
    const std::string rows = std::string(R"(,"MemberList":[{"Member_Account":"m1",)") + fields + "}]}";
    const auto page = parser::get_group_member_info(kOk + rows, MemberQuery{});
    ASSERT_EQ(page.value.members.size(), 1U) << fields;
    EXPECT_EQ(page.value.members[0].mute_until_s, until_s) << fields;
    const auto some = parser::get_specified_group_member_info(kOk + rows, {"m1"});
    ASSERT_EQ(some.value.size(), 1U) << fields;
    EXPECT_EQ(some.value[0].mute_until_s, until_s) << fields;
  }
}

TEST(GroupReply, TheOuterErrorMeansNothingBesideGroups) {
  for (const char* outer : {"\"ErrorCode\":10010,", "\"ErrorCode\":10002,", "\"ErrorCode\":null,", ""}) {
    const auto answer =
        parser::get_group_info(std::string("{") + outer + R"("GroupInfo":[{"GroupId":"g","ErrorCode":0}]})", {"g"});
    EXPECT_TRUE(answer.done()) << outer;
    EXPECT_EQ(answer.value.size(), 1U) << outer;
  }
  EXPECT_TRUE(parser::get_group_info(R"({"ErrorCode":0,"GroupInfo":[]})", {"g"}).done());
}

TEST(GroupReply, WithoutGroupsTheOuterErrorIsTheCalls) {
  const auto refused = parser::get_group_info(R"({"ErrorCode":10004})", {"g"});
  EXPECT_EQ(refused.outcome, ChatOutcome::kRefused);
  EXPECT_EQ(refused.code, 10004);
  EXPECT_EQ(parser::get_group_info(R"({"ErrorCode":70001})", {"g"}).outcome, ChatOutcome::kCredentialsRejected);
  for (const char* body :
       {R"({"ErrorCode":0})", R"({"ErrorCode":0,"GroupInfo":{}})", R"({"ErrorCode":0,"GroupInfo":null})"}) {
    EXPECT_EQ(parser::get_group_info(body, {"g"}).outcome, ChatOutcome::kOutcomeUnknown) << body;
  }
}

TEST(GroupReply, LeavesOutGroupsThatCanNotBeMeant) {
  const auto answer = parser::get_group_info(
      R"({"ErrorCode":0,"GroupInfo":[1,null,"g",[],{},{"ErrorCode":0},{"GroupId":7,"ErrorCode":0},{"GroupId":"","ErrorCode":0},
        {"GroupId":"other","ErrorCode":0},{"GroupId":"g"},{"GroupId":"g","ErrorCode":"x"},{"GroupId":"g\u0000","ErrorCode":0},
        {"GroupId":"g","ErrorCode":0,"MemberNum":1},{"GroupId":"g","ErrorCode":0,"MemberNum":1}]})",
      {"g"});
  ASSERT_TRUE(answer.done());
  ASSERT_EQ(answer.value.size(), 1U);
  EXPECT_EQ(answer.value[0].member_num, 1);
}

TEST(GroupReply, OfAGroupThatComesTwiceNothingIsBelieved) {
  const auto answer = parser::get_group_info(
      R"({"ErrorCode":0,"GroupInfo":[{"GroupId":"g","ErrorCode":0,"MemberNum":1},{"GroupId":"h","ErrorCode":0},
        {"GroupId":"g","ErrorCode":0,"MemberNum":2},{"GroupId":"g","ErrorCode":0,"MemberNum":1}]})",
      {"g", "h"});
  ASSERT_TRUE(answer.done());
  ASSERT_EQ(answer.value.size(), 1U);
  EXPECT_EQ(answer.value[0].group_id, "h");
}

TEST(GroupReply, NumbersOfAWrongKindAreAbsent) {
  for (const char* wrong : {"null", "true", "[]", "{}", "1.5", "-1", "\"-1\"", "\"\"", "\"1 \"", "\"+1\"", "\"1.0\"",
                            "\"1\\u0000\"", "9223372036854775808", "\"9223372036854775808\"", "1e300", "\"many\""}) {
    const auto answer = parser::get_group_info(
        std::string(R"({"ErrorCode":0,"GroupInfo":[{"GroupId":"g","ErrorCode":0,"MemberNum":)") + wrong + "}]}", {"g"});
    ASSERT_TRUE(answer.done()) << wrong;
    EXPECT_EQ(answer.value.at(0).member_num, std::nullopt) << wrong;
    const auto silent = parser::get_group_info(
        std::string(R"({"ErrorCode":0,"GroupInfo":[{"GroupId":"g","ErrorCode":0,"LastMsgTime":)") + wrong + "}]}",
        {"g"});
    EXPECT_EQ(silent.value.at(0).last_msg_time_s, std::nullopt) << wrong;
  }
  for (const char* right : {"9223372036854775807", "\"9223372036854775807\""}) {
    const auto answer = parser::get_group_info(
        std::string(R"({"ErrorCode":0,"GroupInfo":[{"GroupId":"g","ErrorCode":0,"MemberNum":)") + right + "}]}", {"g"});
    EXPECT_EQ(answer.value.at(0).member_num, INT64_MAX) << right;
  }
}

TEST(GroupReply, ReadsTheGroupList) {
  const auto answer = parser::get_appid_group_list(
      R"({"ActionStatus":"OK","ErrorCode":0,"TotalCount":3,"Next":18446744073709551615,
        "GroupIdList":[{"GroupId":"@TGS#1"},{"GroupId":"@TGS#2"},{"GroupId":"@TGS#1"},{"GroupId":""},{},7]})",
      4454685361);
  ASSERT_TRUE(answer.done());
  EXPECT_THAT(answer.value.group_ids, ElementsAre("@TGS#1", "@TGS#2"));
  EXPECT_EQ(answer.value.next, 18446744073709551615U);
  EXPECT_EQ(answer.value.total, 3);
}

TEST(GroupReply, AListWithoutGroupsIsNoAnswerWhileThereAreSome) {
  const auto list = [](const std::string& ids, std::uint64_t next) {
    return parser::get_appid_group_list(kOk + R"(,"TotalCount":60,"GroupIdList":)" + ids + "}", next);
  };
  EXPECT_FALSE(list(R"(["@TGS#1","@TGS#2"])", 0).done());
  EXPECT_FALSE(list(R"([{"GroupId":"a\ud83d"}])", 7).done());
  EXPECT_FALSE(list("[]", 0).done());
  EXPECT_TRUE(list("[]", 7).done()) << "the last page";
  EXPECT_FALSE(list("null", 7).done()) << "absent is not empty, on later pages neither";
  EXPECT_THAT(list(R"([{"GroupId":"a\ud83d"},{"GroupId":"b"}])", 0).value.group_ids, ElementsAre("b"));
}

TEST(GroupReply, TheGroupListEndsOrMoves) {
  const std::string empty = kOk + R"(,"GroupIdList":[])";
  EXPECT_EQ(parser::get_appid_group_list(empty + ",\"Next\":0}", 0).value.next, 0U);
  EXPECT_EQ(parser::get_appid_group_list(empty + ",\"Next\":\"4454685361\"}", 0).value.next, 4454685361U);
  EXPECT_TRUE(parser::get_appid_group_list(empty + "}", 5).done());
  for (const char* wrong : {"5", "-1", "1.5", "\"x\"", "18446744073709551616", "{}"}) {
    EXPECT_EQ(parser::get_appid_group_list(empty + ",\"Next\":" + wrong + "}", 5).outcome, ChatOutcome::kOutcomeUnknown)
        << wrong;
  }
}

// It could not be sent back to Chat: what RapidJSON makes of it is no UTF-8.
TEST(GroupReply, ANameWithALoneSurrogateIsNone) {
  const std::string rows = R"(,"MemberList":[{"Member_Account":"a\udc00"},{"Member_Account":"b"}],"Next":)";
  MemberQuery community;
  community.group_id = "g";
  community.community = true;
  const auto answer = parser::get_group_member_info(kOk + rows + "\"1\"}", community);
  ASSERT_EQ(answer.value.members.size(), 1U);
  EXPECT_EQ(answer.value.members[0].account, "b");
  EXPECT_EQ(parser::get_group_member_info(kOk + rows + R"("\udc00"})", community).outcome,
            ChatOutcome::kOutcomeUnknown);
}

// What nobody decides by is repaired where it is shown, and else does not matter.
TEST(GroupReply, ATextThatIsOnlyShownHidesNothing) {
  const std::pair<const char*, const char*> texts[] = {{R"(ab\ud83d)", "ab\xEF\xBF\xBD"},
                                                       {"abc\xe4\xb8", "abc\xEF\xBF\xBD\xEF\xBF\xBD"},
                                                       {"\xff", "\xEF\xBF\xBD"},
                                                       {R"(\ud83d\ude00\u0041)",
                                                        "\xF0\x9F\x98\x80"
                                                        "A"},
                                                       {R"(\\ud83d)", R"(\ud83d)"}};
  for (const auto& [sent, shown] : texts) {
    SCOPED_TRACE(sent);
    const std::string text = sent;
    const auto groups = parser::get_group_info(R"({"ErrorCode":0,"ErrorInfo":")" + text +
                                                   R"(","GroupInfo":[{"GroupId":"good","ErrorCode":0,"Name":"fine"},
           {"GroupId":"bad","ErrorCode":0,"Type":"Public","Name":")" +
                                                   text + R"(","MemberNum":40}]})",
                                               {"good", "bad"});
    ASSERT_EQ(groups.value.size(), 2U);
    EXPECT_EQ(groups.value[1].name, shown);
    EXPECT_EQ(groups.value[1].member_num, 40);
    const std::string card = "\"NameCard\":\"" + text + "\"";
    const std::string list =
        kOk + ",\"" + text + R"(":1,"MemberList":[{"Member_Account":"a","Result":1,)" + card + "}]}";
    EXPECT_EQ(parser::get_group_member_info(list, MemberQuery{}).value.members.size(), 1U);
    EXPECT_EQ(parser::get_specified_group_member_info(list, {"a"}).value.size(), 1U);
    EXPECT_EQ(parser::add_group_member(list, {"a"}).value.at("a"), AddResult::kAdded);
    EXPECT_TRUE(parser::delete_group_member(kOk + ",\"Reason\":\"" + text + "\"}").done());
    EXPECT_EQ(parser::query_online_status(
                  kOk + R"(,"QueryResult":[{"To_Account":"a","Status":"Online",)" + card + "}]}", {"a"})
                  .value.size(),
              1U);
    EXPECT_EQ(parser::get_role_in_group(kOk + R"(,"UserIdList":[{"Member_Account":"a","Role":"Member",)" + card + "}]}",
                                        {"a"})
                  .value.size(),
              1U);
    EXPECT_THAT(
        parser::get_appid_group_list(kOk + R"(,"GroupIdList":[{"GroupId":"a",)" + card + "}]}", 0).value.group_ids,
        ElementsAre("a"));
  }
}

}  // namespace
}  // namespace headroom
