#include "engine/looks/membership.h"

#include <gmock/gmock.h>

#include "tests/support/fake_chat.h"
#include "tests/support/virtual_clock.h"

namespace headroom {
namespace {

using testing::ElementsAre;
using testing::Pair;

TEST(JoinedAnew, ALaterTimeAloneIsAReturn) {
  EXPECT_TRUE(joined_anew(101, 100));
  EXPECT_FALSE(joined_anew(100, 100));
  // A time before the plan's is another answer about the same stay, not a later one.
  EXPECT_FALSE(joined_anew(99, 100));
  EXPECT_FALSE(joined_anew(std::nullopt, 100));
  EXPECT_FALSE(joined_anew(100, std::nullopt));
  EXPECT_FALSE(joined_anew(std::nullopt, std::nullopt));
}

class FindRemovedTest : public testing::Test {
 protected:
  FindRemovedTest() {
    add("inside", 100);
    add("back", 200);
    add("earlier", 50);
  }
  void add(const std::string& account, std::int64_t joined_s) {
    chat_.members["g"].push_back({account, Role::kMember, joined_s, 0, 0});
    planned(account);
  }
  void planned(const std::string& account) {
    RunMember member;
    member.account = account;
    member.joined_at_s = 100;
    members_.push_back(member);
  }
  std::map<std::string, bool> find(bool community) {
    ChatSession session(chat_, clock_, [] { return 0.5; });
    auto found = find_removed(session, "g", community, members_);
    if (std::holds_alternative<Stop>(found)) {
      ADD_FAILURE() << std::get<Stop>(found).reason;
      return {};
    }
    back_ = std::get<Found>(found).back;
    return std::get<Found>(found).out;
  }

  support::FakeChat chat_;
  VirtualClock clock_{1'790'000'000'000};
  std::vector<RunMember> members_;
  std::vector<std::string> back_;
};

TEST_F(FindRemovedTest, WhoIsThereWithAnOlderJoinTimeWasNotRemoved) {
  planned("out");
  const auto expected =
      ElementsAre(Pair("back", true), Pair("earlier", false), Pair("inside", false), Pair("out", true));
  EXPECT_THAT(find(false), expected);
  EXPECT_THAT(find(true), expected);
  EXPECT_THAT(back_, ElementsAre("back"));
}

TEST_F(FindRemovedTest, WhomTheAnswerOfRolesLeavesOutIsNotOut) {
  planned("out");
  chat_.roles_left_out = {"out"};
  EXPECT_THAT(find(false),
              ElementsAre(Pair("back", true), Pair("earlier", false), Pair("inside", false), Pair("out", false)));
}

// They had been removed and were back when Chat was asked for roles, and left before it was asked for join times.
class LeavingChat : public support::FakeChat {
 public:
  Answer<std::vector<Member>> get_specified_group_member_info(const std::string& group_id,
                                                              const std::vector<std::string>& accounts) override {
    std::erase_if(members[group_id], [](const Member& member) { return member.account == "back"; });
    return FakeChat::get_specified_group_member_info(group_id, accounts);
  }
};

TEST_F(FindRemovedTest, WhoLeavesBetweenTheTwoQuestionsIsOut) {
  LeavingChat leaving;
  leaving.members = chat_.members;
  ChatSession session(leaving, clock_, [] { return 0.5; });
  const auto found = find_removed(session, "g", false, members_);
  ASSERT_TRUE(std::holds_alternative<Found>(found));
  EXPECT_THAT(std::get<Found>(found).out,
              ElementsAre(Pair("back", true), Pair("earlier", false), Pair("inside", false)));
}

}  // namespace
}  // namespace headroom
