#include "headroom/seen_rows.h"

#include <gtest/gtest.h>

#include <string>

namespace headroom {
namespace {

using Row = SeenRows::Row;

Member member(const std::string& account) {
  Member member;
  member.account = account;
  member.role = Role::kMember;
  member.join_time_s = 1700000000;
  member.last_sent_time_s = 1700000100;
  member.msg_seq = 1;
  return member;
}

TEST(SeenRows, TellsARepeatFromAContradiction) {
  SeenRows rows;
  EXPECT_EQ(rows.see(member("a")).row, Row::kNew);
  EXPECT_EQ(rows.see(member("b")).row, Row::kNew);
  EXPECT_EQ(rows.see(member("a")).row, Row::kRepeated);
  const auto with = [](const auto& change) {
    Member other = member("a");
    change(other);
    return other;
  };
  for (const Member& other :
       {with([](Member& m) { m.role = Role::kAdmin; }), with([](Member& m) { m.join_time_s = 1700000001; }),
        with([](Member& m) { m.last_sent_time_s = 1790000000; }), with([](Member& m) { m.msg_seq = 2; }),
        with([](Member& m) { m.msg_seq.reset(); }), with([](Member& m) { m.last_sent_time_s = 0; }),
        with([](Member& m) { std::swap(m.join_time_s, m.last_sent_time_s); })}) {
    EXPECT_EQ(rows.see(other).row, Row::kContradicting);
  }
  EXPECT_EQ(rows.see(member("a")).row, Row::kRepeated) << "the first row is the one that is compared with";
  EXPECT_EQ(rows.size(), 2U);
}

TEST(SeenRows, AbsentIsNotZero) {
  SeenRows rows;
  Member never = member("a");
  never.last_sent_time_s = 0;
  Member absent = member("a");
  absent.last_sent_time_s.reset();
  rows.see(never);
  EXPECT_EQ(rows.see(absent).row, Row::kContradicting);
}

TEST(SeenRows, AMuteThatBeginsWhileAListingGoesOnContradictsNothing) {
  SeenRows rows;
  rows.see(member("a"));
  for (const std::optional<std::int64_t> until_s : {std::optional<std::int64_t>(0), std::optional(1900000000L)}) {
    Member muted = member("a");
    muted.mute_until_s = until_s;
    EXPECT_EQ(rows.see(muted).row, Row::kRepeated);
  }
}

TEST(SeenRows, RemembersHowTheAccountWasJudged) {
  SeenRows rows;
  EXPECT_EQ(rows.see(member("a")).judged, Why::kInactive);
  for (const Why why : {Why::kNotNeeded, Why::kExempt, Why::kOnline, Why::kUnknownActivity}) {
    rows.judged("a", why);
    EXPECT_EQ(rows.see(member("a")).judged, why);
    EXPECT_EQ(rows.see(member("a")).row, Row::kRepeated);
  }
  rows.judged("stranger", Why::kOwner);
  EXPECT_EQ(rows.see(member("stranger")).row, Row::kNew);
}

TEST(SeenRows, HoldsMany) {
  SeenRows rows;
  const auto name = [](int i) { return "user" + std::to_string(i); };
  constexpr int kMembers = 100000;
  for (int i = 0; i < kMembers; ++i) ASSERT_EQ(rows.see(member(name(i))).row, Row::kNew) << i;
  for (int i = 0; i < kMembers; i += 997) ASSERT_EQ(rows.see(member(name(i))).row, Row::kRepeated) << i;
  EXPECT_EQ(rows.size(), 100000U);
}

}  // namespace
}  // namespace headroom
