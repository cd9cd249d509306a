#include "engine/looks/chat_session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/fake_chat.h"
#include "tests/support/test_database.h"
#include "tests/support/virtual_clock.h"

// A look at many groups, and what one of them may do to it.
namespace headroom::support {
namespace {

constexpr FakeChat::Refusal kNoAnswer{ChatOutcome::kOutcomeUnknown, 0};
constexpr DurationMs kTimeOut = 5 * kSecondMs;

class ChatSessionTest : public testing::Test {
 protected:
  ChatSessionTest() {
    for (int i = 0; i < 50; ++i) {
      ids_.push_back("g" + std::to_string(i));
      chat_.put_group(ids_.back(), "Public", 200, 200);
    }
  }
  // A call that is not answered takes its time.
  void let_time_pass() {
    chat_.before_look = [this] {
      const auto& asked = chat_.looks.back();
      const bool fails = std::any_of(asked.begin(), asked.end(),
                                     [this](const std::string& id) { return chat_.culprits.contains(id); });
      clock_.advance(fails ? kTimeOut : 50);
    };
  }
  std::vector<GroupInfo> found(const OrStop<std::vector<GroupInfo>>& looked) {
    const auto* stop = std::get_if<Stop>(&looked);
    if (stop != nullptr) ADD_FAILURE() << stop->reason;
    return stop != nullptr ? std::vector<GroupInfo>{} : std::get<0>(looked);
  }
  static const GroupInfo* find(const std::vector<GroupInfo>& infos, const std::string& id) {
    const auto info = std::find_if(infos.begin(), infos.end(), [&](const GroupInfo& i) { return i.group_id == id; });
    return info == infos.end() ? nullptr : &*info;
  }

  FakeChat chat_;
  VirtualClock clock_{kNow};
  ChatSession session_{chat_, clock_, [] { return 1.0; }};
  std::vector<std::string> ids_;
};

// Whoever fills up between them has filled up behind the look.
TEST_F(ChatSessionTest, OfHalvesTheOldestSaysWhenTheLookWas) {
  chat_.culprits = {{"g0", kNoAnswer}};
  let_time_pass();
  found(session_.look_all(ids_));
  EXPECT_GE(session_.looked_at(), kNow + 3 * kTimeOut) << "not the tries for all of them";
  EXPECT_LT(session_.looked_at(), clock_.now());
}

TEST_F(ChatSessionTest, ALookIsMadeWhenItGoesOutHoweverLongItHasWaitedForItsTurn) {
  chat_.look_refusals = {kNoAnswer};
  chat_.before_look = [this] {
    clock_.advance(10 * kSecondMs);
    chat_.sent_at = clock_.steady_now();
    clock_.advance(100);
  };
  const auto look = session_.look("g0");
  EXPECT_EQ(std::get<Look>(look).sent_at, clock_.now() - 100);
  found(session_.look_all(ids_));
  EXPECT_EQ(session_.looked_at(), clock_.now() - 100);
}

TEST_F(ChatSessionTest, OneThatChatCanNotDigestStandsAloneInTheEnd) {
  for (const char* id : {"g0", "g24", "g25", "g49"}) {
    chat_.culprits = {{id, kNoAnswer}};
    chat_.looks.clear();
    const auto infos = found(session_.look_all(ids_));
    EXPECT_EQ(infos.size(), 49U) << id;
    EXPECT_EQ(find(infos, id), nullptr) << "no answer";
    EXPECT_LE(chat_.looks.size(), 3U + 1 + 12) << "its tries, one whether Chat is there, two a level";
  }
}

TEST_F(ChatSessionTest, TheTimeForItIsBounded) {
  let_time_pass();
  chat_.culprits = {{"g31", kNoAnswer}};
  EXPECT_EQ(found(session_.look_all(ids_)).size(), 49U);
  EXPECT_LE(clock_.now() - kNow, kMinuteMs);

  chat_.culprits.clear();
  for (int i = 0; i < 50; i += 2) chat_.culprits["g" + std::to_string(i)] = kNoAnswer;
  const TimeMs before = clock_.now();
  found(session_.look_all(ids_));
  EXPECT_LE(clock_.now() - before, kMinuteMs);
}

TEST_F(ChatSessionTest, TheMostAreAnsweredForWhenTheTimeIsOver) {
  let_time_pass();
  for (int i = 0; i < 25; ++i) chat_.culprits["g" + std::to_string(i)] = kNoAnswer;
  const auto infos = found(session_.look_all(ids_));
  for (int i = 25; i < 50; ++i) EXPECT_NE(find(infos, "g" + std::to_string(i)), nullptr) << i;
}

TEST_F(ChatSessionTest, AnErrorThatConcernsOneGroupIsItsOwn) {
  for (const int code : {10002, 10004, 10007, 10010, 10015, 10059, 11000, 60003, 60008}) {
    chat_.culprits = {{"g7", {classify(code), code}}};
    const auto infos = found(session_.look_all(ids_));
    EXPECT_EQ(infos.size(), 50U) << code;
    ASSERT_NE(find(infos, "g7"), nullptr) << code;
    EXPECT_EQ(find(infos, "g7")->error_code, code);
    EXPECT_EQ(find(infos, "g8")->error_code, 0);
  }
}

TEST_F(ChatSessionTest, ChatThatAnswersNobodyIsNoGroupsFault) {
  chat_.look_refusals.assign(1000, kNoAnswer);
  const auto looked = session_.look_all(ids_);
  ASSERT_TRUE(std::holds_alternative<Stop>(looked));
  EXPECT_EQ(std::get<Stop>(looked).reason, "chat_unreachable");
  EXPECT_EQ(chat_.looks.size(), 3U + 1) << "and is not asked for each of them";
}

TEST_F(ChatSessionTest, WhatConcernsEveryCallStops) {
  for (const int code : {60020, 70009, 60007}) {
    chat_.look_refusals.assign(5, {classify(code), code});
    const auto looked = session_.look_all(ids_);
    ASSERT_TRUE(std::holds_alternative<Stop>(looked)) << code;
    EXPECT_EQ(std::get<Stop>(looked).reason, "chat_error_" + std::to_string(code));
    EXPECT_EQ(std::get<Stop>(looked).pauses, code != 60007);
  }
}

TEST_F(ChatSessionTest, AGroupAloneMayHaveNoAnswerWhileChatHasOne) {
  chat_.culprits = {{"g0", kNoAnswer}};
  EXPECT_TRUE(found(session_.look_all({"g0"})).empty());
  const auto looked = session_.look("g0");
  ASSERT_TRUE(std::holds_alternative<Stop>(looked));
  EXPECT_EQ(std::get<Stop>(looked).reason, "chat_unreachable");
}

// The code stands beside the group's name: whatever it is, it says nothing of the app.
TEST_F(ChatSessionTest, AGroupsOwnErrorNeverPauses) {
  for (const int code : {10026, 10059, 11000, 60010, 60017, 60020, 70009, 80005}) {
    chat_.groups["g0"].error_code = code;
    const auto looked = session_.look("g0");
    ASSERT_TRUE(std::holds_alternative<Stop>(looked)) << code;
    EXPECT_EQ(std::get<Stop>(looked).reason, "chat_error_" + std::to_string(code));
    EXPECT_FALSE(std::get<Stop>(looked).pauses) << code;
  }
}

}  // namespace
}  // namespace headroom::support
