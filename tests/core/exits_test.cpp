#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "headroom/event.h"

namespace headroom {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Exits, NamesWhoLeft) {
  const Exits quit = read_exits(
      R"({"CallbackCommand":"Group.CallbackAfterMemberExit","GroupId":"g","Type":"Public","ExitType":"Quit",
          "Operator_Account":"jared","Member_Account":"no","ExitMemberList":[{"Member_Account":"jared","Name":"x"},
          {"Member_Account":"tommy"}],"More":[{"Member_Account":"no"}],"EventTime":1670574414123})");
  EXPECT_FALSE(quit.kicked);
  EXPECT_THAT(quit.accounts, ElementsAre("jared", "tommy"));
  const Exits kicked = read_exits(R"({"ExitMemberList":[{"Member_Account":"a"}],"ExitType":"Kicked"})");
  EXPECT_TRUE(kicked.kicked);
  EXPECT_THAT(kicked.accounts, ElementsAre("a"));
  EXPECT_TRUE(read_exits(R"({"ExitMemberList":[{"Member_Account":"a"}]})").kicked) << "it does not say how";
}

TEST(Exits, OddNamesAreLeftOut) {
  const Exits exits = read_exits(
      R"({"ExitType":"Quit","ExitMemberList":["a",1,null,[{"Member_Account":"deep"}],{},{"Member_Account":7},
          {"Member_Account":""},{"Member_Account":"b\u0000"},{"Member_Account":"c\ud83d"},{"Member_Account":)"
      "\"d\xe4\xb8\"},{\"Member_Account\":\"" +
      std::string(257, 'x') +
      R"("},{"Member_Account":{"Member_Account":"deeper"}},{"Member_Account":"fine"}],"N":"\ud83d"})");
  EXPECT_THAT(exits.accounts, ElementsAre("fine"));
  EXPECT_THAT(read_exits("").accounts, IsEmpty());
  EXPECT_THAT(read_exits("[]").accounts, IsEmpty());
  EXPECT_THAT(read_exits(R"({"ExitMemberList":{"Member_Account":"a"}})").accounts, IsEmpty());
}

TEST(Exits, AreBounded) {
  std::string body = R"({"ExitType":"Quit","ExitMemberList":[{"Member_Account":"first"})";
  for (int i = 0; i < 5000; ++i) body += R"(,{"Member_Account":"u"})";
  EXPECT_EQ(read_exits(body + "]}").accounts.size(), kMaxExits);
}

}  // namespace
}  // namespace headroom
