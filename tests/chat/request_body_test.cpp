#include "chat/request_body.h"

#include <gtest/gtest.h>

#include <limits>

namespace headroom {
namespace {

namespace body = request_body;

TEST(RequestBody, AsksForGroupsWithoutTheirMembers) {
  EXPECT_EQ(body::get_group_info({"@TGS#1", "@TGS#2"}),
            R"({"GroupIdList":["@TGS#1","@TGS#2"],"ResponseFilter":{"GroupBaseInfoFilter":)"
            R"(["Type","Name","MemberNum","MaxMemberNum","NextMsgSeq","LastMsgTime","MuteAllMember"]}})");
}

TEST(RequestBody, PagesOrdinaryGroupsByOffset) {
  MemberQuery query;
  query.group_id = "g";
  query.offset = 5'000'000'000;
  query.limit = 200;
  query.next = "not used";
  EXPECT_EQ(
      body::get_group_member_info(query),
      R"({"GroupId":"g","Limit":200,"Offset":5000000000,"MemberInfoFilter":["Role","JoinTime","MsgSeq","LastSendMsgTime","MuteUntil"]})");
}

TEST(RequestBody, PagesCommunitiesByCursor) {
  MemberQuery query;
  query.group_id = "@TGS#_c";
  query.community = true;
  query.offset = 7;
  EXPECT_EQ(
      body::get_group_member_info(query),
      R"({"GroupId":"@TGS#_c","Limit":100,"Next":"","MemberInfoFilter":["Role","JoinTime","MsgSeq","LastSendMsgTime","MuteUntil"]})");
  query.next = "144115265295492787";
  EXPECT_NE(body::get_group_member_info(query)->find(R"("Next":"144115265295492787")"), std::string::npos);
}

TEST(RequestBody, EveryOtherCallHasItsOwnNameForAccounts) {
  EXPECT_EQ(
      body::get_specified_group_member_info("g", {"a", "b"}),
      R"({"GroupId":"g","Member_List_Account":["a","b"],"MemberInfoFilter":["Role","JoinTime","MsgSeq","LastSendMsgTime","MuteUntil"]})");
  EXPECT_EQ(body::get_role_in_group("g", {"a"}), R"({"GroupId":"g","User_Account":["a"]})");
  EXPECT_EQ(body::query_online_status({"a"}), R"({"To_Account":["a"],"IsNeedDetail":0})");
  EXPECT_EQ(body::delete_group_member("g", {"a", "b"}, true, "inactive"),
            R"({"GroupId":"g","Silence":1,"Reason":"inactive","MemberToDel_Account":["a","b"]})");
  EXPECT_EQ(body::delete_group_member("g", {"a"}, false, ""),
            R"({"GroupId":"g","Silence":0,"Reason":"","MemberToDel_Account":["a"]})");
  EXPECT_EQ(body::modify_group_base_info("g", 240), R"({"GroupId":"g","MaxMemberNum":240})") << "nothing else changes";
  EXPECT_EQ(body::add_group_member("g", {"a", "b"}, true),
            R"({"GroupId":"g","Silence":1,"MemberList":[{"Member_Account":"a"},{"Member_Account":"b"}]})");
}

TEST(RequestBody, ListsAllGroupsOrThoseOfOneType) {
  EXPECT_EQ(body::get_appid_group_list("", 0), R"({"Limit":10000,"Next":0})");
  EXPECT_EQ(body::get_appid_group_list("Public", std::numeric_limits<std::uint64_t>::max()),
            R"({"Limit":10000,"Next":18446744073709551615,"GroupType":"Public"})");
}

TEST(RequestBody, EscapesWhatStandsInNames) {
  EXPECT_EQ(body::get_role_in_group("a\"b\\c/d\n", {std::string("x\0y", 3), "用户"}),
            "{\"GroupId\":\"a\\\"b\\\\c/d\\n\",\"User_Account\":[\"x\\u0000y\",\"用户\"]}");
}

TEST(RequestBody, RefusesWhatIsNotUtf8) {
  EXPECT_EQ(body::get_role_in_group("g", {"ok", "\xff\xfe"}), std::nullopt);
  EXPECT_EQ(body::delete_group_member("g", {"a"}, true, "\xc3"), std::nullopt);
  EXPECT_EQ(body::add_group_member("g", {"\xed\xa0\x80"}, true), std::nullopt);
  EXPECT_EQ(body::modify_group_base_info("\xff", 240), std::nullopt);
}

}  // namespace
}  // namespace headroom
