#include "engine/runs/planner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

#include "chat/reply_parser.h"
#include "engine/gate/daemon_gate.h"
#include "headroom/replay.h"
#include "tests/support/fake_chat.h"
#include "tests/support/test_database.h"
#include "tests/support/virtual_clock.h"

// Plans from listings that real groups do not make.
namespace headroom {
namespace {

using support::kNow;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

constexpr std::int64_t kNowS = kNow / 1000;
constexpr std::int64_t kDayS = 86400;

// Lists page by page: the cursor of a page, or its place among them, names the next one.
class PagedChat : public support::FakeChat {
 public:
  Answer<MemberPage> get_group_member_info(const MemberQuery& query) override {
    queries.push_back(query);
    MemberPage page;
    if (query.community) {
      page = by_cursor.at(query.next);
    } else {
      std::int64_t row = 0;
      for (const MemberPage& each : by_offset) {
        if (row == query.offset) page = each;
        row += std::max(each.rows, std::ssize(each.members));
      }
      page.member_num = row;
    }
    return {ChatOutcome::kDone, 0, "", page};
  }

  std::map<std::string, MemberPage> by_cursor;
  std::vector<MemberPage> by_offset;
  std::vector<MemberQuery> queries;
};

class PlannerTest : public testing::Test {
 protected:
  PlannerTest() {
    settings_.mode = SchedulerMode::kPlan;
    settings_.policy.min_capacity = 0;
    settings_.policy.max_removed_share = Share::percent(100);
    settings_.policy.target_headroom = Share::count(3);
  }
  static Member idle(const std::string& account, std::int64_t days = 300) {
    return {account, Role::kMember, kNowS - 400 * kDayS, kNowS - days * kDayS, 1};
  }
  static std::vector<Member> idles(int count, const std::string& prefix = "m") {
    std::vector<Member> members;
    for (int i = 0; i < count; ++i) members.push_back(idle(prefix + std::to_string(i), 300 - i));
    return members;
  }
  // An ordinary group with these pages; everybody is offline.
  void list(const std::vector<std::vector<Member>>& pages) {
    std::int64_t count = 0;
    for (const auto& members : pages) {
      MemberPage page;
      page.members = members;
      chat_.by_offset.push_back(page);
      count += std::ssize(members);
      for (const Member& member : members) chat_.presence[member.account] = Presence::kOffline;
    }
    chat_.put_group("g", "Public", count, count);
  }
  Plan plan() {
    settings_.kept_members_up_to = kept_up_to_;
    cell_.set(settings_);
    headroom::Run run;
    run.group_id = "g";
    ChatSession session(chat_, clock_, [] { return 0.5; });
    return Planner(session, database_.view(), clock_, settings_, gate_).make(std::move(run));
  }
  static std::vector<std::string> selected(const Plan& plan) {
    std::vector<std::string> accounts;
    for (const RunMember& member : plan.members) {
      if (member.decision == Decision::kRemove) accounts.push_back(member.account);
    }
    return accounts;
  }
  static RunMember row(const Plan& plan, const std::string& account) {
    for (const RunMember& member : plan.members) {
      if (member.account == account) return member;
    }
    ADD_FAILURE() << account << " is not stored";
    return {};
  }
  static Why why(const Plan& plan, const std::string& account) { return row(plan, account).why; }

  support::TestDatabase database_;
  VirtualClock clock_{kNow};
  PagedChat chat_;
  Settings settings_;
  SettingsCell cell_{Settings{}};
  PauseSwitch pause_;
  DaemonGate gate_{cell_, pause_};
  std::int64_t kept_up_to_ = 1000;
};

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

TEST_F(PlannerTest, OnePageOnWhichAnAccountComesTwiceDoesNotShiftTheNext) {
  list({idles(4), idles(4, "n")});
  chat_.by_offset[0].rows = 6;  // two of them doubled, or of nobody
  EXPECT_EQ(plan().run.considered, 8);
  EXPECT_THAT(chat_.queries,
              ElementsAre(testing::Field(&MemberQuery::offset, 0), testing::Field(&MemberQuery::offset, 6)));
}

// Whatever it was judged before the second row came: waiting for its status, offered, or kept.
TEST_F(PlannerTest, WhoComesTwiceWithDifferentValuesIsUnknown) {
  for (const bool asks : {true, false}) {
    for (const std::int64_t stored : {1000, 0}) {
      SCOPED_TRACE(std::to_string(asks) + " " + std::to_string(stored));
      kept_up_to_ = stored;
      settings_.policy.protect_online = asks;
      chat_.by_offset.clear();
      std::vector<Member> second = idles(6, "n");
      second.push_back(idle("m0", 0));  // has spoken just now
      second.push_back(idle("m5"));     // was active on the first page
      std::vector<Member> first = idles(8);
      first[5].last_sent_time_s = kNowS - 60;
      list({first, second});
      const Plan made = plan();
      EXPECT_THAT(selected(made), ElementsAre("n0", "m1", "n1")) << "else m0 is the first";
      EXPECT_EQ(made.run.kept.at(Why::kUnknownActivity), 2);
      EXPECT_EQ(made.run.considered, 14);
      EXPECT_EQ(made.run.eligible, 12);
      std::int64_t all = made.run.selected;
      for (const auto& [reason, count] : made.run.kept) all += count;
      EXPECT_EQ(all, made.run.considered);
      if (stored > 0) {
        EXPECT_EQ(why(made, "m0"), Why::kUnknownActivity);
        EXPECT_EQ(why(made, "m5"), Why::kUnknownActivity);
        const RunMember spoke = row(made, "m0");
        EXPECT_EQ(spoke.last_sent_at_s, first[0].last_sent_time_s) << "the first row, with what it was judged by";
        EXPECT_EQ(spoke.evidence.judged_at, kNow);
        EXPECT_EQ(spoke.evidence.role, Role::kMember);
        Replay again(made.run, made.run.policy, "Public", "administrator");
        for (const RunMember& member : made.members) again.see(member);
        EXPECT_EQ(again.take().counted_only, 0) << "whoever was contradicted can not have gone";
      }
    }
  }
}

TEST_F(PlannerTest, IdenticalDoublesAreHarmless) {
  list({idles(5), idles(5)});
  chat_.put_group("g", "Public", 5, 5);
  const Plan made = plan();
  EXPECT_EQ(made.run.considered, 5);
  EXPECT_THAT(selected(made), ElementsAre("m0", "m1", "m2"));
}

TEST_F(PlannerTest, ACursorThatLeadsThroughRowsAgainCountsNobodyTwice) {
  chat_.put_group("g", "Community", 6, 6);
  settings_.policy.protect_online = false;
  chat_.by_cursor[""] = {idles(4), {}, "1", 4};
  chat_.by_cursor["1"] = {idles(4), {}, "2", 4};
  chat_.by_cursor["2"] = {idles(2, "n"), {}, "", 2};
  const Plan made = plan();
  EXPECT_EQ(made.run.considered, 6);
  EXPECT_EQ(made.run.state, RunState::kPlanned);
}

TEST_F(PlannerTest, RowsThatARepeatedPageContradictsAreUnknown) {
  chat_.put_group("g", "Community", 6, 6);
  settings_.policy.protect_online = false;
  std::vector<Member> again = idles(4);
  again[0].role = Role::kAdmin;
  chat_.by_cursor[""] = {idles(4), {}, "1", 4};
  chat_.by_cursor["1"] = {again, {}, "2", 4};
  chat_.by_cursor["2"] = {idles(2, "n"), {}, "", 2};
  EXPECT_THAT(selected(plan()), ElementsAre("n0", "m1", "n1"));
}

TEST_F(PlannerTest, ACursorThatLeadsInACircleIsNoListing) {
  chat_.put_group("g", "Community", 1000, 1000);
  settings_.policy.protect_online = false;
  chat_.by_cursor[""] = {idles(4), {}, "1", 4};
  chat_.by_cursor["1"] = {idles(4, "n"), {}, "2", 4};
  chat_.by_cursor["2"] = {idles(4, "o"), {}, "1", 4};
  const Plan made = plan();
  EXPECT_EQ(made.run.reason, "chat_unreachable");
  EXPECT_EQ(chat_.queries.size(), 3U);
  EXPECT_THAT(made.members, IsEmpty());
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
