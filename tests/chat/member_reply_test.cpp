#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "chat/reply_parser.h"
#include "tests/chat/ok_reply.h"

namespace headroom {
namespace {

namespace parser = reply_parser;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

TEST(MemberReply, ReadsMembers) {
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

TEST(MemberReply, RolesAreReadToTheLetter) {
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

TEST(MemberReply, LeavesOutMembersWithoutAName) {
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

TEST(MemberReply, APagePastTheEndIsEmpty) {
  MemberQuery query;
  query.offset = 40;
  for (const char* list : {"", ",\"MemberList\":[]", ",\"MemberList\":null"}) {
    const auto answer = parser::get_group_member_info(kOk + ",\"MemberNum\":40" + list + "}", query);
    EXPECT_TRUE(answer.done()) << list;
    EXPECT_THAT(answer.value.members, IsEmpty()) << list;
  }
}

TEST(MemberReply, CommunitiesHaveACursorThatMoves) {
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

TEST(MemberReply, SpecifiedMembersAreThoseThatWereAskedFor) {
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
TEST(MemberReply, OfAMemberThatComesTwiceNothingIsKnown) {
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

TEST(MemberReply, ARowThatCanNotBeReadMayBeAnybodys) {
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

TEST(MemberReply, ReadsRoles) {
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

TEST(MemberReply, ReadsPresence) {
  const auto answer = parser::query_online_status(
      kOk + R"(,"QueryResult":[{"To_Account":"a","Status":"Online"},{"To_Account":"b","State":"PushOnline"},
        {"To_Account":"c","Status":"Offline","Detail":[]},{"To_Account":"d","Status":"Away"},
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

// Of what says two things, or what can not be read, nobody knows whether it is offline.
TEST(MemberReply, APresenceThatContradictsItselfIsUnknown) {
  for (const char* fields :
       {R"("Status":"Offline","State":"Online")", R"("Status":"Online","State":"Offline")",
        R"("Status":"Offline","State":1)", R"("Status":1,"State":"Offline")", R"("Status":null,"State":"Offline")",
        R"("Status":"Online","Status":"Offline","State":"Offline")", R"("State":"Online","State":"Offline")"}) {
    const std::string row = std::string(R"({"To_Account":"a",)") + fields + "}";
    const auto answer = parser::query_online_status(kOk + R"(,"QueryResult":[)" + row + "]}", {"a"});
    EXPECT_FALSE(answer.value.contains("a")) << fields;
  }
  const auto both = parser::query_online_status(
      kOk + R"(,"QueryResult":[{"To_Account":"a","Status":"Offline","State":"Offline "}]})", {"a"});
  EXPECT_THAT(both.value, ElementsAre(Pair("a", Presence::kOffline)));
}

TEST(MemberReply, ReadsAdds) {
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

TEST(MemberReply, AnIdThatIsNoUtf8IsTheFaultOfItsRowAlone) {
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

}  // namespace
}  // namespace headroom
