#include "chat/reply_parser.h"
#include "tests/engine/planner_fixture.h"

// Who goes, and when nothing is planned.
namespace headroom {
namespace {

using support::kNow;
using test::PlannerTest;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

TEST_F(PlannerTest, WhoGoesAndWhoIsNotNeeded) {
  list({idles(10)});
  settings_.policy.max_removals_per_run = 2;
  const Plan made = plan();
  EXPECT_THAT(selected(made), ElementsAre("m0", "m1"));
  EXPECT_EQ(made.run.limited_by, LimitedBy::kRun);
  EXPECT_THAT(made.run.kept, ElementsAre(Pair(Why::kOverLimit, 1), Pair(Why::kNotNeeded, 7)));
  EXPECT_EQ(why(made, "m2"), Why::kOverLimit);
  EXPECT_EQ(why(made, "m3"), Why::kNotNeeded);
  settings_.policy.max_removals_per_run = 100;
  const Plan enough = plan();
  EXPECT_THAT(selected(enough), ElementsAre("m0", "m1", "m2"));
  EXPECT_EQ(enough.run.limited_by, LimitedBy::kNone) << "no limit was involved";
  EXPECT_THAT(enough.run.kept, ElementsAre(Pair(Why::kNotNeeded, 7)));
}

// 30 days are asked for by a clock that may be 200 days off.
TEST_F(PlannerTest, ByAClockThatChatCallsWrongNothingIsPlanned) {
  list({idles(10)});
  for (const DurationMs offset : {2 * kMinuteMs + 1, -2 * kMinuteMs - 1, 200 * kDayMs}) {
    chat_.offset = offset;
    const Plan made = plan();
    EXPECT_EQ(made.run.reason, "clock_skew") << offset;
    EXPECT_EQ(made.run.state, RunState::kFailed);
    EXPECT_TRUE(made.pauses);
    EXPECT_THAT(made.members, testing::IsEmpty());
  }
  chat_.offset = 2 * kMinuteMs;
  EXPECT_THAT(selected(plan()), ElementsAre("m0", "m1", "m2"));
}

// They are judged by what they read, whatever the policy asks of others.
TEST_F(PlannerTest, WhereNobodyMaySpeakNothingIsPlannedWithoutWhatTheyRead) {
  settings_.policy.reader_backlog = 0;
  settings_.policy.second_look = 0;
  auto members = idles(10);
  for (int i = 0; i < 6; ++i) members[static_cast<std::size_t>(i)].msg_seq.reset();
  list({members});
  EXPECT_EQ(plan().run.state, RunState::kPlanned);
  chat_.groups["g"].mute_all = true;
  EXPECT_EQ(plan().run.reason, Reason::kFieldMissing);
}

// Chat's old and new names of a mute, which say different things: nobody knows whether they may speak.
TEST_F(PlannerTest, WhoMayBeMutedByWordsThatContradictEachOtherIsNotSilentOfTheirOwnAccord) {
  settings_.policy.reader_backlog = 0;
  settings_.policy.second_look = 0;
  settings_.policy.protect_online = false;
  list({idles(4)});
  const auto row = [](const std::string& mute) {
    return reply_parser::get_group_member_info(R"({"ErrorCode":0,"MemberList":[{"Member_Account":"m0",)" + mute + "}]}",
                                               MemberQuery{})
        .value.members.at(0);
  };
  const auto group = [](const std::string& mute) {
    return reply_parser::get_group_info(R"({"ErrorCode":0,"GroupInfo":[{"GroupId":"g","ErrorCode":0,)" + mute + "}]}",
                                        {"g"})
        .value.at(0);
  };
  std::optional<std::int64_t>& until = chat_.by_offset[0].members[0].mute_until_s;
  for (const char* no_mute : {R"("MuteUntil":0)", R"("MuteUntil":0,"ShutUpUntil":0)", R"("NameCard":"")"}) {
    until = row(no_mute).mute_until_s;
    EXPECT_THAT(selected(plan()), ElementsAre("m0", "m1", "m2")) << no_mute;
  }
  until = row(R"("MuteUntil":0,"ShutUpUntil":4294967295)").mute_until_s;
  const Plan one = plan();
  EXPECT_THAT(selected(one), ElementsAre("m1", "m2", "m3"));
  EXPECT_EQ(why(one, "m0"), Why::kSecondLook);

  until.reset();
  std::optional<bool>& all = chat_.groups["g"].mute_all;
  for (const char* no_mute : {R"("MuteAllMember":"Off")", R"("Name":"")"}) {
    all = group(no_mute).mute_all;
    EXPECT_THAT(selected(plan()), ElementsAre("m0", "m1", "m2")) << no_mute;
  }
  all = group(R"("MuteAllMember":"Off","ShutUpAllMember":"On")").mute_all;
  EXPECT_EQ(plan().run.reason, Reason::kSecondLook);
}

TEST_F(PlannerTest, HeadroomsOwnAccountAndRobotsStay) {
  list({{idle("administrator"), idle("@RBT#001"), idle("m")}});
  const Plan made = plan();
  EXPECT_THAT(selected(made), ElementsAre("m"));
  EXPECT_EQ(why(made, "administrator"), Why::kService);
  EXPECT_EQ(why(made, "@RBT#001"), Why::kService);
}

TEST_F(PlannerTest, WithoutAnOnlineStatusForMostNothingIsKnown) {
  list({idles(10)});
  for (int i = 0; i < 6; ++i) chat_.presence.erase("m" + std::to_string(i));
  EXPECT_EQ(plan().run.reason, "field_missing");
  EXPECT_EQ(plan().run.state, RunState::kFailed);
  chat_.presence["m0"] = Presence::kOffline;
  EXPECT_THAT(selected(plan()), ElementsAre("m0", "m6", "m7")) << "half of them have one";
  chat_.presence.clear();
  EXPECT_EQ(plan().run.reason, "field_missing") << "and not nobody_removable, in silence, for a day";
}

TEST_F(PlannerTest, SmallGroupsAreLeftAlone) {
  list({idles(19)});
  settings_.policy.min_capacity = 20;
  const Plan made = plan();
  EXPECT_EQ(made.run.reason, "too_small");
  EXPECT_EQ(made.run.state, RunState::kNothingToDo);
  EXPECT_THAT(chat_.queries, IsEmpty());
  settings_.policy.min_capacity = 19;
  EXPECT_EQ(plan().run.reason, "");
}

TEST_F(PlannerTest, WhatLeavesAloneComesInTheContractsOrder) {
  chat_.put_group("g", "AVChatRoom", 5, 5);
  settings_.policy.min_capacity = 20;
  EXPECT_EQ(plan().run.reason, "unsupported_type");
  database_.commit([](Transaction& s) { s.put_exemption({0, ExemptionKind::kGroup, "g", "", kNow, std::nullopt}); });
  EXPECT_EQ(plan().run.reason, "exempt");
}

TEST_F(PlannerTest, ACapacityThatCanNotBeIsUnknown) {
  list({idles(40)});
  settings_.policy.min_capacity = 20;
  chat_.put_group("g", "Public", 40, 1);
  EXPECT_EQ(plan().run.reason, "capacity_unknown");
  chat_.put_group("g", "Public", 40, 37);
  EXPECT_EQ(plan().run.reason, "");
  EXPECT_THAT(selected(plan()), testing::SizeIs(6)) << "three seats, and the three too many";
}

}  // namespace
}  // namespace headroom
