#include <gtest/gtest.h>

#include "headroom/first_look.h"
#include "headroom/policy.h"
#include "headroom/selection.h"

// What a group's owner would say of who may go, case by case.
namespace headroom {
namespace {

constexpr TimeMs kNow = 1'700'000'000'000;
constexpr std::int64_t kNowS = kNow / 1000;
constexpr std::int64_t kDayS = 86400;

Policy policy() {
  Policy policy;
  policy.inactive_for = 90 * kDayMs;
  policy.newcomer_grace = 14 * kDayMs;
  policy.second_look = kDayMs;
  policy.first_share = Share::percent(50);
  return policy;
}

// Silent for 400 days, offline, and far behind in a group of 1,000 messages, the last of them an hour ago.
Member silent_member() {
  Member member;
  member.account = "u";
  member.role = Role::kMember;
  member.join_time_s = kNowS - 500 * kDayS;
  member.last_sent_time_s = kNowS - 400 * kDayS;
  member.msg_seq = 10;
  return member;
}
JudgeContext seen_before(std::int64_t msg_seq, DurationMs ago = 2 * kDayMs) {
  JudgeContext context;
  context.now = kNow;
  context.next_msg_seq = 1001;
  context.last_msg_time_s = kNowS - 3600;
  context.presence = Presence::kOffline;
  context.first_look = FirstLook{kNow - ago, msg_seq, true, {}};
  return context;
}

TEST(OwnersView, WhoWasSeenTwiceWithTheSameMsgSeqMayGo) {
  EXPECT_EQ(judge(silent_member(), seen_before(10), policy()), Why::kInactive);
  EXPECT_EQ(judge(silent_member(), seen_before(10, kDayMs), policy()), Why::kInactive);
  EXPECT_EQ(judge(silent_member(), seen_before(10, kDayMs - 1), policy()), Why::kSecondLook);
  EXPECT_EQ(judge(silent_member(), seen_before(10, -kDayMs), policy()), Why::kSecondLook)
      << "by a clock that was wrong";
  JudgeContext first = seen_before(10);
  first.first_look.reset();
  EXPECT_EQ(judge(silent_member(), first, policy()), Why::kSecondLook);
  EXPECT_EQ(removable_from(silent_member(), Why::kSecondLook, first, policy()), kNow + kDayMs);
  EXPECT_EQ(removable_from(silent_member(), Why::kSecondLook, seen_before(10, kHourMs), policy()), kNow + 23 * kHourMs);
}

// One look is not two, and neither are two of the same minute.
TEST(OwnersView, WhoMayNotSpeakGoesByTwoLooksOfTwoDaysAlsoWhereOneIsEnoughForOthers) {
  Policy once = policy();
  once.second_look = 0;
  JudgeContext silent = seen_before(10, kDayMs - 1);
  silent.silent = true;
  EXPECT_EQ(judge(silent_member(), silent, once), Why::kSecondLook);
  EXPECT_EQ(removable_from(silent_member(), Why::kSecondLook, silent, once), kNow + 1);
  silent.first_look->seen_at = kNow - kDayMs;
  EXPECT_EQ(judge(silent_member(), silent, once), Why::kInactive);
  once.second_look = kHourMs;
  silent.first_look->seen_at = kNow - kHourMs;
  EXPECT_EQ(judge(silent_member(), silent, once), Why::kInactive) << "an operator's own number holds";
}

TEST(OwnersView, InADeadGroupEverybodyHasReadToTheEndAndMayGo) {
  Member member = silent_member();
  member.msg_seq = 1000;
  JudgeContext context = seen_before(1000);
  EXPECT_EQ(judge(member, context, policy()), Why::kReader) << "the group is alive";
  context.last_msg_time_s = kNowS - 91 * kDayS;
  EXPECT_EQ(judge(member, context, policy()), Why::kInactive);
  context.last_msg_time_s = 0;
  EXPECT_EQ(judge(member, context, policy()), Why::kInactive) << "no message ever";
  context.last_msg_time_s = kNowS - 90 * kDayS;
  EXPECT_EQ(judge(member, context, policy()), Why::kReader);
  for (const std::optional<std::int64_t> no_time : {std::optional<std::int64_t>(), std::optional<std::int64_t>(-1)}) {
    context.last_msg_time_s = no_time;
    EXPECT_EQ(judge(member, context, policy()), Why::kReader);
  }
}

TEST(OwnersView, WhoReadsFarBehindIsAReader) {
  EXPECT_EQ(judge(silent_member(), seen_before(9), policy()), Why::kReader);
  JudgeContext moved = seen_before(10);
  moved.first_look->moved_at = kNow - 90 * kDayMs;
  EXPECT_EQ(judge(silent_member(), moved, policy()), Why::kReader);
  moved.first_look->moved_at = kNow - 90 * kDayMs - 1;
  EXPECT_EQ(judge(silent_member(), moved, policy()), Why::kInactive);
  Policy without_backlog = policy();
  without_backlog.reader_backlog = 0;
  EXPECT_EQ(judge(silent_member(), seen_before(9), without_backlog), Why::kReader);
}

TEST(OwnersView, HowLongWhoWasSeenReadingIsAReader) {
  constexpr DurationMs kInactive = 90 * kDayMs;
  JudgeContext moved = seen_before(10);
  EXPECT_EQ(reader_until(silent_member(), moved, policy()), std::nullopt) << "nobody has seen it move";
  moved.first_look->moved_at = kNow - 80 * kDayMs;
  EXPECT_EQ(reader_until(silent_member(), moved, policy()), kNow + 10 * kDayMs);
  EXPECT_EQ(removable_from(silent_member(), Why::kReader, moved, policy()), kNow + 10 * kDayMs + 1);
  EXPECT_EQ(reader_until(silent_member(), seen_before(9), policy()), kNow + kInactive) << "this look has";
  EXPECT_EQ(removable_from(silent_member(), Why::kReader, seen_before(9), policy()), kNow + kInactive + 1);
  moved.first_look->moved_at = kNow - kInactive - 1;
  EXPECT_EQ(reader_until(silent_member(), moved, policy()), std::nullopt) << "that is over";

  // Who has read to the end as well is a reader without an end.
  Member at_the_end = silent_member();
  at_the_end.msg_seq = 1000;
  EXPECT_EQ(reader_until(at_the_end, seen_before(10), policy()), kNow + kInactive);
  EXPECT_EQ(removable_from(at_the_end, Why::kReader, seen_before(10), policy()), std::nullopt);
  // Where one look is enough, no look is compared with another, but for who may not speak.
  Policy once = policy();
  once.second_look = 0;
  EXPECT_EQ(reader_until(silent_member(), seen_before(9), once), std::nullopt);
  JudgeContext silent = seen_before(9);
  silent.silent = true;
  EXPECT_EQ(reader_until(silent_member(), silent, once), kNow + kInactive);
}

TEST(OwnersView, InAChatRoomTheSecondLookAsksForTwoLooksOffline) {
  Policy any = policy();
  any.protect_online = false;
  JudgeContext context = seen_before(10);
  context.chat_room = true;
  EXPECT_EQ(judge(silent_member(), context, any), Why::kInactive);
  context.first_look->offline = false;
  EXPECT_EQ(judge(silent_member(), context, any), Why::kSecondLook);
  context.first_look->offline = true;
  context.presence = Presence::kPushOnline;
  EXPECT_EQ(judge(silent_member(), context, any), Why::kSecondLook);
  context.presence = Presence::kUnknown;
  EXPECT_EQ(judge(silent_member(), context, any), Why::kUnknownActivity);
}

TEST(OwnersView, WhoMayNotSpeakGoesOnlyBehindOfflineAndSeenTwice) {
  Policy lenient = policy();
  lenient.protect_online = false;
  lenient.second_look = 0;
  Member muted = silent_member();
  muted.mute_until_s = kNowS + 1;
  EXPECT_EQ(judge(silent_member(), seen_before(9), lenient), Why::kInactive) << "not muted";
  EXPECT_EQ(judge(muted, seen_before(9), lenient), Why::kReader);
  EXPECT_EQ(judge(muted, seen_before(10), lenient), Why::kInactive);
  JudgeContext first = seen_before(10);
  first.first_look.reset();
  EXPECT_EQ(judge(muted, first, lenient), Why::kSecondLook);
  JudgeContext online = seen_before(10);
  online.presence = Presence::kOnline;
  EXPECT_EQ(judge(muted, online, lenient), Why::kOnline);
  Member near = muted;
  near.msg_seq = 950;
  JudgeContext dead = seen_before(950);
  dead.last_msg_time_s = kNowS - 300 * kDayS;
  EXPECT_EQ(judge(near, dead, lenient), Why::kReader) << "also in a dead group";
  Member spoke = muted;
  spoke.last_sent_time_s = kNowS - kDayS;
  EXPECT_EQ(judge(spoke, seen_before(10), lenient), Why::kActive);
  muted.mute_until_s = kNowS;
  EXPECT_EQ(judge(muted, seen_before(9), lenient), Why::kInactive) << "may speak again";
  for (bool JudgeContext::*word : {&JudgeContext::mute_all, &JudgeContext::silent}) {
    JudgeContext all = first;
    all.*word = true;
    EXPECT_EQ(judge(silent_member(), all, lenient), Why::kSecondLook);
  }
}

TEST(OwnersView, WhoCameBackIsProtectedForTwiceTheSilence) {
  JudgeContext context = seen_before(10);
  context.returned_at = kNow - 180 * kDayMs + 1;
  EXPECT_EQ(judge(silent_member(), context, policy()), Why::kReturned);
  EXPECT_EQ(removable_from(silent_member(), Why::kReturned, context, policy()), kNow + 1);
  context.returned_at = kNow - 180 * kDayMs;
  EXPECT_EQ(judge(silent_member(), context, policy()), Why::kInactive);
}

TEST(OwnersView, BotsAndTeamsAreNamedByPatterns) {
  Policy with_names = policy();
  with_names.protect_accounts = *Globs::parse("bot-*, u");
  EXPECT_EQ(judge(silent_member(), seen_before(10), with_names), Why::kExempt);
  JudgeContext exempt = seen_before(10);
  exempt.exempt = true;
  exempt.exempt_until = kNow + kDayMs;
  EXPECT_EQ(removable_from(silent_member(), Why::kExempt, exempt, with_names), std::nullopt);
  EXPECT_EQ(removable_from(silent_member(), Why::kExempt, exempt, policy()), kNow + kDayMs);
}

TEST(OwnersView, AFirstListingAboveTheShareIsForAPerson) {
  EXPECT_TRUE(exceeds({51, 100}, Share::percent(50)));
  EXPECT_FALSE(exceeds({50, 100}, Share::percent(50)));
  EXPECT_FALSE(exceeds({100, 100}, Share::percent(100)));
  headroom::Run run;
  run.considered = 100;
  run.eligible = 5;
  run.kept[Why::kSecondLook] = 94;
  EXPECT_EQ(removable_share(run).eligible, 99) << "who waits for the second look counts";
}

TEST(OwnersView, ThePlanRemembersThoseWhoWouldGoNextAndWhoMoved) {
  FirstLooks looks(2);
  const auto member = [](const char* account, std::int64_t days) {
    Member one = silent_member();
    one.account = account;
    one.last_sent_time_s = kNowS - days * kDayS;
    return one;
  };
  JudgeContext fresh = seen_before(10);
  fresh.first_look.reset();
  looks.see_candidate(member("third", 200), fresh);
  looks.see_candidate(member("first", 300), seen_before(10));
  looks.see_candidate(member("second", 250), fresh);
  looks.see_moved(member("moved", 200), seen_before(9));
  looks.see_candidate(member("gone", 400), fresh);
  looks.forget("gone");
  const std::vector<NotedLook> expected = {{"first", {kNow - 2 * kDayMs, 10, true, {}}},
                                           {"moved", {kNow, 10, true, kNow}}};
  EXPECT_EQ(looks.take(), expected) << "the third gave way to one who was forgotten after it";
}

TEST(OwnersView, InAChatRoomWhoIsOnlineKeepsNoPlaceFromOthers) {
  FirstLooks looks(1);
  Member online = silent_member();
  online.account = "online";
  online.last_sent_time_s = kNowS - 500 * kDayS;
  Member offline = silent_member();
  offline.account = "offline";
  JudgeContext context = seen_before(10);
  context.chat_room = true;
  context.first_look.reset();
  looks.see_candidate(offline, context);
  context.presence = Presence::kOnline;
  looks.see_candidate(online, context);
  const std::vector<NotedLook> expected = {{"offline", {kNow, 10, true, {}}}};
  EXPECT_EQ(looks.take(), expected);
}

// A Community may have a million members who read.
TEST(OwnersView, OfThoseWhoReadSoManyAreRememberedAndNoMore) {
  FirstLooks looks(2);
  Member one = silent_member();
  for (std::int64_t i = 0; i < FirstLooks::kMost + 10; ++i) {
    one.account = std::to_string(i);
    looks.see_moved(one, seen_before(9));
  }
  one.account = "0";
  looks.see_moved(one, seen_before(8));  // another row of one that is known
  EXPECT_EQ(std::ssize(looks.take()), FirstLooks::kMost);
}

}  // namespace
}  // namespace headroom
