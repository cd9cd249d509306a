#include "engine/looks/chat_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace headroom {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// Requests at times of a clock that starts at 0.
class ChatWatchTest : public testing::Test, public Observer {
 protected:
  void call(DurationMs began, DurationMs ended, ChatContact contact, const std::string& detail = "",
            ChatOutcome outcome = ChatOutcome::kOutcomeUnknown, int code = 0) {
    watch_.began(began);
    watch_.ended({api_, outcome, code, contact, detail, 0.1}, began, ended, kWall + ended);
  }
  void done(DurationMs began, DurationMs ended) { call(began, ended, ChatContact::kAnswered, "", ChatOutcome::kDone); }
  void fail(DurationMs began, DurationMs ended) { call(began, ended, ChatContact::kNothingSent, "could not resolve"); }

  std::string api_ = "get_group_info";
  static constexpr TimeMs kWall = 1'790'000'000'000;
  std::vector<std::string> said_;
  void outage_began(const std::string& cause) override { said_.push_back(cause); }
  void outage_ended(DurationMs lasted) override { said_.push_back(std::to_string(lasted)); }
  ChatWatch watch_{*this};
};

TEST_F(ChatWatchTest, NobodyHasAskedYet) {
  watch_.look(100'000);
  EXPECT_EQ(watch_.status().reachable, std::nullopt);
  EXPECT_EQ(watch_.status().last_success_at, std::nullopt);
  EXPECT_THAT(said_, IsEmpty());
}

TEST_F(ChatWatchTest, AnOutageIsSaidOnceAndItsEndOnce) {
  done(0, 50);
  EXPECT_EQ(watch_.status().reachable, true);
  for (const DurationMs at : {1000, 1500, 2500, 4500, 8500, 60'000}) {
    fail(at, at + 10);
    watch_.look(at + 20);
  }
  EXPECT_THAT(said_, ElementsAre("could not resolve"));
  EXPECT_EQ(watch_.status().reachable, false);
  EXPECT_EQ(watch_.status().error, "could not resolve");
  EXPECT_EQ(watch_.status().last_success_at, kWall + 50);
  done(121'000, 121'000);
  watch_.look(130'000);
  EXPECT_THAT(said_, ElementsAre("could not resolve", "120000"));
  EXPECT_EQ(watch_.status().reachable, true);
  EXPECT_EQ(watch_.status().error, "");
}

// Each kind of outage, with nobody calling again, and the longest that a request may take by default.
TEST_F(ChatWatchTest, AnOutageIsSaidWithinTenSecondsOfItsFirstRequest) {
  for (const ChatContact contact : {ChatContact::kNothingSent, ChatContact::kNoAnswer, ChatContact::kNotChat}) {
    for (const DurationMs took : {0, 3000, 5000}) {
      said_.clear();
      ChatWatch watch(*this);
      watch.began(0);
      for (DurationMs now = 0; now < 10'000; now += 200) {
        if (now == took) watch.ended({"a", ChatOutcome::kOutcomeUnknown, 0, contact, "x", 0.1}, 0, now, kWall);
        watch.look(now);
      }
      EXPECT_EQ(said_.size(), 1U) << static_cast<int>(contact) << " " << took;
    }
  }
}

TEST_F(ChatWatchTest, ARequestWithoutAnEndIsAnOutage) {
  watch_.began(0);
  watch_.look(7900);
  EXPECT_THAT(said_, IsEmpty());
  watch_.look(8000);
  watch_.look(9000);
  EXPECT_THAT(said_, ElementsAre("no answer"));
}

TEST_F(ChatWatchTest, WhileOthersAreAnsweredThereIsNone) {
  watch_.began(0);  // hangs
  for (DurationMs at = 1000; at < 60'000; at += 1000) {
    fail(at, at + 100);
    done(at + 200, at + 300);
    watch_.look(at + 400);
  }
  EXPECT_THAT(said_, IsEmpty());
  EXPECT_EQ(watch_.status().reachable, true);
}

// The front end has nothing for one command: with each run it fails for some seconds.
TEST_F(ChatWatchTest, OfOneCommandThatFailsForLongItIsSaidOnce) {
  const auto run = [this](DurationMs at) {
    api_ = "get_group_info";
    done(at, at + 10);
    api_ = "query_online_status";
    for (const DurationMs later : {100, 600, 1600, 3600, 7600}) fail(at + later, at + later + 10);
  };
  for (int i = 0; i < 5; ++i) run(i * 60'000);
  api_ = "get_group_info";
  done(300'000, 300'010);
  EXPECT_EQ(said_.size(), 2U) << "its begin, and that others are answered";
  EXPECT_EQ(watch_.last_failure(), "could not resolve");
  // An outage of all is news.
  for (const DurationMs at : {310'000, 312'000, 314'000}) fail(at, at + 10);
  EXPECT_EQ(said_.size(), 3U);
  done(320'000, 320'010);
  EXPECT_EQ(said_.size(), 4U);
  // And so is this one once it has been answered.
  api_ = "query_online_status";
  done(321'000, 321'010);
  run(400'000);
  EXPECT_EQ(said_.size(), 5U);
}

TEST_F(ChatWatchTest, AFailureThatIsOlderThanTheLastAnswerSaysNothing) {
  watch_.began(0);
  done(100, 200);
  watch_.ended({"a", ChatOutcome::kOutcomeUnknown, 0, ChatContact::kNoAnswer, "timed out", 5}, 0, 5000, kWall);
  watch_.look(20'000);
  EXPECT_THAT(said_, IsEmpty());
}

TEST_F(ChatWatchTest, WhatTheDaemonEndsItselfSaysNothing) {
  call(0, 9000, ChatContact::kInterrupted);
  watch_.look(30'000);
  EXPECT_THAT(said_, IsEmpty());
  EXPECT_EQ(watch_.status().reachable, std::nullopt);
}

TEST_F(ChatWatchTest, ARefusalIsAnAnswerAndNoSuccess) {
  call(0, 100, ChatContact::kAnswered, "ErrorCode 70009", ChatOutcome::kCredentialsRejected, 70009);
  watch_.look(30'000);
  EXPECT_THAT(said_, IsEmpty());
  EXPECT_EQ(watch_.status().reachable, true);
  EXPECT_EQ(watch_.status().last_success_at, std::nullopt);
  EXPECT_THAT(watch_.status().error, testing::HasSubstr("another app's key"));
  call(30'000, 30'100, ChatContact::kAnswered, "ErrorCode 10010", ChatOutcome::kRefused, 10010);
  EXPECT_EQ(watch_.status().error, "") << "that is one group's";
}

TEST_F(ChatWatchTest, SomethingElseInItsPlaceIsNamed) {
  call(0, 100, ChatContact::kNotChat, "HTTP status 404");
  watch_.look(3200);
  EXPECT_THAT(said_, ElementsAre("something that is not Chat answers: HTTP status 404"));
}

}  // namespace
}  // namespace headroom
