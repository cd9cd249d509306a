#include <gmock/gmock.h>

#include <future>
#include <thread>

#include "tests/engine/operations_fixture.h"

namespace headroom {
namespace {

using support::kFixedNow;
using support::OperationsTest;
using testing::ElementsAre;
using testing::IsEmpty;

// The scheduler takes what is over within a second; until then nobody may see it as in force.
TEST_F(OperationsTest, AnExemptionThatIsOverCanNotBeDeleted) {
  const TimeMs now = support::kFixedNow;
  ASSERT_EQ(status_of(exempt(ExemptionKind::kMember, "over", now)), 0);
  ASSERT_EQ(status_of(exempt(ExemptionKind::kMember, "in force", now + 1)), 0);
  EXPECT_EQ(status_of(lift(ExemptionKind::kMember, "over")), 404);
  EXPECT_EQ(status_of(lift(ExemptionKind::kMember, "in force")), 0);
}

// The clock that calls it over may be wrong: who lifted it is not to find it again when the clock is right.
TEST_F(OperationsTest, AnExemptionThatAWrongClockCallsOverIsGoneAllTheSame) {
  exempt(ExemptionKind::kMember, "u", kFixedNow + kHourMs);
  clock_.set(kFixedNow + kDayMs);
  EXPECT_EQ(status_of(lift(ExemptionKind::kMember, "u")), 404);
  EXPECT_FALSE(view_.find_exemption(ExemptionKind::kMember, "u", kFixedNow));
  store_group("g");
  exempt(ExemptionKind::kGroup, "g", kFixedNow + 9 * kDayMs);
  clock_.set(kFixedNow + 10 * kDayMs);
  EXPECT_EQ(status_of(lift(ExemptionKind::kGroup, "g")), 404);
  EXPECT_EQ(view_.find_group("g")->state, GroupState::kFull) << "nor is its group to wait for its end";
}

TEST_F(OperationsTest, ASilentGroupIsDueAtOnceAndSaidSoInTheAudit) {
  const auto say = [&](const std::string& group_id, bool silent) {
    return ask<Group>([&](Done<Group> done) { operations_.set_silent(actor_, group_id, silent, std::move(done)); });
  };
  EXPECT_EQ(status_of(say("g", true)), 404);
  Group blocked;
  blocked.group_id = "g";
  blocked.state = GroupState::kBlocked;
  blocked.reason = BlockReason::kImplausibleData;
  blocked.next_check_at = kFixedNow + kDayMs;
  blocked.cooldown_until = kFixedNow + kDayMs;
  queue_.commit([&](Transaction& storage) { storage.save_group(blocked); });
  EXPECT_EQ(status_of(say("g", true)), 0);
  EXPECT_TRUE(view_.find_group("g")->silent);
  EXPECT_EQ(view_.find_group("g")->next_check_at, kFixedNow);
  EXPECT_EQ(view_.find_group("g")->cooldown_until, std::nullopt);
  EXPECT_EQ(status_of(say("g", false)), 0);
  EXPECT_FALSE(view_.find_group("g")->silent);
  EXPECT_EQ(audited(), (std::vector<std::string>{"silent group:g", "unsilent group:g"}));
}

TEST_F(OperationsTest, EachChangeIsInTheAudit) {
  store_group("g");
  ASSERT_EQ(status_of(exempt(ExemptionKind::kMember, "u")), 0);
  ASSERT_EQ(status_of(lift(ExemptionKind::kMember, "u")), 0);
  ASSERT_EQ(status_of(exempt(ExemptionKind::kGroup, "@TGS#1")), 0);
  ASSERT_EQ(status_of(pause("x")), 0);
  ASSERT_EQ(status_of(resume()), 0);
  const auto run_result = run("g");
  ASSERT_EQ(status_of(run_result), 0);
  const std::string target = "run:" + std::to_string(std::get<headroom::Run>(run_result).id);
  EXPECT_THAT(audited(), ElementsAre("exempt member:u", "unexempt member:u", "exempt group:@TGS#1", "pause scheduler",
                                     "resume scheduler", "run " + target));
  const AuditEntry newest = view_.audit({}, {}).items.at(0);
  EXPECT_EQ(newest.at, clock_.now());
  EXPECT_EQ(newest.actor.token, "ops");
  EXPECT_EQ(newest.actor.role, AdminRole::kOperator);
  EXPECT_EQ(newest.actor.peer, "192.0.2.7");
  EXPECT_EQ(newest.actor.reason, "ticket 7");
}

// Another node has paused it, or ended that, and this one has not heard of it yet.
TEST_F(OperationsTest, APauseIsJudgedByTheStoresWord) {
  const auto sweep = [&] {
    return status_of(ask<Sweep>([&](Done<Sweep> done) { operations_.start_sweep(actor_, false, std::move(done)); }));
  };
  ASSERT_EQ(status_of(pause("x")), 0);
  EXPECT_EQ(sweep(), 409);
  queue_.commit([](Transaction& storage) { PauseSwitch::write(storage, {}); });
  EXPECT_TRUE(operations_.status().paused);
  EXPECT_EQ(sweep(), 0);
  ASSERT_EQ(status_of(resume()), 0);
  queue_.commit([](Transaction& storage) {
    Sweep over = *storage.running_sweep();
    over.state = SweepState::kFinished;
    storage.update_sweep(over);
    PauseSwitch::State other;
    other.operator_reason = "another node's";
    PauseSwitch::write(storage, other);
  });
  EXPECT_FALSE(operations_.status().paused);
  EXPECT_EQ(sweep(), 409);
}

TEST_F(OperationsTest, WhatWasDeniedIsNot) {
  EXPECT_EQ(status_of(run("unknown")), 404);
  EXPECT_EQ(status_of(lift(ExemptionKind::kGroup, "g")), 404);
  store_group("g");
  ASSERT_EQ(status_of(run("g")), 0);
  EXPECT_EQ(status_of(run("g")), 409);
  EXPECT_EQ(audited().size(), 1u);
}

TEST_F(OperationsTest, NorIsWhatChangesNothing) {
  ASSERT_EQ(status_of(resume()), 0);
  ASSERT_EQ(status_of(pause("x")), 0);
  ASSERT_EQ(status_of(pause("x")), 0);
  ASSERT_EQ(status_of(pause("y")), 0);
  ASSERT_EQ(status_of(resume()), 0);
  ASSERT_EQ(status_of(resume()), 0);
  EXPECT_THAT(audited(), ElementsAre("pause scheduler", "pause scheduler", "resume scheduler"));
}

TEST_F(OperationsTest, TheDaemonsOwnPauseIsNobodysChange) {
  operations_.pause_self(Reason::of_chat(70009), "g");
  operations_.end_own_pause(Reason::of_chat(70009), PauseEnd::kCauseGone);
  queue_.commit([](Transaction&) {});
  EXPECT_THAT(audited(), IsEmpty());
}

TEST_F(OperationsTest, TheDaemonsOwnPauseSurvivesARestart) {
  operations_.pause_self(Reason::of_chat(70009), "@TGS#1");
  EXPECT_EQ(operations_.status().paused_reason, "chat_error_70009");
  queue_.commit([](Transaction&) {});
  const PauseSwitch::State kept = PauseSwitch::read(view_);
  EXPECT_EQ(kept.own_reason, "chat_error_70009");
  EXPECT_EQ(kept.own_group, "@TGS#1");
  ASSERT_EQ(status_of(pause("x")), 0);
  operations_.end_own_pause(Reason::of_chat(70009), PauseEnd::kCauseGone);
  queue_.commit([](Transaction&) {});
  EXPECT_EQ(PauseSwitch::read(view_).own_reason, "");
  EXPECT_EQ(operations_.status().paused_reason, "x") << "an operator's is not the daemon's to end";
}

TEST_F(OperationsTest, CausesOfPauses) {
  using testing::UnorderedElementsAre;
  const auto of_own = [](const char* word) { return PauseSwitch::causes_of({"", reason(word), ""}); };
  EXPECT_THAT(of_own(""), IsEmpty());
  EXPECT_THAT(of_own("chat_error_70009"), UnorderedElementsAre(PauseCause::kCredentialsRejected));
  EXPECT_THAT(of_own("chat_error_60020"), UnorderedElementsAre(PauseCause::kOperatorNeeded));
  EXPECT_THAT(of_own("clock_skew"), UnorderedElementsAre(PauseCause::kClockSkew));
  EXPECT_THAT(PauseSwitch::causes_of({"chat_error_70009", Reason::kClockSkew, ""}),
              UnorderedElementsAre(PauseCause::kOperator, PauseCause::kClockSkew));
}

TEST_F(OperationsTest, AFullDiskIsAPauseThatEndsByItself) {
  std::promise<void> room;
  std::promise<void> healed;
  CommitQueue::Options options;
  options.look_for_room_every = std::chrono::milliseconds(1);
  options.full = [&](const std::string& what) {
    // Held here, so that it can be looked at before it heals.
    what.empty() ? healed.set_value() : room.get_future().wait();
  };
  queue_.stop();  // a store has one
  CommitQueue queue(storage_, options);
  Operations operations(queue, settings_, gate_, pause_, work_, clock_, *this, daemon_);
  EXPECT_FALSE(operations.status().paused);
  queue.submit([](Transaction&) { throw StorageError(StorageError::Kind::kFull, "no space"); },
               [](const std::exception_ptr&) {});
  while (queue.works()) std::this_thread::yield();
  EXPECT_TRUE(operations.status().paused);
  EXPECT_EQ(operations.status().paused_reason, "storage_failing");
  EXPECT_EQ(operations.status().failing_check, "storage");
  pause_.show({"holiday", Reason(), ""});
  EXPECT_EQ(operations.status().paused_reason, "holiday");
  pause_.show({});
  room.set_value();
  healed.get_future().wait();
  EXPECT_FALSE(operations.status().paused);
  EXPECT_EQ(operations.status().failing_check, "");
}

TEST_F(OperationsTest, AFailedDiskIsAPauseToo) {
  queue_.fail("a sync failed");
  EXPECT_EQ(operations_.status().paused_reason, "storage_failing");
  EXPECT_EQ(operations_.status().failing_detail, "events can not be stored: a sync failed");
}

TEST_F(OperationsTest, NeitherTheChangeNorItsEntryIsThereWithoutTheOther) {
  store_group("g");
  AuditEntry entry;
  entry.target = "";  // refused by the store
  EXPECT_THROW(queue_.commit([&](Transaction& storage) { storage.insert_audit(entry); }), StorageError);
  EXPECT_THAT(audited(), IsEmpty());
  queue_.stop();
  EXPECT_EQ(status_of(exempt(ExemptionKind::kMember, "u")), 503);
  EXPECT_EQ(status_of(run("g")), 503);
  EXPECT_EQ(work_.in_hand(), 0u);  // its place was given back
  EXPECT_THAT(changes_, IsEmpty());
}

TEST_F(OperationsTest, ManyExemptionsAreOneChangeAndAnEntryEach) {
  store_group("g");
  Exemption group;
  group.subject = "g";
  group.reason = "ours";
  Exemption member;
  member.kind = ExemptionKind::kMember;
  member.subject = "u";
  const auto put = [&](std::vector<Exemption> exemptions) {
    return ask<std::vector<Exemption>>(
        [&](Done<std::vector<Exemption>> done) { operations_.put_exemptions(actor_, exemptions, std::move(done)); });
  };
  const auto result = put({group, member});
  ASSERT_EQ(status_of(result), 0);
  const auto& stored = std::get<std::vector<Exemption>>(result);
  ASSERT_EQ(stored.size(), 2U);
  EXPECT_EQ(stored[0].subject, "g");
  EXPECT_EQ(stored[1].created_at, clock_.now());
  EXPECT_THAT(audited(), ElementsAre("exempt group:g", "exempt member:u"));
  EXPECT_THAT(changes_, ElementsAre("exemption put", "exemption put"));
  EXPECT_EQ(view_.find_group("g")->reason, BlockReason::kExempt) << "as a single one";

  member.subject = "second";
  support::execute(
      path_, "CREATE TRIGGER no AFTER INSERT ON exemption WHEN new.subject = 'u2' BEGIN SELECT raise(FAIL, 'no'); END");
  Exemption refused = member;
  refused.subject = "u2";
  EXPECT_EQ(status_of(put({member, refused})), 503);
  EXPECT_FALSE(view_.find_exemption(ExemptionKind::kMember, "second", clock_.now())) << "all or none";
  EXPECT_EQ(audited().size(), 2U);
}

// What is asked right after a pause was stored must meet it, shown already or not.
TEST_F(OperationsTest, APauseIsInForceForTheNextChange) {
  store_group("g");
  std::promise<void> paused;
  std::promise<Result<headroom::Run>> ran;
  operations_.pause(actor_, "x", [&](const Result<DaemonStatus>&) { paused.set_value(); });
  operations_.start_run(actor_, "g", RunMode::kPlan,
                        [&](Result<headroom::Run> result) { ran.set_value(std::move(result)); });
  paused.get_future().get();
  EXPECT_EQ(status_of(ran.get_future().get()), 409);
}

TEST_F(OperationsTest, AChangeSaysWhoseItIsAndOfWhichRun) {
  store_group("g");
  const auto started = run("g");
  EXPECT_EQ(last_change_.token, "ops");
  EXPECT_EQ(last_change_.subject, "g");
  EXPECT_EQ(last_change_.run_id, std::get<headroom::Run>(started).id);
  pause("deploy");
  EXPECT_EQ(last_change_.what, "pause");
  EXPECT_EQ(last_change_.token, "ops");
  EXPECT_EQ(last_change_.subject, "deploy");
}

TEST_F(OperationsTest, TheStatusSaysWhatToDoAboutAPause) {
  EXPECT_EQ(operations_.status().paused_hint, "");
  operations_.pause_self(Reason::of_chat(70009), "g");
  operations_.pause_self(Reason::of_chat(70009), "g");
  EXPECT_EQ(own_pauses_, 1) << "it is said once";
  EXPECT_EQ(operations_.status().paused_reason, "chat_error_70009");
  EXPECT_NE(operations_.status().paused_hint.find("another app's key: chat.secret_key_file"), std::string::npos);
  pause("deploy");
  EXPECT_NE(operations_.status().paused_hint.find("headroomctl resume"), std::string::npos);
  resume();
  EXPECT_EQ(operations_.status().paused_hint, "");
}

}  // namespace
}  // namespace headroom
