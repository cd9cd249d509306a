#include "app/sweeper.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/sweep_row.h"
#include "headroom/names.h"
#include "tests/app/fake_chat.h"
#include "tests/app/test_database.h"
#include "tests/chat/virtual_clock.h"

namespace headroom::app_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr TimeMs kNow = 1'790'000'000'000;

class SweeperTest : public testing::Test {
 protected:
  SweeperTest() { restart(); }

  // A new process on the same database.
  void restart() {
    sweeper_.reset();
    SweepHooks hooks;
    hooks.began = [this](const Sweep&) { ++began_; };
    hooks.ended = [this](const Sweep& sweep) {
      ended_.push_back(std::string(name_of(sweep.state)) + " " + sweep.reason);
    };
    hooks.type_skipped = [this](const std::string& type, int) { skipped_.push_back(type); };
    hooks.events_stored = [this](std::int64_t count) { events_ += count; };
    hooks.group_due = [this] { ++due_; };
    hooks.pause = [this](const std::string& reason) { pauses_.push_back(reason); };
    sweeper_ = std::make_unique<Sweeper>(
        chat_, database_, *view_, clock_, settings_, pause_, [] { return 1.0; }, hooks);
  }
  void set(const std::function<void(Settings&)>& change) {
    Settings settings = *settings_.get();
    change(settings);
    settings_.set(settings);
  }
  // Steps and reads in turn, for as long as a sweep runs; waits by moving the clock.
  void run(int most_turns = 10000) {
    for (int turn = 0; turn < most_turns; ++turn) {
      const TimeMs next = sweeper_->step();
      if (!sweeper_->running()) return;
      if (read_all() == 0 && next > clock_.now()) clock_.set(next);
    }
    ADD_FAILURE() << "the sweep has no end";
  }
  int read_all() {
    int reads = 0;
    for (auto read = Sweeper::Read::kSome; read != Sweeper::Read::kNothing && read != Sweeper::Read::kNoSweep;) {
      read = sweeper_->read_some(chat_);
      if (read == Sweeper::Read::kSome || read == Sweeper::Read::kPage) ++reads;
    }
    return reads;
  }
  Sweep newest() { return database_.view().sweeps({1, std::nullopt}).items.at(0); }
  std::size_t sweeps() { return database_.view().sweeps({100, std::nullopt}).items.size(); }
  std::vector<std::string> event_groups() {
    std::vector<std::string> ids;
    for (const Event& event : database_.view().events({}, {1000, std::nullopt}).items) ids.push_back(event.group_id);
    return ids;
  }
  void start(bool dry_run = false) {
    database_.commit([&](Storage& storage) { ASSERT_TRUE(insert_sweep(storage, dry_run, clock_.now())); });
  }
  // Seven groups of each type, the last of each full.
  void fill_world() {
    for (const std::string type : {"Private", "Public", "ChatRoom", "Community", "AVChatRoom"}) {
      for (int i = 0; i < 7; ++i) chat_.put_group(type + std::to_string(i), type, i == 6 ? 200 : 199, 200);
    }
  }

  TestDatabase database_;
  std::unique_ptr<ReadView> view_ = database_.open_view();
  FakeChat chat_;
  VirtualClock clock_{kNow};
  SettingsCell settings_{Settings{}};
  PauseSwitch pause_;
  std::unique_ptr<Sweeper> sweeper_;
  int began_ = 0, due_ = 0;
  std::int64_t events_ = 0;
  std::vector<std::string> ended_, skipped_, pauses_;
};

TEST_F(SweeperTest, RecordsTheFullGroupsOfTheSupportedTypes) {
  fill_world();
  run();
  EXPECT_THAT(event_groups(), UnorderedElementsAre("Private6", "Public6", "ChatRoom6", "Community6"));
  const Sweep sweep = newest();
  EXPECT_EQ(sweep.state, SweepState::kFinished);
  EXPECT_EQ(sweep.groups_listed, 28);
  EXPECT_EQ(sweep.groups_read, 28);
  EXPECT_EQ(sweep.groups_full, 4);
  EXPECT_EQ(sweep.groups_new, 4);
  EXPECT_TRUE(sweep.finished_at);
  EXPECT_EQ(events_, 4);
  EXPECT_EQ(database_.view().groups({}, {100, std::nullopt}).items.size(), 4U) << "groups with room get no row";
  EXPECT_EQ(chat_.listings.size(), 12U) << "three pages of each type";
  EXPECT_EQ(chat_.listings.at(1).second, FakeChat::kCursorBase + 3) << "64 bits";
}

TEST_F(SweeperTest, AFullGroupIsLookedAtLikeOneOfAWebhook) {
  chat_.put_group("g", "Public", 200, 200);
  set([](Settings& s) { s.timing.stale_after = 0; });
  run();
  const auto group = database_.view().find_group("g");
  ASSERT_TRUE(group);
  EXPECT_EQ(group->state, GroupState::kFull);
  EXPECT_EQ(group->full_since, kNow);
  EXPECT_EQ(group->observed_at, kNow);
  EXPECT_EQ(due_, 1);
  EXPECT_EQ(database_.view().due_groups(clock_.now(), 10).size(), 1U);
}

TEST_F(SweeperTest, WhatAWebhookToldIsNoNews) {
  fill_world();
  database_.commit([&](Storage& storage) {
    Group group;
    group.group_id = "Public6";
    group.state = GroupState::kBlocked;
    storage.save_group(group);
  });
  run();
  EXPECT_THAT(event_groups(), UnorderedElementsAre("Private6", "ChatRoom6", "Community6"));
  EXPECT_EQ(newest().groups_full, 4);
  EXPECT_EQ(newest().groups_new, 3);
  EXPECT_EQ(database_.view().find_group("Public6")->full_events, 0);
}

TEST_F(SweeperTest, AWebhookThatComesDuringTheLookIsTheEvent) {
  chat_.put_group("g", "Public", 200, 200);
  chat_.before_look = [&] {
    database_.commit([&](Storage& storage) {
      if (storage.find_group("g")) return;
      Group group;
      group.group_id = "g";
      storage.save_group(group);
    });
  };
  run();
  EXPECT_THAT(event_groups(), IsEmpty());
  EXPECT_EQ(newest().groups_full, 1);
  EXPECT_EQ(newest().groups_new, 0);
}

TEST_F(SweeperTest, ADryRunCountsAndRecordsNothing) {
  fill_world();
  set([](Settings& s) { s.sweep_interval = 0; });
  start(true);
  run();
  EXPECT_TRUE(newest().dry_run);
  EXPECT_EQ(newest().state, SweepState::kFinished);
  EXPECT_EQ(newest().groups_full, 4);
  EXPECT_EQ(newest().groups_new, 4);
  EXPECT_THAT(event_groups(), IsEmpty());
  EXPECT_EQ(database_.view().groups({}, {100, std::nullopt}).items.size(), 0U);
}

TEST_F(SweeperTest, ReadsFiftyGroupsACallAndHoldsTwoPages) {
  chat_.list_page = 120;
  for (int i = 0; i < 500; ++i) chat_.put_group("g" + std::to_string(1000 + i), "Public", 1, 200);
  std::size_t waiting = 0;
  for (int i = 0; i < 20; ++i) sweeper_->step();
  EXPECT_EQ(chat_.listings.size(), 3U) << "Private, and two pages of Public";
  while (sweeper_->read_some(chat_) != Sweeper::Read::kNothing) ++waiting;
  EXPECT_EQ(waiting, 6U);
  for (const auto& ids : chat_.looks) EXPECT_LE(ids.size(), kMaxGroupsPerLook);
  run();
  EXPECT_EQ(newest().groups_read, 500);
  EXPECT_EQ(chat_.looks.size(), 4U * 3U + 1U);
}

TEST_F(SweeperTest, GoesOnAfterARestartWhereItWas) {
  fill_world();
  chat_.list_page = 1;
  for (int kills = 0; kills < 60 && ended_.empty(); ++kills) {
    for (int i = 0; i < 4 && ended_.empty(); ++i) {
      sweeper_->step();
      sweeper_->read_some(chat_);
    }
    restart();  // whatever was in hand is lost
  }
  EXPECT_THAT(ended_, ElementsAre("finished "));
  EXPECT_GT(began_, 3);
  EXPECT_EQ(sweeps(), 1U);
  EXPECT_THAT(event_groups(), UnorderedElementsAre("Private6", "Public6", "ChatRoom6", "Community6"));
  const Sweep sweep = newest();
  EXPECT_EQ(sweep.groups_listed, 28);
  EXPECT_EQ(sweep.groups_read, 28);
  EXPECT_EQ(sweep.groups_full, 4);
  EXPECT_EQ(sweep.groups_new, 4);
}

TEST_F(SweeperTest, APageThatWasCutOffIsReadAgainAndCountedOnce) {
  chat_.list_page = 200;
  for (int i = 0; i < 100; ++i) chat_.put_group("g" + std::to_string(100 + i), "Public", 200, 200);
  for (int i = 0; i < 4; ++i) sweeper_->step();
  EXPECT_EQ(sweeper_->read_some(chat_), Sweeper::Read::kSome);
  sweeper_->step();
  EXPECT_EQ(event_groups().size(), 50U);
  EXPECT_EQ(newest().groups_new, 50);
  EXPECT_EQ(newest().groups_listed, 0);
  restart();
  run();
  EXPECT_EQ(event_groups().size(), 100U);
  EXPECT_EQ(newest().groups_listed, 100);
  EXPECT_EQ(newest().groups_full, 100);
  EXPECT_EQ(newest().groups_new, 100);
}

TEST_F(SweeperTest, TheStoredTimeDecidesWhenTheNextOneBegins) {
  run();
  EXPECT_EQ(sweeps(), 1U);
  const TimeMs ended = *newest().finished_at;
  for (int i = 0; i < 5; ++i) {
    restart();
    run();
  }
  EXPECT_EQ(sweeps(), 1U) << "not once for each start";
  clock_.set(ended + kDayMs - 1);
  run();
  EXPECT_EQ(sweeps(), 1U);
  clock_.set(ended + kDayMs);
  run();
  EXPECT_EQ(sweeps(), 2U);
  set([](Settings& s) { s.sweep_interval = 0; });
  clock_.set(ended + 30 * kDayMs);
  run();
  EXPECT_EQ(sweeps(), 2U);
}

TEST_F(SweeperTest, APauseHoldsASweepAndItGoesOnAfterwards) {
  fill_world();
  sweeper_->step();
  pause_.show({"holiday", "", ""});
  const int calls = chat_.all_calls();
  EXPECT_GT(sweeper_->step(), clock_.now());
  EXPECT_EQ(sweeper_->read_some(chat_), Sweeper::Read::kNothing);
  EXPECT_EQ(chat_.all_calls(), calls);
  EXPECT_EQ(newest().state, SweepState::kRunning);
  pause_.show({});
  run();
  EXPECT_THAT(ended_, ElementsAre("finished "));
}

TEST_F(SweeperTest, NoneBeginsWhilePaused) {
  pause_.show({"", "chat_error_60020", ""});
  sweeper_->step();
  EXPECT_EQ(sweeps(), 0U);
}

TEST_F(SweeperTest, ModeObserveInterruptsItAndLeavingThatBeginsAnother) {
  fill_world();
  sweeper_->step();
  set([](Settings& s) { s.mode = SchedulerMode::kObserve; });
  const int calls = chat_.all_calls();
  EXPECT_EQ(sweeper_->read_some(chat_), Sweeper::Read::kNothing);
  sweeper_->step();
  EXPECT_EQ(sweeper_->read_some(chat_), Sweeper::Read::kNoSweep);
  EXPECT_THAT(ended_, ElementsAre("interrupted mode_changed"));
  sweeper_->step();
  EXPECT_EQ(chat_.all_calls(), calls);
  EXPECT_EQ(sweeps(), 1U);
  set([](Settings& s) { s.mode = SchedulerMode::kPlan; });
  run();
  EXPECT_EQ(sweeps(), 2U);
  EXPECT_EQ(newest().state, SweepState::kFinished);
}

TEST_F(SweeperTest, AStartInModeObserveEndsWhatWasRunning) {
  start();
  set([](Settings& s) { s.mode = SchedulerMode::kObserve; });
  sweeper_->step();
  EXPECT_EQ(newest().state, SweepState::kInterrupted);
  EXPECT_EQ(chat_.all_calls(), 0);
}

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
  EXPECT_EQ(chat_.calls("get_group_info"), 8 * ChatSession::kMaxAttempts) << "a listed page began the count anew";
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

TEST_F(SweeperTest, AListingWithoutAnEndIsNoAnswer) {
  class EndlessChat : public FakeChat {
   public:
    Answer<GroupListPage> get_appid_group_list(const std::string&, std::uint64_t next) override {
      Answer<GroupListPage> answer{ChatOutcome::kDone, 0, "", {}};
      answer.value.next = next == 1 ? 2 : 1;
      return answer;
    }
  } endless;
  SweepHooks hooks;
  hooks.ended = [this](const Sweep& sweep) { ended_.push_back(sweep.reason); };
  sweeper_ = std::make_unique<Sweeper>(
      endless, database_, *view_, clock_, settings_, pause_, [] { return 1.0; }, hooks, SweepLimits{6, 50});
  run();
  EXPECT_THAT(ended_, ElementsAre("chat_unreachable"));
}

TEST_F(SweeperTest, AFailureThatAPauseOvertakesIsNotFeltAfterTheResume) {
  chat_.put_group("g", "Private", 200, 200);
  sweeper_->step();
  chat_.look_refusals = {{ChatOutcome::kCredentialsRejected, 70009}};
  sweeper_->read_some(chat_);
  pause_.show({"", "chat_error_70009", ""});  // somebody else's call was quicker
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
  class FullDisk : public Committer {
   public:
    explicit FullDisk(Committer& disk) : disk_(disk) {}
    void commit(const Job& job) override {
      if (std::exchange(full, false)) throw StorageError(StorageError::Kind::kFull, "no space");
      disk_.commit(job);
    }
    bool full = false;

   private:
    Committer& disk_;
  } disk(database_);
  fill_world();
  sweeper_ = std::make_unique<Sweeper>(
      chat_, disk, *view_, clock_, settings_, pause_, [] { return 1.0; }, SweepHooks{});
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
}  // namespace headroom::app_test
