#include "chat/reply_parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace headroom {
namespace {

namespace parser = reply_parser;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;

const std::string kOk = R"({"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0)";

std::string nested(int depth) {
  std::string text = kOk + ",\"x\":";
  for (int i = 1; i < depth; ++i) text += '[';
  for (int i = 1; i < depth; ++i) text += ']';
  return text + "}";
}

// Replies that no call can read.
std::vector<std::string> malformed_replies() {
  return {
      "",
      " ",
      "null",
      "[]",
      "\"OK\"",
      "0",
      "<html>",
      "{",
      kOk,
      kOk + "}}",
      kOk + "}x",
      kOk + "}" + std::string(1, '\0'),
      kOk + ",\"x\":\"" + std::string(1, '\0') + "\"}",
      kOk + ",\"x\":1e999}",
      "{}",
      R"({"ActionStatus":"OK","ErrorInfo":""})",
      R"({"errorcode":0})",
      R"({"ErrorCode":null})",
      R"({"ErrorCode":true})",
      R"({"ErrorCode":0.5})",
      R"({"ErrorCode":""})",
      R"({"ErrorCode":"0x0"})",
      R"({"ErrorCode":" 0"})",
      R"({"ErrorCode":[0]})",
      R"({"ErrorCode":4294967296})",
      R"({"ErrorCode":99999999999999999999999999})",
      R"({"ErrorCode":0,"ErrorCode":10002})",
      nested(65),
      std::string(500'000, '['),
      kOk + ",\"x\":" + std::string(500'000, '['),
  };
}

TEST(ReplyParser, WhatCanNotBeReadIsUnknownInEveryCall) {
  for (const std::string& body : malformed_replies()) {
    SCOPED_TRACE(body.substr(0, 100));
    EXPECT_EQ(parser::get_group_info(body, {"g"}).outcome, ChatOutcome::kOutcomeUnknown);
    EXPECT_EQ(parser::get_group_member_info(body, {}).outcome, ChatOutcome::kOutcomeUnknown);
    EXPECT_EQ(parser::get_specified_group_member_info(body, {"a"}).outcome, ChatOutcome::kOutcomeUnknown);
    EXPECT_EQ(parser::get_role_in_group(body, {"a"}).outcome, ChatOutcome::kOutcomeUnknown);
    EXPECT_EQ(parser::query_online_status(body, {"a"}).outcome, ChatOutcome::kOutcomeUnknown);
    EXPECT_EQ(parser::delete_group_member(body).outcome, ChatOutcome::kOutcomeUnknown);
    EXPECT_EQ(parser::add_group_member(body, {"a"}).outcome, ChatOutcome::kOutcomeUnknown);
    EXPECT_EQ(parser::get_appid_group_list(body, 0).outcome, ChatOutcome::kOutcomeUnknown);
  }
}

TEST(ReplyParser, TheErrorCodeDecidesAlone) {
  EXPECT_TRUE(parser::delete_group_member(R"({"ErrorCode":0})").done());
  EXPECT_TRUE(parser::delete_group_member(R"({"ActionStatus":"FAIL","ErrorInfo":"no","ErrorCode":"0"})").done());
  EXPECT_TRUE(parser::delete_group_member(nested(64)).done());
  const auto refused = parser::delete_group_member(R"({"ActionStatus":"OK","ErrorInfo":"gone","ErrorCode":10010})");
  EXPECT_EQ(refused.outcome, ChatOutcome::kRefused);
  EXPECT_EQ(refused.code, 10010);
  EXPECT_EQ(refused.detail, "ErrorCode 10010: gone");
  EXPECT_EQ(parser::delete_group_member(R"({"ErrorCode":-1})").outcome, ChatOutcome::kRefused);
  EXPECT_EQ(parser::delete_group_member(R"({"ErrorCode":60007})").outcome, ChatOutcome::kThrottled);
  EXPECT_EQ(parser::delete_group_member(R"({"ErrorCode":10002})").outcome, ChatOutcome::kOutcomeUnknown);
}

TEST(ReplyParser, TextOfChatIsMadeSafeForTheLog) {
  EXPECT_EQ(parser::safe_text("this group does not exist"), "this group does not exist");
  EXPECT_EQ(parser::safe_text("a\nb\x1b[31mc\x7f\xc3\xa9"), "a?b?[31mc???");
  EXPECT_EQ(parser::safe_text("bad sig " + std::string(150, 'x') + "*-_ here"), "bad sig … here");
  EXPECT_LT(parser::safe_text(std::string(1 << 20, ' ')).size(), 300U);
  std::string words;
  while (words.size() < 10'000) words.append(40, 'w').append(1, ' ');
  EXPECT_LT(parser::safe_text(words).size(), 300U);
}

TEST(ReplyParser, ReadsGroups) {
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

TEST(ReplyParser, WhetherAGroupIsMutedIsReadToTheLetter) {
  const std::pair<const char*, std::optional<bool>> table[] = {
      {R"("MuteAllMember":"On")", true},
      {R"("MuteAllMember":"Off")", false},
      {R"("ShutUpAllMember":"On")", true},  // its name in older versions
      {R"("ShutUpAllMember":"Off")", false},
      {R"("MuteAllMember":"On","ShutUpAllMember":"On")", true},
      {R"("MuteAllMember":"On","ShutUpAllMember":"Off")", std::nullopt},
      {R"("MuteAllMember":"Off","ShutUpAllMember":1)", std::nullopt},
      {R"("MuteAllMember":null,"ShutUpAllMember":"Off")", std::nullopt},
      {R"("MuteAllMember":"Off","MuteAllMember":"Off")", std::nullopt},
      {R"("MuteAllMember":"on")", std::nullopt},
      {R"("MuteAllMember":"")", std::nullopt},
      {R"("MuteAllMember":true)", std::nullopt},
      {R"("MuteAllMember":0)", std::nullopt},
      {R"("X":1)", std::nullopt}};
  for (const auto& [fields, mute_all] : table) {
    const auto answer = parser::get_group_info(
        std::string(R"({"ErrorCode":0,"GroupInfo":[{"GroupId":"g","ErrorCode":0,)") + fields + "}]}", {"g"});
    ASSERT_EQ(answer.value.size(), 1U) << fields;
    EXPECT_EQ(answer.value[0].mute_all, mute_all) << fields;
  }
}

TEST(ReplyParser, AMutesEndHasHadTwoNames) {
  const std::pair<const char*, std::optional<std::int64_t>> table[] = {
      {R"("MuteUntil":1431069882)", 1431069882},
      {R"("MuteUntil":"1431069882")", 1431069882},
      {R"("MuteUntil":4294967295)", 4294967295},  // for ever
      {R"("ShutUpUntil":1431069882)", 1431069882},
      {R"("MuteUntil":7,"ShutUpUntil":7)", 7},
      {R"("MuteUntil":0,"ShutUpUntil":7)", std::nullopt},
      {R"("MuteUntil":-1,"ShutUpUntil":0)", std::nullopt},
      {R"("MuteUntil":0,"MuteUntil":7)", std::nullopt},
      {R"("MuteUntil":-1)", std::nullopt},
      {R"("MuteUntil":null)", std::nullopt},
      {R"("MuteUntil":"On")", std::nullopt},
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

TEST(ReplyParser, TheOuterErrorMeansNothingBesideGroups) {
  for (const char* outer : {"\"ErrorCode\":10010,", "\"ErrorCode\":10002,", "\"ErrorCode\":null,", ""}) {
    const auto answer =
        parser::get_group_info(std::string("{") + outer + R"("GroupInfo":[{"GroupId":"g","ErrorCode":0}]})", {"g"});
    EXPECT_TRUE(answer.done()) << outer;
    EXPECT_EQ(answer.value.size(), 1U) << outer;
  }
  EXPECT_TRUE(parser::get_group_info(R"({"ErrorCode":0,"GroupInfo":[]})", {"g"}).done());
}

TEST(ReplyParser, WithoutGroupsTheOuterErrorIsTheCalls) {
  const auto refused = parser::get_group_info(R"({"ErrorCode":10004})", {"g"});
  EXPECT_EQ(refused.outcome, ChatOutcome::kRefused);
  EXPECT_EQ(refused.code, 10004);
  EXPECT_EQ(parser::get_group_info(R"({"ErrorCode":70001})", {"g"}).outcome, ChatOutcome::kCredentialsRejected);
  for (const char* body :
       {R"({"ErrorCode":0})", R"({"ErrorCode":0,"GroupInfo":{}})", R"({"ErrorCode":0,"GroupInfo":null})"}) {
    EXPECT_EQ(parser::get_group_info(body, {"g"}).outcome, ChatOutcome::kOutcomeUnknown) << body;
  }
}

TEST(ReplyParser, LeavesOutGroupsThatCanNotBeMeant) {
  const auto answer = parser::get_group_info(
      R"({"ErrorCode":0,"GroupInfo":[1,null,"g",[],{},{"ErrorCode":0},{"GroupId":7,"ErrorCode":0},{"GroupId":"","ErrorCode":0},
        {"GroupId":"other","ErrorCode":0},{"GroupId":"g"},{"GroupId":"g","ErrorCode":"x"},{"GroupId":"g\u0000","ErrorCode":0},
        {"GroupId":"g","ErrorCode":0,"MemberNum":1},{"GroupId":"g","ErrorCode":0,"MemberNum":1}]})",
      {"g"});
  ASSERT_TRUE(answer.done());
  ASSERT_EQ(answer.value.size(), 1U);
  EXPECT_EQ(answer.value[0].member_num, 1);
}

TEST(ReplyParser, OfAGroupThatComesTwiceNothingIsBelieved) {
  const auto answer = parser::get_group_info(
      R"({"ErrorCode":0,"GroupInfo":[{"GroupId":"g","ErrorCode":0,"MemberNum":1},{"GroupId":"h","ErrorCode":0},
        {"GroupId":"g","ErrorCode":0,"MemberNum":2},{"GroupId":"g","ErrorCode":0,"MemberNum":1}]})",
      {"g", "h"});
  ASSERT_TRUE(answer.done());
  ASSERT_EQ(answer.value.size(), 1U);
  EXPECT_EQ(answer.value[0].group_id, "h");
}

TEST(ReplyParser, NumbersOfAWrongKindAreAbsent) {
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

TEST(ReplyParser, ReadsMembers) {
  const auto answer = parser::get_group_member_info(kOk + R"(,"MemberNum":8,"Next":"ignored","MemberList":[
      {"Member_Account":"bob","Role":"Owner","JoinTime":1425976500,"MsgSeq":1233,"MsgFlag":"AcceptAndNotify",
       "LastSendMsgTime":1425976501,"ShutUpUntil":1431069882,"NameCard":"","AppMemberDefinedData":[{"Key":"a","Value":"b"}]},
      {"Member_Account":"peter","Role":"Member ","JoinTime":"1425976502","MsgSeq":0,"LastSendMsgTime":0,"MuteUntil":0},
      {"Member_Account":"ann"}]})",
                                                    MemberQuery{});
  ASSERT_TRUE(answer.done());
  EXPECT_EQ(answer.value.member_num, 8);
  EXPECT_EQ(answer.value.next, "");
  ASSERT_EQ(answer.value.members.size(), 3U);
  const Member& bob = answer.value.members[0];
  EXPECT_EQ(bob.account, "bob");
  EXPECT_EQ(bob.role, Role::kOwner);
  EXPECT_EQ(bob.join_time_s, 1425976500);
  EXPECT_EQ(bob.last_sent_time_s, 1425976501);
  EXPECT_EQ(bob.msg_seq, 1233);
  EXPECT_EQ(bob.mute_until_s, 1431069882);
  const Member& peter = answer.value.members[1];
  EXPECT_EQ(peter.role, Role::kMember);
  EXPECT_EQ(peter.join_time_s, 1425976502);
  EXPECT_EQ(peter.last_sent_time_s, 0) << "never sent is known";
  EXPECT_EQ(peter.msg_seq, 0);
  EXPECT_EQ(peter.mute_until_s, 0);
  const Member& ann = answer.value.members[2];
  EXPECT_EQ(ann.role, Role::kAbsent);
  EXPECT_EQ(ann.join_time_s, std::nullopt);
  EXPECT_EQ(ann.last_sent_time_s, std::nullopt) << "absent is not 0";
  EXPECT_EQ(ann.msg_seq, std::nullopt);
  EXPECT_EQ(ann.mute_until_s, std::nullopt) << "absent is not: may speak";
}

TEST(ReplyParser, RolesAreReadToTheLetter) {
  const std::pair<const char*, Role> expected[] = {
      {"\"Owner\"", Role::kOwner},
      {"\"Admin\"", Role::kAdmin},
      {"\"Member\"", Role::kMember},
      {"\" Member\\t\"", Role::kMember},
      {"\"member\"", Role::kOther},
      {"\"Super\"", Role::kOther},
      {"\"\"", Role::kOther},
      {"1", Role::kAbsent},
      {"null", Role::kAbsent},
      {"\"Member\\u0000\"", Role::kOther},
      {"\"NotMember\"", Role::kNotMember},
  };
  for (const auto& [text, role] : expected) {
    const auto answer = parser::get_group_member_info(
        kOk + R"(,"MemberList":[{"Member_Account":"a","Role":)" + text + "}]}", MemberQuery{});
    EXPECT_EQ(answer.value.members.at(0).role, role) << text;
  }
}

TEST(ReplyParser, LeavesOutMembersWithoutAName) {
  const auto answer = parser::get_group_member_info(
      kOk + R"(,"MemberList":[0,null,[],{},{"Role":"Member"},{"Member_Account":5},{"Member_Account":""},
        {"Member_Account":"a\u0000b"},{"Member_Account":"a\nb"},{"Member_Account":")" +
          std::string(257, 'x') + R"("},{"Member_Account":"a","JoinTime":1},{"Member_Account":"a","JoinTime":1}]})",
      MemberQuery{});
  ASSERT_TRUE(answer.done());
  ASSERT_EQ(answer.value.members.size(), 1U);
  EXPECT_EQ(answer.value.members[0].join_time_s, 1);
  EXPECT_EQ(answer.value.rows, 12) << "the next page begins behind all of them";
}

TEST(ReplyParser, APagePastTheEndIsEmpty) {
  MemberQuery query;
  query.offset = 40;
  for (const char* list : {"", ",\"MemberList\":[]", ",\"MemberList\":null"}) {
    const auto answer = parser::get_group_member_info(kOk + ",\"MemberNum\":40" + list + "}", query);
    EXPECT_TRUE(answer.done()) << list;
    EXPECT_THAT(answer.value.members, IsEmpty()) << list;
  }
}

// It would say that nobody is there.
TEST(ReplyParser, AnAbsentListIsNoAnswer) {
  MemberQuery within;
  within.offset = 39;
  MemberQuery community;
  community.community = true;
  community.offset = 40;
  for (const char* list : {"", ",\"MemberList\":null,\"UserIdList\":null,\"QueryResult\":null,\"GroupIdList\":null"}) {
    SCOPED_TRACE(list);
    const std::string body = kOk + ",\"MemberNum\":40" + list + "}";
    EXPECT_FALSE(parser::get_group_member_info(body, within).done());
    EXPECT_FALSE(parser::get_group_member_info(body, community).done());
    EXPECT_FALSE(parser::get_group_member_info(kOk + list + "}", within).done())
        << "no MemberNum says where the end is";
    EXPECT_FALSE(parser::get_specified_group_member_info(body, {"a"}).done());
    EXPECT_FALSE(parser::get_role_in_group(body, {"a"}).done());
    EXPECT_FALSE(parser::query_online_status(body, {"a"}).done());
    EXPECT_FALSE(parser::add_group_member(body, {"a"}).done());
    EXPECT_FALSE(parser::get_appid_group_list(body, 0).done());
    EXPECT_FALSE(parser::get_appid_group_list(kOk + ",\"TotalCount\":60" + list + "}", 0).done());
    EXPECT_TRUE(parser::get_appid_group_list(kOk + ",\"TotalCount\":0" + list + "}", 0).done()) << "it says so itself";
  }
  for (const char* doubled :
       {R"(,"MemberList":[],"MemberList":[])", R"(,"MemberList":[{"Member_Account":"a"}],"MemberList":[])"}) {
    EXPECT_FALSE(parser::get_specified_group_member_info(kOk + doubled + "}", {"a"}).done());
  }
}

TEST(ReplyParser, ADoubledFieldIsAsGoodAsAbsent) {
  const auto answer = parser::get_group_member_info(
      kOk + R"(,"MemberList":[{"Member_Account":"a","Role":"Member","JoinTime":7,"LastSendMsgTime":1,
        "LastSendMsgTime":9}]})",
      MemberQuery{});
  ASSERT_TRUE(answer.done());
  EXPECT_EQ(answer.value.members.at(0).join_time_s, 7);
  EXPECT_EQ(answer.value.members.at(0).last_sent_time_s, std::nullopt);
}

TEST(ReplyParser, AListOfAWrongKindIsMalformed) {
  for (const char* wrong : {"{}", "\"\"", "0", "true"}) {
    const auto body = [&](const char* field) { return kOk + ",\"" + field + "\":" + wrong + "}"; };
    EXPECT_EQ(parser::get_group_member_info(body("MemberList"), {}).outcome, ChatOutcome::kOutcomeUnknown);
    EXPECT_EQ(parser::get_specified_group_member_info(body("MemberList"), {"a"}).outcome, ChatOutcome::kOutcomeUnknown);
    EXPECT_EQ(parser::get_role_in_group(body("UserIdList"), {"a"}).outcome, ChatOutcome::kOutcomeUnknown);
    EXPECT_EQ(parser::query_online_status(body("QueryResult"), {"a"}).outcome, ChatOutcome::kOutcomeUnknown);
    EXPECT_EQ(parser::add_group_member(body("MemberList"), {"a"}).outcome, ChatOutcome::kOutcomeUnknown);
    EXPECT_EQ(parser::get_appid_group_list(body("GroupIdList"), 0).outcome, ChatOutcome::kOutcomeUnknown);
  }
}

TEST(ReplyParser, CommunitiesHaveACursorThatMoves) {
  MemberQuery query;
  query.community = true;
  query.next = "7";
  const auto next_of = [&](const std::string& text) {
    return parser::get_group_member_info(kOk + ",\"MemberList\":[],\"Next\":" + text + "}", query);
  };
  EXPECT_EQ(next_of("\"144115265295492787\"").value.next, "144115265295492787");
  EXPECT_EQ(next_of("144115265295492787").value.next, "144115265295492787");
  EXPECT_EQ(next_of("\"\"").value.next, "");
  EXPECT_EQ(next_of("null").value.next, "");
  EXPECT_EQ(parser::get_group_member_info(kOk + ",\"MemberList\":[]}", query).value.next, "");
  for (const std::string& wrong : {std::string("\"7\""), std::string("7"), std::string("-1"), std::string("[]"),
                                   "\"" + std::string(300, '1') + "\""}) {
    EXPECT_EQ(next_of(wrong).outcome, ChatOutcome::kOutcomeUnknown) << wrong;
  }
}

TEST(ReplyParser, SpecifiedMembersAreThoseThatWereAskedFor) {
  const auto answer = parser::get_specified_group_member_info(
      kOk + R"(,"MemberList":[{"Member_Account":"a","Role":"Member","JoinTime":1},{"Member_Account":"other"},
        {"Member_Account":"a","Role":"Member","JoinTime":1},{"Member_Account":"b","Role":"NotMember"}]})",
      {"a", "b", "c"});
  ASSERT_TRUE(answer.done());
  ASSERT_EQ(answer.value.size(), 1U);
  EXPECT_EQ(answer.value[0].account, "a");
  EXPECT_EQ(answer.value[0].role, Role::kMember);
  EXPECT_THAT(parser::get_specified_group_member_info(kOk + ",\"MemberList\":[]}", {"a"}).value, IsEmpty());
}

// Nor is it proven that such a one is out.
TEST(ReplyParser, OfAMemberThatComesTwiceNothingIsKnown) {
  for (const char* second : {R"({"Member_Account":"m1","Role":"Admin","JoinTime":1,"MsgSeq":1,"LastSendMsgTime":2})",
                             R"({"Member_Account":"m1","Role":"Member","JoinTime":1,"MsgSeq":1,"LastSendMsgTime":9})",
                             R"({"Member_Account":"m1","Role":"NotMember"})", R"({"Member_Account":"m1"})"}) {
    const std::string body = kOk + R"(,"MemberList":[{"Member_Account":"m1","Role":"Member","JoinTime":1,"MsgSeq":1,)" +
                             R"("LastSendMsgTime":2},)" + second + "]}";
    for (const auto& members : {parser::get_specified_group_member_info(body, {"m1"}).value,
                                parser::get_group_member_info(body, MemberQuery{}).value.members}) {
      ASSERT_EQ(members.size(), 1U) << second;
      Member unknown;
      unknown.account = "m1";
      EXPECT_EQ(members[0], unknown) << second;
    }
  }
}

TEST(ReplyParser, ARowThatCanNotBeReadMayBeAnybodys) {
  const auto of = [](const std::string& row) {
    return parser::get_specified_group_member_info(
        kOk + R"(,"MemberList":[{"Member_Account":"a","Role":"Member"},)" + row + "]}", {"a", "b"});
  };
  for (const char* row :
       {"\"b\"", "null", "{}", R"({"Member_Account":"b\ud83d"})", "{\"Member_Account\":\"b\xe4\xb8\"}"}) {
    const auto answer = of(row);
    ASSERT_TRUE(answer.done()) << row;
    ASSERT_EQ(answer.value.size(), 2U) << row;
    EXPECT_EQ(answer.value[1].account, "b");
    EXPECT_EQ(answer.value[1].role, Role::kAbsent) << "not proven out, and nothing is known of it";
  }
  EXPECT_EQ(of(R"({"Member_Account":"other"})").value.size(), 1U);
  EXPECT_FALSE(parser::get_specified_group_member_info(kOk + R"(,"MemberList":["a","b"]})", {"a", "b"}).done());
}

TEST(ReplyParser, ReadsRoles) {
  const auto answer = parser::get_role_in_group(
      kOk + R"(,"UserIdList":[{"Member_Account":"a","Role":"Owner"},{"Member_Account":"b","Role":"NotMember"},
        {"Member_Account":"c"},{"Member_Account":"b","Role":"NotMember"},{"Member_Account":"e","Role":"NotMember"},
        {"Member_Account":"e","Role":"Member"},{"Member_Account":"other","Role":"Member"}]})",
      {"a", "b", "c", "d", "e"});
  ASSERT_TRUE(answer.done());
  EXPECT_THAT(answer.value, ElementsAre(Pair("a", Role::kOwner), Pair("b", Role::kNotMember), Pair("c", Role::kAbsent),
                                        Pair("e", Role::kAbsent)));
  EXPECT_EQ(parser::get_role_in_group(kOk + "}", {"a"}).outcome, ChatOutcome::kOutcomeUnknown);
}

TEST(ReplyParser, ReadsPresence) {
  const auto answer = parser::query_online_status(
      kOk + R"(,"QueryResult":[{"To_Account":"a","Status":"Online"},{"To_Account":"b","State":"PushOnline"},
        {"To_Account":"c","Status":"Offline","State":"Online","Detail":[]},{"To_Account":"d","Status":"Away"},
        {"To_Account":"e"},{"To_Account":"a","Status":"Online"},{"To_Account":"other","Status":"Online"},
        {"To_Account":"g","Status":"Offline"},{"To_Account":"g","Status":"Online"},{"To_Account":"g","Status":"Offline"}],
        "ErrorList":[{"To_Account":"f","ErrorCode":70107}]})",
      {"a", "b", "c", "d", "e", "f", "g"});
  ASSERT_TRUE(answer.done());
  EXPECT_THAT(answer.value, ElementsAre(Pair("a", Presence::kOnline), Pair("b", Presence::kPushOnline),
                                        Pair("c", Presence::kOffline)));
  EXPECT_FALSE(parser::query_online_status(kOk + R"(,"ErrorList":[]})", {"a"}).done());
  const std::string failed = kOk + R"(,"ErrorList":[{"To_Account":"a","ErrorCode":70107}]})";
  EXPECT_TRUE(parser::query_online_status(failed, {"a"}).done()) << "it says of each that there is no status";
  EXPECT_FALSE(parser::query_online_status(failed, {"a", "b"}).done());
}

TEST(ReplyParser, ReadsAdds) {
  const auto answer = parser::add_group_member(
      kOk + R"(,"MemberList":[{"Member_Account":"a","Result":1},{"Member_Account":"b","Result":"2"},
        {"Member_Account":"c","Result":3},{"Member_Account":"d","Result":0},{"Member_Account":"e","Result":4},
        {"Member_Account":"f"},{"Member_Account":"d","Result":0},{"Member_Account":"other","Result":1},
        {"Member_Account":"h","Result":0},{"Member_Account":"h","Result":1}]})",
      {"a", "b", "c", "d", "e", "f", "g", "h"});
  ASSERT_TRUE(answer.done());
  EXPECT_THAT(answer.value,
              ElementsAre(Pair("a", AddResult::kAdded), Pair("b", AddResult::kAlreadyMember),
                          Pair("c", AddResult::kPending), Pair("d", AddResult::kFailed), Pair("e", AddResult::kFailed),
                          Pair("f", AddResult::kFailed), Pair("g", AddResult::kFailed)));
}

TEST(ReplyParser, ReadsTheGroupList) {
  const auto answer = parser::get_appid_group_list(
      R"({"ActionStatus":"OK","ErrorCode":0,"TotalCount":3,"Next":18446744073709551615,
        "GroupIdList":[{"GroupId":"@TGS#1"},{"GroupId":"@TGS#2"},{"GroupId":"@TGS#1"},{"GroupId":""},{},7]})",
      4454685361);
  ASSERT_TRUE(answer.done());
  EXPECT_THAT(answer.value.group_ids, ElementsAre("@TGS#1", "@TGS#2"));
  EXPECT_EQ(answer.value.next, 18446744073709551615U);
  EXPECT_EQ(answer.value.total, 3);
}

TEST(ReplyParser, AListWithoutGroupsIsNoAnswerWhileThereAreSome) {
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

TEST(ReplyParser, TheGroupListEndsOrMoves) {
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
TEST(ReplyParser, ANameWithALoneSurrogateIsNone) {
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
TEST(ReplyParser, ATextThatIsOnlyShownHidesNothing) {
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

TEST(ReplyParser, AnIdThatIsNoUtf8IsTheFaultOfItsRowAlone) {
  for (const std::string id : {R"(b\ud83d)", R"(b\udc00)", "b\xe4\xb8", "b\xff", "b\xed\xa0\x80"}) {
    SCOPED_TRACE(id);
    const std::string members = kOk + R"(,"MemberList":[{"Member_Account":")" + id + R"("},{"Member_Account":"a"}]})";
    EXPECT_EQ(parser::get_group_member_info(members, MemberQuery{}).value.members.size(), 1U);
    EXPECT_EQ(parser::get_group_member_info(members, MemberQuery{}).value.rows, 2);
    const auto groups = parser::get_group_info(
        R"({"ErrorCode":0,"GroupInfo":[{"GroupId":")" + id + R"(","ErrorCode":0},{"GroupId":"g","ErrorCode":0}]})",
        {"g"});
    EXPECT_EQ(groups.value.size(), 1U);
  }
}

TEST(ReplyParser, DetailsDoNotQuoteReplies) {
  EXPECT_THAT(parser::delete_group_member("<html>secret").detail, Not(HasSubstr("secret")));
}

}  // namespace
}  // namespace headroom
