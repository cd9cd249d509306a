#include "chat/reply_parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/chat/ok_reply.h"

namespace headroom {
namespace {

namespace parser = reply_parser;
using testing::HasSubstr;
using testing::Not;

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

TEST(ReplyParser, DetailsDoNotQuoteReplies) {
  EXPECT_THAT(parser::delete_group_member("<html>secret").detail, Not(HasSubstr("secret")));
}

}  // namespace
}  // namespace headroom
