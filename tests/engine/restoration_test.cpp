#include "engine/runs/restoration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

#include "engine/gate/daemon_gate.h"
#include "engine/runs/restore_order.h"
#include "tests/support/fake_chat.h"
#include "tests/support/test_database.h"
#include "tests/support/virtual_clock.h"

// Who is brought back, and who is not.
namespace headroom {
namespace {

using support::kNow;
using testing::ElementsAre;
using testing::Pair;

constexpr std::int64_t kNowS = kNow / 1000;

// Adds whom it is told to.
class AddingChat : public support::FakeChat {
 public:
  Answer<std::map<std::string, AddResult>> add_group_member(const std::string& group_id,
                                                            const std::vector<std::string>& accounts, bool) override {
    Answer<std::map<std::string, AddResult>> answer{ChatOutcome::kDone, 0, "", {}};
    ++adds;
    sent_at = steady();
    if (lost > 0) {
      --lost;
      return {ChatOutcome::kOutcomeUnknown, 10002, "", {}};
    }
    if (!refusals.empty()) {
      answer.outcome = ChatOutcome::kRefused;
      answer.code = refusals.front();
      refusals.erase(refusals.begin());
      return answer;
    }
    for (const std::string& account : accounts) {
      members[group_id].push_back({account, Role::kMember, kNowS, 0, 0});
      ++*groups[group_id].member_num;
      answer.value[account] = AddResult::kAdded;
    }
    return answer;
  }

  int adds = 0;
  int lost = 0;               // so many answers are, and nothing is done
  std::vector<int> refusals;  // to the next that are answered
};

class RestorationTest : public testing::Test, public Observer {
 protected:
  using Run = headroom::Run;  // GoogleTest has a function of that name

  // A run that removed these, from a group that has so many free seats since.
  Run removed(const std::vector<std::string>& accounts, std::int64_t free) {
    chat_.put_group("g", "Public", 40 - free, 40);
    Run run;
    run.group_id = "g";
    run.mode = RunMode::kPrune;
    run.state = RunState::kSucceeded;
    run.removed = std::ssize(accounts);
    database_.commit([&](Transaction& storage) {
      Group group = storage.find_group("g").value_or(Group{});
      group.group_id = "g";
      group.state = GroupState::kHasRoom;
      storage.save_group(group);
      run.id = storage.insert_run(run);
      std::vector<RunMember> members;
      for (const std::string& account : accounts) {
        RunMember& member = members.emplace_back();
        member.account = account;
        member.joined_at_s = kNowS - 400 * 86400;
        member.last_sent_at_s = kNowS - 300 * 86400 - std::ssize(members);
      }
      storage.insert_run_members(run.id, members);
      storage.mark_sent(run.id, accounts, kNow - kHourMs);
      for (const std::string& account : accounts) storage.finish_member(run.id, account, Outcome::kRemoved, 0);
    });
    return run;
  }
  void members_rejoined(std::int64_t count) override { rejoined_ += count; }
  Run begin(const Run& source) {
    Run run;
    database_.commit(
        [&](Transaction& storage) { run = std::get<Run>(begin_restore(storage, source, settings_, {}, kNow)); });
    return run;
  }
  std::map<std::string, Outcome> restore(const Run& source) { return go_on(begin(source), std::nullopt); }
  std::map<std::string, Outcome> go_on(const Run& run, std::optional<SteadyMs> doubted_at) {
    ChatSession session(chat_, clock_, [] { return 0.5; });
    Restoration restoration(session, database_, database_.view(), clock_, settings_, gate_, *this, run);
    const Restoration::End end = restoration.carry_out(doubted_at);
    EXPECT_FALSE(end.open);
    ended_ = end.run;
    database_.commit([&](Transaction& storage) { storage.update_run(ended_); });
    std::map<std::string, Outcome> outcomes;
    for (const RunMember& member : database_.view().plan(run.id)) outcomes[member.account] = member.outcome;
    return outcomes;
  }
  // Behind that many calls.
  void add_late(const std::string& account, int adds) {
    chat_.steady = [this] { return clock_.steady_now(); };
    clock_.on_waking = [this, account, adds] {
      if (chat_.adds == adds) chat_.members["g"] = {{account, Role::kMember, clock_.now() / 1000, 0, 0}};
    };
  }
  int error_code_of(const Run& run, const std::string& account) {
    for (const RunMember& member : database_.view().plan(run.id)) {
      if (member.account == account) return member.error_code;
    }
    return -1;
  }
  void leave(const std::string& account) {
    std::erase_if(chat_.members["g"], [&](const Member& m) { return m.account == account; });
    --*chat_.groups["g"].member_num;
  }

  support::TestDatabase database_;
  VirtualClock clock_{kNow};
  AddingChat chat_;
  Settings settings_;
  SettingsCell cell_{[] {
    Settings settings;
    settings.mode = SchedulerMode::kPrune;
    return settings;
  }()};
  PauseSwitch pause_;
  DaemonGate gate_{cell_, pause_};
  Run ended_;
  std::int64_t rejoined_ = 0;
};

// The last of its calls is carried out when it has been given up.
TEST_F(RestorationTest, WhoIsAddedLateIsRestored) {
  const Run source = removed({"late"}, 3);
  chat_.lost = 5;
  add_late("late", 5);
  EXPECT_THAT(restore(source), ElementsAre(Pair("late", Outcome::kRestored)));
  EXPECT_EQ(ended_.restored, 1);
  EXPECT_EQ(ended_.state, RunState::kSucceeded);
}

// Which says as little of free seats as one that names no limit.
TEST_F(RestorationTest, ALimitThatTheMembersContradictIsNoWantOfRoom) {
  const Run source = removed({"a"}, 3);
  chat_.groups["g"].max_member_num = 1;
  EXPECT_THAT(restore(source), ElementsAre(Pair("a", Outcome::kFailed)));
  EXPECT_EQ(ended_.reason, Reason::kCapacityUnknown);
}

TEST_F(RestorationTest, ARefusalOfTheNextTryIsNoneOfTheFirst) {
  const Run source = removed({"late"}, 3);
  chat_.lost = 1;
  chat_.refusals = {chat_code::kTooManyGroupsOfUser};
  add_late("late", 2);
  EXPECT_THAT(restore(source), ElementsAre(Pair("late", Outcome::kRestored)));
  EXPECT_EQ(ended_.state, RunState::kSucceeded);
}

TEST_F(RestorationTest, WhoIsRefusedByTheNextTryAndStaysOutsideHasFailed) {
  const Run source = removed({"a", "b"}, 5);
  chat_.steady = [this] { return clock_.steady_now(); };
  chat_.lost = 1;
  chat_.refusals = {chat_code::kTooManyGroupsOfUser, chat_code::kTooManyGroupsOfUser, chat_code::kUnknownAccount};
  EXPECT_THAT(restore(source), ElementsAre(Pair("a", Outcome::kFailed), Pair("b", Outcome::kFailed)));
  EXPECT_THAT((std::vector{error_code_of(ended_, "a"), error_code_of(ended_, "b")}),
              testing::UnorderedElementsAre(chat_code::kTooManyGroupsOfUser, chat_code::kUnknownAccount));
  EXPECT_GE(clock_.now(), kNow + settings_.call_may_last);
  EXPECT_LE(clock_.now(), kNow + settings_.call_may_last + kSecondMs);
}

// The group has filled up by the next try.
TEST_F(RestorationTest, WhoGetsNoRoomMayHaveGotItBefore) {
  const Run source = removed({"late"}, 3);
  chat_.lost = 1;
  chat_.refusals = {chat_code::kGroupFull};
  add_late("late", 2);
  EXPECT_THAT(restore(source), ElementsAre(Pair("late", Outcome::kRestored)));
}

// Sent by an earlier process, and the clock was set since.
TEST_F(RestorationTest, WhatAnEarlierProcessHasSentIsWaitedFor) {
  for (const DurationMs step : {DurationMs{0}, kMinuteMs, -kMinuteMs}) {
    const Run run = begin(removed({"late"}, 3));
    database_.commit([&](Transaction& storage) { storage.mark_sent(run.id, {"late"}, clock_.now()); });
    clock_.step(step);
    chat_.adds = 0;
    chat_.members.clear();
    chat_.refusals = {chat_code::kTooManyGroupsOfUser};
    add_late("late", 1);
    EXPECT_THAT(go_on(run, clock_.steady_now()), ElementsAre(Pair("late", Outcome::kRestored))) << step;
  }
}

TEST_F(RestorationTest, WhatAnEarlierProcessHasSentLongAgoIsNot) {
  const Run run = begin(removed({"late"}, 3));
  database_.commit([&](Transaction& storage) { storage.mark_sent(run.id, {"late"}, clock_.now()); });
  const SteadyMs since = clock_.steady_now();
  clock_.advance(settings_.call_may_last);
  chat_.refusals = {chat_code::kTooManyGroupsOfUser};
  EXPECT_THAT(go_on(run, since), ElementsAre(Pair("late", Outcome::kFailed)));
  EXPECT_EQ(clock_.now(), kNow + settings_.call_may_last);
}

TEST_F(RestorationTest, WhoCameBackAndLeftStaysOutAndTakesNobodysSeat) {
  const Run source = removed({"seen", "named", "other"}, 2);  // one of the seats stays free
  database_.commit([](Transaction& storage) {
    storage.note_rejoined("g", {"seen"}, kNow - 500);  // a listing saw them inside
    storage.note_back("g", {"named"}, kNow - 400);     // a webhook said that they left
  });
  EXPECT_THAT(restore(source), ElementsAre(Pair("named", Outcome::kLeft), Pair("other", Outcome::kRestored),
                                           Pair("seen", Outcome::kLeft)));
  EXPECT_EQ(ended_.state, RunState::kSucceeded);
}

TEST_F(RestorationTest, WhoIsInsideIsThereAndRemembered) {
  const Run source = removed({"inside", "other"}, 5);
  chat_.members["g"].push_back({"inside", Role::kMember, kNowS, 0, 0});
  EXPECT_THAT(restore(source), ElementsAre(Pair("inside", Outcome::kAlreadyMember), Pair("other", Outcome::kRestored)));
  EXPECT_EQ(rejoined_, 1);
  leave("inside");
  leave("other");  // was brought back, and has left by themselves
  EXPECT_THAT(restore(source), ElementsAre(Pair("inside", Outcome::kLeft), Pair("other", Outcome::kLeft)));
  EXPECT_EQ(ended_.state, RunState::kNothingToDo);
}

TEST_F(RestorationTest, WhatIsKnownOfAnotherRemovalSaysNothing) {
  const Run first = removed({"a"}, 5);
  database_.commit([](Transaction& storage) { storage.note_rejoined("g", {"a"}, kNow - 500); });
  const Run second = removed({"a"}, 5);
  EXPECT_THAT(restore(second), ElementsAre(Pair("a", Outcome::kRestored)));
}

// Both were removed a second time, and one of them came back from that, too, and left.
TEST_F(RestorationTest, OfARunThatALaterOneHasRepeatedItIsTheLaterOneThatSaysWhoLeft) {
  const Run first = removed({"taken", "walked"}, 5);
  database_.commit([](Transaction& storage) { storage.note_rejoined("g", {"taken", "walked"}, kNow - 500); });
  removed({"taken", "walked"}, 5);
  database_.commit([](Transaction& storage) { storage.note_back("g", {"walked"}, kNow - 400); });
  EXPECT_THAT(restore(first), ElementsAre(Pair("taken", Outcome::kRestored), Pair("walked", Outcome::kLeft)));
}

}  // namespace
}  // namespace headroom
