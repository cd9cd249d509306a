#include <gmock/gmock.h>

#include "engine/runs/restore_order.h"
#include "tests/engine/operations_fixture.h"
#include "tests/engine/raising_fixture.h"

// A raised limit is set back: who may order it, and what becomes of it.
namespace headroom {
namespace {

using support::kNow;
using support::RaisingTest;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class LimitRestoreTest : public RaisingTest {
 protected:
  LimitRestoreTest() { look(); }  // raised from 40 to 50
  Result<Run> order() {
    Result<Run> result;
    const Run source = *view().find_run(1);
    database_.commit([&](Transaction& storage) {
      result = begin_limit_restore(storage, source, chat_.groups["g"], settings_, {}, clock_.now());
    });
    return result;
  }
  void expect_denied(const std::string& detail) {
    const auto result = order();
    ASSERT_TRUE(std::holds_alternative<Denied>(result));
    EXPECT_EQ(std::get<Denied>(result).kind, Denied::kConflict);
    EXPECT_THAT(std::get<Denied>(result).detail, HasSubstr(detail));
  }
  std::int64_t begun() {
    const auto result = order();
    EXPECT_TRUE(std::holds_alternative<Run>(result));
    return std::holds_alternative<Run>(result) ? std::get<Run>(result).id : 0;
  }
};

TEST_F(LimitRestoreTest, SetsTheOldValueBackAndIsNotRaisedAgain) {
  const std::int64_t id = begun();
  EXPECT_EQ(group().state, GroupState::kPruning);
  EXPECT_EQ(runner_.execute_plan(id), Runner::Progress::kDone);
  const Run run = *view().find_run(id);
  EXPECT_EQ(run.mode, RunMode::kRestore);
  EXPECT_EQ(run.state, RunState::kSucceeded);
  EXPECT_EQ(run.source_run_id, 1);
  EXPECT_EQ(limit(), 40);
  EXPECT_EQ(view().learned_ceiling("g", std::nullopt, 0), 40) << "counts like a learned ceiling";
  EXPECT_EQ(group().state, GroupState::kFull);
  EXPECT_EQ(view().raise_usage(0).sent, 1) << "a restore is no raise, and gives none back";
  next_look();
  EXPECT_EQ(last_run().mode, RunMode::kPrune);
  EXPECT_THAT(chat_.limits_set, ElementsAre(50, 40));
}

// The last of its calls is carried out when it has been given up.
TEST_F(LimitRestoreTest, ACallThatIsCarriedOutLateIsFoundOut) {
  const std::int64_t id = begun();
  chat_.raise_refusals.assign(5, {ChatOutcome::kOutcomeUnknown, 10002});
  clock_.on_waking = [this] {
    if (chat_.limits_set.size() == 6) chat_.groups["g"].max_member_num = 40;
  };
  EXPECT_EQ(runner_.execute_plan(id), Runner::Progress::kDone);
  EXPECT_EQ(view().find_run(id)->state, RunState::kSucceeded);
}

TEST_F(LimitRestoreTest, AnExemptGroupIsNotLookedAtForIt) {
  database_.commit([](Transaction& storage) {
    storage.put_exemption({0, ExemptionKind::kGroup, "g", "vip", kNow, std::nullopt});
  });
  EXPECT_EQ(runner_.execute_plan(begun()), Runner::Progress::kDone);
  EXPECT_EQ(limit(), 40);
  EXPECT_EQ(group().state, GroupState::kBlocked);
  EXPECT_EQ(group().reason, BlockReason::kExempt);
  EXPECT_EQ(group().next_check_at, std::nullopt);
}

TEST_F(LimitRestoreTest, OnlyWhereThereAreNoMoreMembersThanThat) {
  chat_.groups["g"].member_num = 41;
  expect_denied("41 members");
  chat_.groups["g"].member_num = 40;
  chat_.groups["g"].max_member_num = 40;
  expect_denied("40 already");
  chat_.groups["g"].max_member_num.reset();
  expect_denied("does not say");
}

TEST_F(LimitRestoreTest, OnlyOfARaiseThatRaised) {
  Run run = *view().find_run(1);
  run.state = RunState::kFailed;
  database_.commit([&](Transaction& storage) { storage.update_run(run); });
  expect_denied("raised nothing");
}

TEST_F(LimitRestoreTest, WhoJoinedBehindTheOrderKeepsTheirSeat) {
  const std::int64_t id = begun();
  chat_.groups["g"].member_num = 41;
  runner_.execute_plan(id);
  EXPECT_EQ(view().find_run(id)->state, RunState::kNothingToDo);
  EXPECT_EQ(view().find_run(id)->reason, Reason::kNotRaised);
  EXPECT_EQ(limit(), 50);
  EXPECT_EQ(view().learned_ceiling("g", std::nullopt, 0), std::nullopt);
}

TEST_F(LimitRestoreTest, AnOperatorsPauseAndAnExemptionDoNotForbidIt) {
  const std::int64_t id = begun();
  pause_.show({"incident", {}, {}});
  database_.commit([&](Transaction& storage) {
    Exemption exemption;
    exemption.kind = ExemptionKind::kGroup;
    exemption.subject = "g";
    exemption.created_at = clock_.now();
    storage.put_exemption(exemption);
    PauseSwitch::write(storage, {"incident", {}, {}});
  });
  runner_.execute_plan(id);
  EXPECT_EQ(view().find_run(id)->state, RunState::kSucceeded);
}

TEST_F(LimitRestoreTest, GoesOnWhenItMay) {
  const std::int64_t id = begun();
  pause_.show({"", Reason::of_chat(60020), "g"});
  EXPECT_EQ(runner_.execute_plan(id), Runner::Progress::kInDoubt);
  EXPECT_EQ(view().find_run(id)->state, RunState::kRunning);
  pause_.show({});
  EXPECT_EQ(runner_.resolve(id), Runner::Progress::kDone);
  EXPECT_EQ(view().find_run(id)->state, RunState::kSucceeded);
  EXPECT_EQ(limit(), 40);
}

TEST_F(LimitRestoreTest, ACrashBehindTheCallIsFoundOutByLooking) {
  const std::int64_t id = begun();
  Run run = *view().find_run(id);
  run.raise->sent_at = clock_.now();
  database_.commit([&](Transaction& storage) { storage.update_run(run); });
  chat_.groups["g"].max_member_num = 40;
  runner_.resolve(id);
  EXPECT_EQ(view().find_run(id)->state, RunState::kSucceeded);
  EXPECT_THAT(chat_.limits_set, ElementsAre(50)) << "once";
  EXPECT_EQ(view().learned_ceiling("g", std::nullopt, 0), 40);
}

// Sent by an earlier process, and refused to the next one; what was sent is carried out seconds later.
TEST_F(LimitRestoreTest, ACallThatAnEarlierProcessSentIsWaitedFor) {
  const std::int64_t id = begun();
  Run run = *view().find_run(id);
  run.raise->sent_at = clock_.now();
  database_.commit([&](Transaction& storage) { storage.update_run(run); });
  clock_.step(kMinuteMs);  // meanwhile
  chat_.raise_refusals.assign(1, {ChatOutcome::kRefused, 10004});
  clock_.on_waking = [this] { chat_.groups["g"].max_member_num = 40; };
  EXPECT_EQ(runner_.resolve(id, clock_.steady_now()), Runner::Progress::kDone);
  EXPECT_EQ(view().find_run(id)->state, RunState::kSucceeded) << view().find_run(id)->reason;
}

TEST_F(LimitRestoreTest, ARefusalIsSaid) {
  const std::int64_t id = begun();
  chat_.raise_refusals.assign(1, {ChatOutcome::kRefused, 10004});
  runner_.execute_plan(id);
  EXPECT_EQ(view().find_run(id)->state, RunState::kFailed);
  EXPECT_EQ(view().find_run(id)->reason, "chat_error_10004");
}

// A daemon that shows a group to who asks for it.
class ShowingDaemon final : public RunningDaemon {
 public:
  void inquire(const MemberQuestion& question, std::function<void(Result<Inquiry>)> done) override {
    asked.push_back(question.group_id + "/" + question.account);
    done(answer);
  }
  std::vector<std::string> asked;
  Result<Inquiry> answer = Denied{Denied::kTimeout, "Chat did not answer in time"};
};

class LimitOrderTest : public support::OperationsTest {
 protected:
  using Run = headroom::Run;

  LimitOrderTest() {
    Run run;
    run.group_id = "g";
    run.mode = RunMode::kRaise;
    run.state = RunState::kSucceeded;
    run.raise = Raise{200, 240, RunMode::kPrune, kNow};
    store_group("g");
    queue_.commit([&](Transaction& storage) { id_ = storage.insert_run(run); });
  }
  void show(std::int64_t members, std::int64_t limit) {
    Inquiry inquiry;
    inquiry.group.member_num = members;
    inquiry.group.max_member_num = limit;
    showing_.answer = inquiry;
  }
  Result<Run> restore() {
    return ask<Run>([&](Done<Run> done) { orders_.restore_run(actor_, id_, std::move(done)); });
  }

  std::int64_t id_ = 0;
  ShowingDaemon showing_;
  Operations orders_{queue_, settings_, gate_, pause_, work_, clock_, *this, showing_};
};

TEST_F(LimitOrderTest, ChatIsAskedBeforeTheOrderIsAnswered) {
  show(200, 240);
  const auto result = restore();
  ASSERT_TRUE(std::holds_alternative<Run>(result));
  const Run run = std::get<Run>(result);
  EXPECT_EQ(run.mode, RunMode::kRestore);
  EXPECT_EQ(run.raise, (Raise{240, 200, RunMode::kRestore, std::nullopt}));
  EXPECT_THAT(showing_.asked, ElementsAre("g/"));
  EXPECT_THAT(audited(), ElementsAre("restore run:" + std::to_string(id_)));
  EXPECT_EQ(work_.in_hand(), 1U);
}

TEST_F(LimitOrderTest, WhatTheLookForbidsIsAConflict) {
  show(201, 240);
  EXPECT_EQ(status_of(restore()), 409);
  showing_.answer = Denied{Denied::kTimeout, "Chat did not answer in time"};
  EXPECT_EQ(status_of(restore()), 504);
  EXPECT_THAT(audited(), IsEmpty());
  EXPECT_EQ(work_.in_hand(), 0U);
}

TEST_F(LimitOrderTest, NobodyIsAskedAboutOtherRuns) {
  queue_.commit([&](Transaction& storage) {
    Run run = *storage.find_run(id_);
    run.mode = RunMode::kPrune;
    run.raise.reset();
    run.removed = 0;
    storage.update_run(run);
  });
  EXPECT_EQ(status_of(restore()), 409);
  EXPECT_THAT(showing_.asked, IsEmpty());
}

TEST_F(LimitOrderTest, ATypeWithoutACeilingIsNotRaised) {
  queue_.commit([&](Transaction& storage) {
    Group group = *storage.find_group("g");
    group.type = "Public";
    storage.save_group(group);
  });
  EXPECT_EQ(status_of(run("g", RunMode::kRaise)), 409);
  Settings settings = support::pruning();
  settings.capacity.ceilings = *Ceilings::parse("Public:2000");
  settings_.set(settings);
  const auto result = run("g", RunMode::kRaise);
  ASSERT_TRUE(std::holds_alternative<Run>(result));
  EXPECT_EQ(std::get<Run>(result).mode, RunMode::kRaise);
  EXPECT_THAT(audited(), ElementsAre("run run:" + std::to_string(std::get<Run>(result).id)));
}

}  // namespace
}  // namespace headroom
