#include "headroom/replay.h"
#include "tests/engine/planner_fixture.h"

// Pages that contradict each other, and cursors that lead astray.
namespace headroom {
namespace {

using support::kNow;
using test::kNowS;
using test::PlannerTest;
using testing::ElementsAre;
using testing::IsEmpty;

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

}  // namespace
}  // namespace headroom
