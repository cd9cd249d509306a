#include "headroom/sweep.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace headroom {
namespace {

constexpr TimeMs kNow = 1'790'000'000'000;

Look look_at(std::int64_t members, std::int64_t seats, const std::string& type = "Public") {
  Look look;
  look.sent_at = kNow - 50;
  look.info = {"g", 0, type, "Book club", members, seats, 7};
  return look;
}

Group known_group(GroupState state) {
  Group group;
  group.id = 3;
  group.group_id = "g";
  group.state = state;
  group.full_events = 4;
  return group;
}

TEST(Sweep, ListsOneTypeAfterTheOtherPageByPage) {
  std::vector<std::string> types;
  SweepPosition position = first_position();
  while (!position.at_end() && types.size() < 10) {
    types.push_back(position.type);
    EXPECT_EQ(position.next, 0U);
    const SweepPosition second = after_page(position, 4'454'685'361U);
    EXPECT_EQ(second, (SweepPosition{position.type, 4'454'685'361U}));
    position = after_page(second, 0);
  }
  EXPECT_THAT(types, testing::ElementsAre("Private", "Public", "ChatRoom", "Community"));
  EXPECT_TRUE(after_page({"Unknown", 0}, 0).at_end());
}

TEST(Sweep, TheNextOneFollowsTheLast) {
  EXPECT_EQ(next_sweep_at(std::nullopt, kDayMs), 0) << "never: soon";
  Sweep last;
  last.started_at = kNow - 100;
  last.finished_at = kNow;
  last.state = SweepState::kFinished;
  EXPECT_EQ(next_sweep_at(last, kDayMs), kNow + kDayMs);
  last.state = SweepState::kFailed;
  EXPECT_EQ(next_sweep_at(last, kDayMs), kNow + kHourMs);
  EXPECT_EQ(next_sweep_at(last, kMinuteMs), kNow + kMinuteMs);
  last.state = SweepState::kInterrupted;
  EXPECT_EQ(next_sweep_at(last, kDayMs), kNow);
}

TEST(Sweep, FullMeansNoSeatOfAKnownCapacity) {
  EXPECT_TRUE(shows_full(look_at(200, 200)));
  EXPECT_TRUE(shows_full(look_at(201, 200)));
  EXPECT_FALSE(shows_full(look_at(199, 200)));
  EXPECT_FALSE(shows_full(look_at(0, 0)));
  EXPECT_FALSE(shows_full(look_at(200, 200, "AVChatRoom")));
  EXPECT_FALSE(shows_full(look_at(200, 200, "")));
  Look look = look_at(200, 200);
  look.info.max_member_num.reset();
  EXPECT_FALSE(shows_full(look));
  look = look_at(200, 200);
  look.info.error_code = 10007;
  EXPECT_FALSE(shows_full(look));
  look = look_at(200, 200);
  look.gone = true;
  EXPECT_FALSE(shows_full(look));
}

TEST(Sweep, AnUnknownFullGroupIsNewsThatChatHasConfirmed) {
  const auto find = find_full(std::nullopt, look_at(200, 200), kNow, {});
  ASSERT_TRUE(find);
  EXPECT_EQ(find->event.source, EventSource::kSweep);
  EXPECT_EQ(find->event.event_time, kNow - 50) << "the time of the look";
  EXPECT_EQ(find->event.received_at, kNow);
  EXPECT_EQ(find->event.fingerprint, std::nullopt);
  EXPECT_EQ(find->group.state, GroupState::kFull);
  EXPECT_EQ(find->group.full_since, kNow - 50);
  EXPECT_EQ(find->group.full_events, 1);
  EXPECT_EQ(find->group.observed_at, kNow - 50) << "not one of those that only webhooks know";
  EXPECT_EQ(find->group.type, "Public");
  EXPECT_EQ(find->group.member_count, 200);
  EXPECT_EQ(find->group.next_check_at, kNow - 50 + Timing{}.stale_after);
}

TEST(Sweep, WhatIsKnownAsFullIsNoNews) {
  for (const GroupState state : {GroupState::kFull, GroupState::kPruning, GroupState::kBlocked}) {
    EXPECT_FALSE(find_full(known_group(state), look_at(200, 200), kNow, {}));
  }
  EXPECT_FALSE(find_full(std::nullopt, look_at(199, 200), kNow, {}));
}

TEST(Sweep, AGroupThatHadRoomIsFullAgain) {
  for (const GroupState state : {GroupState::kHasRoom, GroupState::kGone}) {
    Group group = known_group(state);
    group.seen_room_at = kNow - kHourMs;
    const auto find = find_full(group, look_at(200, 200), kNow, {});
    ASSERT_TRUE(find);
    EXPECT_EQ(find->group.id, 3);
    EXPECT_EQ(find->group.state, GroupState::kFull);
    EXPECT_EQ(find->group.full_since, kNow - 50);
    EXPECT_EQ(find->group.full_events, 5);
  }
}

TEST(Sweep, ALaterLookThatSawRoomIsBelieved) {
  Group group = known_group(GroupState::kHasRoom);
  group.seen_room_at = kNow - 49;
  EXPECT_FALSE(find_full(group, look_at(200, 200), kNow, {}));
}

}  // namespace
}  // namespace headroom
