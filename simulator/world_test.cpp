#include "simulator/world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "simulator/population.h"
#include "simulator/scenario.h"
#include "simulator/test_client.h"

namespace chatsim {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class WorldTest : public ::testing::Test {
 protected:
  std::vector<std::string> take_commands() {
    std::vector<std::string> out;
    for (const WebhookEvent& event : events_) out.push_back(event.command.substr(event.command.find('.') + 1));
    events_.clear();
    return out;
  }
  std::vector<Change> changes() const {
    std::vector<Change> out;
    for (const LedgerEntry& entry : world_.ledger()) out.push_back(entry.change);
    return out;
  }

  ManualClock time_{kTestNowS * 1000};
  std::vector<WebhookEvent> events_;
  World world_{time_.clock(), [this](WebhookEvent event) { events_.push_back(std::move(event)); }};
};

TEST_F(WorldTest, RefusesGroupsThatCannotBe) {
  EXPECT_TRUE(world_.create_group(small_group("g", "Public", 2, 3)));
  EXPECT_FALSE(world_.create_group(small_group("g", "Public", 2, 3))) << "taken";
  EXPECT_FALSE(world_.create_group(small_group("h", "Work", 2, 3))) << "not a wire name";
  EXPECT_FALSE(world_.create_group(small_group("h", "Public", 4, 3))) << "more members than seats";
  EXPECT_FALSE(world_.create_group(small_group("", "Public", 1, 3)));
  EXPECT_FALSE(world_.create_group(small_group("a\nb", "Public", 1, 3)));
  EXPECT_FALSE(world_.create_group(small_group(std::string(49, 'x'), "Public", 1, 3)));
  GroupSpec doubled = small_group("h", "Public", 2, 3);
  doubled.members[1].account = "u0";
  EXPECT_FALSE(world_.create_group(doubled));
  EXPECT_THAT(events_, IsEmpty());
}

TEST_F(WorldTest, JoinThatFillsAndJoinThatIsRefusedBothFireGroupFull) {
  world_.create_group(small_group("g", "Public", 1, 3));
  EXPECT_EQ(world_.join("g", "a"), JoinOutcome::kJoined);
  EXPECT_THAT(take_commands(), ElementsAre("CallbackAfterNewMemberJoin"));
  EXPECT_EQ(world_.join("g", "b"), JoinOutcome::kJoined);
  EXPECT_THAT(take_commands(), ElementsAre("CallbackAfterNewMemberJoin", "CallbackAfterGroupFull"));
  EXPECT_EQ(world_.join("g", "c"), JoinOutcome::kRefusedFull);
  EXPECT_THAT(take_commands(), ElementsAre("CallbackAfterGroupFull"));
  EXPECT_EQ(world_.join("g", "a"), JoinOutcome::kAlreadyMember);
  EXPECT_EQ(world_.join("nowhere", "a"), JoinOutcome::kNoGroup);
  EXPECT_THAT(changes(), ElementsAre(Change::kGroupCreated, Change::kJoined, Change::kJoined, Change::kRefused));
  EXPECT_EQ(world_.ledger().back().members_after, 3);
  EXPECT_EQ(world_.member("g", "b")->join_time_s, kTestNowS);
}

TEST_F(WorldTest, AvChatRoomIsNeverFull) {
  world_.create_group(small_group("av", "AVChatRoom", 1, 1));
  EXPECT_EQ(world_.join("av", "a"), JoinOutcome::kJoined);
  EXPECT_EQ(world_.join("av", "b"), JoinOutcome::kJoined);
}

TEST_F(WorldTest, SpeakingAndReadingMoveTheRecords) {
  world_.create_group(small_group("g", "Public", 4, 10));
  time_.advance_ms(5000);
  EXPECT_TRUE(world_.speak("g", "u2"));
  EXPECT_EQ(world_.member("g", "u2")->last_sent_s, kTestNowS + 5);
  EXPECT_EQ(world_.member("g", "u2")->msg_seq, 1001);
  EXPECT_EQ(world_.group("g")->next_msg_seq, 1002);
  EXPECT_EQ(world_.group("g")->last_msg_s, kTestNowS + 5);
  time_.advance_ms(5000);
  EXPECT_TRUE(world_.add_messages("g", 0));
  EXPECT_EQ(world_.group("g")->last_msg_s, kTestNowS + 5) << "no message";
  EXPECT_TRUE(world_.add_messages("g", 10));
  EXPECT_EQ(world_.group("g")->last_msg_s, kTestNowS + 10);
  EXPECT_EQ(world_.member("g", "u2")->msg_seq, 1001) << "nobody has read it yet";
  EXPECT_TRUE(world_.read("g", "u3", 500));
  EXPECT_EQ(world_.member("g", "u3")->msg_seq, 500);
  EXPECT_TRUE(world_.read("g", "u3", 400));
  EXPECT_EQ(world_.member("g", "u3")->msg_seq, 500) << "nobody unreads";
  EXPECT_TRUE(world_.read("g", "u3", 5000));
  EXPECT_EQ(world_.member("g", "u3")->msg_seq, 1011) << "nor reads ahead";
  EXPECT_TRUE(world_.read("g", "u2"));
  EXPECT_EQ(world_.member("g", "u2")->msg_seq, 1011);
  EXPECT_EQ(world_.group("g")->last_msg_s, kTestNowS + 10) << "reading is no message";
  EXPECT_FALSE(world_.read("g", "u3", -1));
  EXPECT_FALSE(world_.speak("g", "stranger"));
  EXPECT_FALSE(world_.read("nowhere", "u3"));
  EXPECT_FALSE(world_.add_messages("g", -1));
}

TEST_F(WorldTest, AGroupsLastMessageIsItsMembersOrLater) {
  GroupSpec spec = small_group("g", "Public", 3, 10);
  spec.members[2].last_sent_s = kTestNowS - 10;
  world_.create_group(spec);
  EXPECT_EQ(world_.group("g")->last_msg_s, kTestNowS - 10);
  spec.id = "h";
  spec.last_msg_s = kTestNowS - 5;
  world_.create_group(spec);
  EXPECT_EQ(world_.group("h")->last_msg_s, kTestNowS - 5);
}

TEST_F(WorldTest, OwnerLeavesOnlyAWorkGroup) {
  world_.create_group(small_group("pub", "Public", 2, 3));
  world_.create_group(small_group("work", "Private", 2, 3));
  EXPECT_FALSE(world_.leave("pub", "u0"));
  EXPECT_TRUE(world_.leave("work", "u0"));
  EXPECT_EQ(world_.group("work")->owner, "");
  EXPECT_FALSE(world_.leave("work", "u0")) << "no member any more";
}

TEST_F(WorldTest, RejoinGivesANewJoinTime) {
  world_.create_group(small_group("g", "Public", 3, 3));
  EXPECT_TRUE(world_.rejoin("g", "u2"));
  EXPECT_EQ(world_.member("g", "u2")->join_time_s, kTestNowS);
  EXPECT_EQ(world_.member("g", "u2")->last_sent_s, 0);
  EXPECT_FALSE(world_.rejoin("g", "stranger"));
}

TEST_F(WorldTest, RemovePassesOverOwnerAndStrangers) {
  world_.create_group(small_group("g", "Public", 4, 4));
  EXPECT_THAT(world_.remove("g", {"u0", "stranger", "u3", "u3"}, "administrator"), ElementsAre("u3"));
  EXPECT_THAT(take_commands(), ElementsAre("CallbackAfterMemberExit"));
  EXPECT_THAT(world_.remove("g", {"u3"}, "administrator"), IsEmpty());
  EXPECT_THAT(take_commands(), IsEmpty());
  EXPECT_EQ(world_.ledger().back().change, Change::kRemovedByRest);
  EXPECT_THAT(world_.ledger().back().accounts, ElementsAre("u3"));
}

TEST_F(WorldTest, AddTakesAllOrNobody) {
  world_.create_group(small_group("g", "Public", 3, 5));
  for (const char* account : {"a", "b", "c"}) world_.set_presence(account, Presence::kOffline);
  EXPECT_EQ(world_.add("g", {"a", "b", "c"}, "administrator").code, 10014);
  EXPECT_THAT(take_commands(), ElementsAre("CallbackAfterGroupFull"));
  EXPECT_EQ(world_.add("g", {"a", "stranger"}, "administrator").code, 10019);
  EXPECT_EQ(world_.group("g")->member_num, 3);
  world_.set_add_result("c", 3);
  const AddOutcome outcome = world_.add("g", {"a", "u1", "c", "b", "b"}, "administrator");
  EXPECT_EQ(outcome.code, 0);
  const std::vector<std::pair<std::string, int>> expected = {{"a", 1}, {"u1", 2}, {"c", 3}, {"b", 1}, {"b", 2}};
  EXPECT_EQ(outcome.results, expected);
  EXPECT_THAT(take_commands(), ElementsAre("CallbackAfterNewMemberJoin", "CallbackAfterGroupFull"));
}

TEST_F(WorldTest, LoweredCapacityMakesAFullGroup) {
  world_.create_group(small_group("g", "Public", 3, 5));
  EXPECT_TRUE(world_.set_max("g", 2));
  EXPECT_TRUE(world_.group("g")->full());
  EXPECT_EQ(world_.join("g", "a"), JoinOutcome::kRefusedFull);
  EXPECT_EQ(world_.add("g", {"u1"}, "administrator").code, 0) << "a member already: nothing to refuse";
  EXPECT_FALSE(world_.set_max("g", 0));
}

TEST_F(WorldTest, DestroyTellsWhoWasIn) {
  world_.create_group(small_group("g", "Public", 2, 5));
  EXPECT_TRUE(world_.destroy("g"));
  EXPECT_FALSE(world_.destroy("g"));
  EXPECT_FALSE(world_.group("g"));
  ASSERT_EQ(events_.size(), 1u);
  EXPECT_EQ(render(events_[0], EventTimeMode::kInteger),
            R"({"CallbackCommand":"Group.CallbackAfterGroupDestroyed","GroupId":"g","Type":"Public",)"
            R"("Owner_Account":"u0","Name":"Group g","MemberList":[{"Member_Account":"u0"},{"Member_Account":"u1"}],)"
            R"("EventTime":1700000100000})");
}

TEST_F(WorldTest, PromotionToOwnerDemotesTheFormer) {
  world_.create_group(small_group("g", "Public", 3, 5));
  EXPECT_TRUE(world_.promote("g", "u2", "Owner"));
  EXPECT_EQ(world_.group("g")->owner, "u2");
  EXPECT_EQ(world_.member("g", "u0")->role, "Member");
  EXPECT_FALSE(world_.promote("g", "stranger"));
}

TEST_F(WorldTest, DeletedAccountLeavesEverywhere) {
  world_.create_group(small_group("g", "Public", 3, 5));
  EXPECT_TRUE(world_.delete_account("u2"));
  EXPECT_FALSE(world_.delete_account("u2"));
  EXPECT_FALSE(world_.presence("u2"));
  EXPECT_EQ(world_.group("g")->member_num, 2);
}

TEST_F(WorldTest, EventTimeModes) {
  world_.create_group(small_group("g", "Public", 2, 2));
  world_.join("g", "a");
  ASSERT_EQ(events_.size(), 1u);
  EXPECT_EQ(render(events_[0], EventTimeMode::kString),
            R"({"CallbackCommand":"Group.CallbackAfterGroupFull","GroupId":"g","EventTime":"1700000100000"})");
  EXPECT_EQ(render(events_[0], EventTimeMode::kAbsent),
            R"({"CallbackCommand":"Group.CallbackAfterGroupFull","GroupId":"g"})");
}

TEST_F(WorldTest, GroupsThatARuleMakesAreListedBetweenTheOthers) {
  ASSERT_TRUE(world_.create_group({"before", "Public", "", 5, 1, 0, {}}));
  world_.add_range({"r", "Public", 25, 10, 200});
  world_.add_range({"c", "ChatRoom", 3, 2, 50});
  ASSERT_TRUE(world_.create_group({"after", "Public", "", 5, 1, 0, {}}));
  std::vector<std::string> ids;
  std::uint64_t next = 0;
  int pages = 0;
  do {
    const auto [groups, following] = world_.list_groups("Public", next, 9);
    for (const GroupInfo& group : groups) ids.push_back(group.id);
    next = following;
    ++pages;
  } while (next != 0 && pages < 10);
  EXPECT_EQ(pages, 3);
  ASSERT_EQ(ids.size(), 27u);
  EXPECT_EQ(ids.front(), "before");
  EXPECT_EQ(ids.at(1), "r0");
  EXPECT_EQ(ids.at(25), "r24");
  EXPECT_EQ(ids.back(), "after");
  EXPECT_EQ(world_.count_groups("Public"), 27u);
  EXPECT_EQ(world_.count_groups(""), 30u);
  EXPECT_TRUE(world_.group("r20")->full());
  EXPECT_FALSE(world_.group("r21")->full());
  EXPECT_EQ(world_.group("c2")->type, "ChatRoom");
  for (const char* none : {"r25", "r", "r01", "r-1", "x0"}) EXPECT_FALSE(world_.group(none)) << none;
  EXPECT_EQ(world_.groups().size(), 2u);
}

TEST_F(WorldTest, DemoScenarioFillsEveryGroupAndIsRefusedOnce) {
  const auto ids = play_scenario(world_, "demo");
  ASSERT_TRUE(ids);
  EXPECT_GE(ids->size(), 5u);
  for (const std::string& id : *ids) {
    EXPECT_TRUE(world_.group(id)->full()) << id;
    EXPECT_EQ(world_.group(id)->member_num, world_.group(id)->max_members) << id;
  }
  const auto fulls = std::count_if(events_.begin(), events_.end(), [](const WebhookEvent& event) {
    return event.command == "Group.CallbackAfterGroupFull";
  });
  EXPECT_EQ(static_cast<std::size_t>(fulls), 2 * ids->size());
  EXPECT_EQ(play_scenario(world_, "demo")->size(), ids->size()) << "played again";
  EXPECT_FALSE(play_scenario(world_, "other"));
}

TEST_F(WorldTest, SettlersHaveTheActivityThatTheirKindSays) {
  Population population;
  population.newcomers = population.active = population.readers = population.online = 1;
  population.inactive = 2;
  const Settlers settlers = settle(population, kTestNowS, 5001);
  ASSERT_EQ(settlers.members.size(), 7u);
  EXPECT_EQ(settlers.members[0].role, "Owner");
  EXPECT_GT(settlers.members[1].join_time_s, kTestNowS - 7 * 86'400);
  EXPECT_GT(settlers.members[2].last_sent_s, kTestNowS - 30 * 86'400);
  EXPECT_GE(settlers.members[3].msg_seq, 4900);
  EXPECT_THAT(settlers.online, ElementsAre(settlers.members[4].account));
  EXPECT_LT(settlers.members[5].last_sent_s, kTestNowS - 59 * 86'400);
  EXPECT_GT(settlers.members[5].last_sent_s, settlers.members[5].join_time_s);
  EXPECT_EQ(settlers.members[6].last_sent_s, 0);
}

}  // namespace
}  // namespace chatsim
