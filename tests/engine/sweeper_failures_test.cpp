#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/sweeps/sweeper.h"
#include "tests/engine/sweeper_fixture.h"

// What a sweep meets: outages, refusals, a listing without an end, a disk that is full.
namespace headroom::support {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST_F(SweeperTest, ShortOutagesAreWaitedFor) {
  fill_world();
  chat_.list_refusals.assign(7, {ChatOutcome::kOutcomeUnknown, 0});
  chat_.look_refusals.assign(12, {ChatOutcome::kThrottled, 60007});
  run();
  EXPECT_THAT(ended_, ElementsAre("finished "));
  EXPECT_EQ(newest().groups_read, 28);
  EXPECT_GT(clock_.now() - kNow, kMinuteMs);
}

TEST_F(SweeperTest, AnOutageWithoutAnEndFailsIt) {
  chat_.put_group("g", "Private", 1, 200);
  chat_.look_refusals.assign(1000, {ChatOutcome::kOutcomeUnknown, 0});
  run();
  EXPECT_THAT(ended_, ElementsAre("failed chat_unreachable"));
  EXPECT_EQ(chat_.calls("get_group_info"), 8 * (ChatSession::kMaxAttempts + 1)) << "a listed page began the count anew";
  EXPECT_THAT(pauses_, IsEmpty());
  chat_.look_refusals.clear();
  run();
  EXPECT_EQ(sweeps(), 1U);
  clock_.advance(kHourMs);
  run();
  EXPECT_THAT(ended_, ElementsAre("failed chat_unreachable", "finished "));
}

TEST_F(SweeperTest, WhatNeedsAnOperatorFailsItAndPauses) {
  for (auto* refusals : {&chat_.list_refusals, &chat_.look_refusals}) {
    chat_.put_group("g", "Private", 1, 200);
    refusals->push_back({ChatOutcome::kOperatorNeeded, 60020});
    start();
    run();
  }
  EXPECT_THAT(ended_, ElementsAre("failed chat_error_60020", "failed chat_error_60020"));
  EXPECT_THAT(pauses_, ElementsAre("chat_error_60020", "chat_error_60020"));
}

TEST_F(SweeperTest, ARefusedListingFailsItWithoutAPause) {
  chat_.list_refusals.push_back({ChatOutcome::kRefused, 10004});
  run();
  EXPECT_THAT(ended_, ElementsAre("failed chat_error_10004"));
  EXPECT_THAT(pauses_, IsEmpty());
}

TEST_F(SweeperTest, AClockThatIsWrongFailsItAndPauses) {
  chat_.put_group("g", "Private", 200, 200);
  chat_.offset = 3 * kMinuteMs;
  run();
  EXPECT_THAT(ended_, ElementsAre("failed clock_skew"));
  EXPECT_THAT(pauses_, ElementsAre("clock_skew"));
  EXPECT_THAT(event_groups(), IsEmpty());
}

TEST_F(SweeperTest, AnAppWithoutCommunitiesHasNone) {
  for (const int code : {chat_code::kNoCommunities, chat_code::kNeedsHigherPlan}) {
    chat_.type_codes["Community"] = code;
    set([](Settings& s) { s.sweep_interval = 0; });
    start();
    run();
  }
  EXPECT_THAT(ended_, ElementsAre("finished ", "finished "));
  EXPECT_THAT(skipped_, ElementsAre("Community", "Community"));
  EXPECT_THAT(pauses_, IsEmpty());
}

TEST_F(SweeperTest, SingleGroupsThatChatRefusesAreLeftOut) {
  for (const char* id : {"a", "b", "c"}) chat_.put_group(id, "Private", 200, 200);
  chat_.groups["a"].error_code = 10007;
  chat_.before_look = [&] { chat_.groups.erase("b"); };  // dissolved since it was listed
  run();
  EXPECT_THAT(ended_, ElementsAre("finished "));
  EXPECT_THAT(event_groups(), ElementsAre("c"));
  EXPECT_EQ(newest().groups_listed, 3);
  EXPECT_EQ(newest().groups_read, 2);
}

TEST_F(SweeperTest, RefusingEveryGroupIsNotAboutTheGroups) {
  for (const char* id : {"a", "b", "c"}) chat_.put_group(id, "Private", 200, 200);
  for (auto& [id, info] : chat_.groups) info.error_code = 10007;
  run();
  EXPECT_THAT(ended_, ElementsAre("failed chat_error_10007"));
}

// Few groups, all of one kind: it is theirs, while Chat answers for others.
TEST_F(SweeperTest, ACallOfWhichEveryGroupIsRefusedFailsNoSweepThatReadsOthers) {
  for (const char* id : {"a", "b", "c"}) chat_.put_group(id, "Community", 200, 200);
  chat_.put_group("d", "Private", 200, 200);
  for (const char* id : {"a", "b", "c"}) chat_.groups[id].error_code = chat_code::kNoCommunities;
  run();
  EXPECT_THAT(ended_, ElementsAre("finished "));
  EXPECT_THAT(event_groups(), ElementsAre("d"));
  EXPECT_THAT(pauses_, IsEmpty());
}

TEST_F(SweeperTest, OneIdThatChatCanNotDigestIsLeftOut) {
  fill_world();
  for (const char* id : {"Private3", "Public0", "ChatRoom6", "Community6"}) {  // in the midst, and alone in a call
    chat_.culprits[id] = {ChatOutcome::kOutcomeUnknown, 0};
  }
  run();
  EXPECT_THAT(ended_, ElementsAre("finished "));
  EXPECT_EQ(newest().groups_listed, 28);
  EXPECT_EQ(newest().groups_read, 24);
  EXPECT_THAT(event_groups(), testing::UnorderedElementsAre("Private6", "Public6"));
  EXPECT_LT(clock_.now() - kNow, 3 * kMinuteMs);
}

TEST_F(SweeperTest, AListingWithoutAnEndIsNoAnswer) {
  class EndlessChat : public FakeChat {
   public:
    Answer<GroupListPage> get_appid_group_list(const std::string&, std::uint64_t next) override {
      Answer<GroupListPage> answer{ChatOutcome::kDone, 0, "", {}};
      answer.value.next = next == 1 ? 2 : 1;
      return answer;
    }
  } endless;
  sweeper_ = make_sweeper(endless, database_, SweepLimits{6, 50});
  run();
  EXPECT_THAT(ended_, ElementsAre("failed chat_unreachable"));
}

TEST_F(SweeperTest, AFailureThatAPauseOvertakesIsNotFeltAfterTheResume) {
  chat_.put_group("g", "Private", 200, 200);
  sweeper_->step();
  chat_.look_refusals = {{ChatOutcome::kCredentialsRejected, 70009}};
  sweeper_->read_some(chat_);
  pause_.show({"", Reason::of_chat(70009), ""});  // somebody else's call was quicker
  sweeper_->step();
  EXPECT_THAT(ended_, ElementsAre("failed chat_error_70009"));
  pauses_.clear();
  pause_.show({});
  clock_.advance(kHourMs);
  run();
  EXPECT_THAT(pauses_, IsEmpty());
  EXPECT_THAT(event_groups(), ElementsAre("g"));
}

TEST_F(SweeperTest, APageThatCanNotBeStoredIsReadAgain) {
  class FullDisk : public Writer {
   public:
    explicit FullDisk(Writer& disk) : disk_(disk) {}
    void commit(const Job& job) override {
      if (std::exchange(full, false)) throw StorageError(StorageError::Kind::kFull, "no space");
      disk_.commit(job);
    }
    bool works() const override { return true; }
    bool full = false;

   private:
    Writer& disk_;
  } disk(database_);
  fill_world();
  sweeper_ = make_sweeper(chat_, disk);
  sweeper_->step();
  while (sweeper_->read_some(chat_) != Sweeper::Read::kPage) {
  }
  disk.full = true;
  EXPECT_THROW(sweeper_->step(), StorageError);
  run();
  EXPECT_EQ(newest().state, SweepState::kFinished);
  EXPECT_EQ(newest().groups_listed, 28);
  EXPECT_EQ(newest().groups_read, 28);
  EXPECT_EQ(newest().groups_new, 4);
}

TEST_F(SweeperTest, AWriteThatFailsLosesNoGroup) {
  chat_.put_group("g", "Private", 200, 200);
  sweeper_->step();
  bool failed = false;
  chat_.before_look = [&] {
    if (std::exchange(failed, true)) return;
    throw StorageError(StorageError::Kind::kFull, "no space");
  };
  EXPECT_THROW(sweeper_->read_some(chat_), StorageError);
  run();
  EXPECT_THAT(event_groups(), ElementsAre("g"));
}

}  // namespace
}  // namespace headroom::support
