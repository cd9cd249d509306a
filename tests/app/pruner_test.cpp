#include "app/pruner.h"

#include <gmock/gmock.h>

#include "app/approval.h"
#include "app/daemon_gate.h"
#include "tests/app/fake_chat.h"
#include "tests/app/test_database.h"
#include "tests/chat/virtual_clock.h"

// Runs against a Chat in memory, in virtual time.
namespace headroom {
namespace {

using app_test::kNow;

class PrunerTest : public testing::Test {
 protected:
  using Run = headroom::Run;  // GoogleTest has a function of that name

  static constexpr std::int64_t kMembers = 40;

  PrunerTest() {
    settings_.mode = SchedulerMode::kPrune;
    settings_.policy.protect_online = false;
    settings_.policy.reader_backlog = 0;
    cell_.set(settings_);
    chat_.put_group("g", "Public", kMembers, kMembers);
    Group group;
    group.group_id = "g";
    group.observed_at = kNow - kHourMs;
    group.full_since = kNow - kHourMs;
    group.next_check_at = kNow;
    database_.commit([&](Storage& storage) { storage.save_group(group); });
    list_members(kMembers);
  }
  // The first `idle` of them are removable; an active one has spoken just now.
  void list_members(std::int64_t idle) {
    std::vector<Member>& members = chat_.members["g"];
    members.clear();
    for (std::int64_t i = 0; i < kMembers; ++i) {
      Member& member = members.emplace_back();
      member.account = "m" + std::to_string(i);
      member.role = Role::kMember;
      member.join_time_s = kNow / 1000 - 400 * 86400;
      member.last_sent_time_s = kNow / 1000 - (i < idle ? 300 * 86400 : 60);
    }
  }
  Pruner::Progress prune() { return pruner_.prune_group("g"); }
  Run last_run() { return *view().find_run(*view().find_group("g")->last_run_id); }
  ReadView& view() { return database_.view(); }

  app_test::TestDatabase database_;
  VirtualClock clock_{kNow};
  app_test::FakeChat chat_;
  Settings settings_;
  SettingsCell cell_{Settings{}};
  PauseSwitch pause_;
  DaemonGate gate_{cell_, pause_};
  Pruner pruner_{chat_, database_, view(), clock_, cell_, gate_, [] { return 0.5; }, RunHooks{}};
};

// One whose plan waits, for what it lists is more than three times the share of the run before.
class JumpTest : public PrunerTest, public testing::WithParamInterface<RunState> {
 protected:
  JumpTest() {
    Run before;
    before.group_id = "g";
    before.state = RunState::kSucceeded;
    before.mode = RunMode::kPrune;
    before.created_at = kNow - kDayMs;
    before.considered = kMembers;
    before.eligible = 2;
    database_.commit([&](Storage& storage) { storage.insert_run(before); });
  }
};

TEST_P(JumpTest, APlanThatNobodyApprovedIsNothingToGoBy) {
  prune();
  for (int times = 0; times < 3; ++times) {
    const Run waiting = last_run();
    ASSERT_EQ(waiting.state, RunState::kAwaitingApproval);
    database_.commit([&](Storage& storage) { end_waiting(storage, waiting, GetParam(), settings_, clock_.now()); });
    clock_.advance(settings_.timing.cooldown);
    prune();
    EXPECT_GT(last_run().id, waiting.id);
  }
  EXPECT_EQ(chat_.calls("delete_group_member"), 0);
}

INSTANTIATE_TEST_SUITE_P(States, JumpTest, testing::Values(RunState::kRejected, RunState::kExpired),
                         [](const auto& of) { return of.param == RunState::kRejected ? "Rejected" : "Expired"; });

}  // namespace
}  // namespace headroom
