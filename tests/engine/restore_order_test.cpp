#include "engine/runs/restore_order.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "tests/support/test_database.h"

namespace headroom {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

using support::kNow;

class RestoreOrder : public testing::Test {
 protected:
  using Run = headroom::Run;  // GoogleTest has a function of that name

  static RunMember member(const std::string& account, std::int64_t joined, std::int64_t sent,
                          Outcome outcome = Outcome::kRemoved) {
    RunMember row;
    row.account = account;
    row.joined_at_s = joined;
    row.last_sent_at_s = sent;
    row.outcome = outcome;
    row.error_code = 7;
    row.sent_at = kNow - 5;
    return row;
  }
  Run ended(const std::vector<RunMember>& members, RunState state = RunState::kSucceeded) {
    Run run;
    run.group_id = "g";
    run.mode = RunMode::kPrune;
    run.state = state;
    run.created_at = kNow;
    run.removed = std::count_if(members.begin(), members.end(),
                                [](const RunMember& m) { return m.outcome == Outcome::kRemoved; });
    db_.commit([&](Transaction& storage) {
      run.id = storage.insert_run(run);
      storage.insert_run_members(run.id, members);
      Group group = storage.find_group("g").value_or(Group{});
      group.group_id = "g";
      group.state = GroupState::kHasRoom;
      storage.save_group(group);
    });
    return run;
  }
  Result<Run> restore(const Run& source) {
    Result<Run> result;
    db_.commit([&](Transaction& storage) { result = begin_restore(storage, source, settings_, pause_, kNow); });
    return result;
  }
  void expect_denied(const Result<Run>& result, const std::string& detail) {
    ASSERT_TRUE(std::holds_alternative<Denied>(result));
    EXPECT_EQ(std::get<Denied>(result).kind, Denied::kConflict);
    EXPECT_THAT(std::get<Denied>(result).detail, HasSubstr(detail));
  }

  support::TestDatabase db_;
  Settings settings_;
  PauseSwitch::State pause_;
};

TEST_F(RestoreOrder, TakesTheRemovedTheMostRecentlyAliveFirst) {
  const Run source =
      ended({member("old", 10, 20), member("joined-late", 500, 0), member("spoke-late", 10, 600),
             member("left", 10, 900, Outcome::kLeft), member("z", 10, 20), member("kept", 1, 2, Outcome::kNone)});
  const auto result = restore(source);
  ASSERT_TRUE(std::holds_alternative<Run>(result));
  const Run run = *db_.view().find_run(std::get<Run>(result).id);
  EXPECT_EQ(run.trigger, RunTrigger::kRestore);
  EXPECT_EQ(run.mode, RunMode::kRestore);
  EXPECT_EQ(run.state, RunState::kRunning);
  EXPECT_EQ(run.source_run_id, source.id);
  EXPECT_EQ(run.selected, 4);
  std::vector<std::string> accounts;
  for (const RunMember& planned : db_.view().plan(run.id)) {
    accounts.push_back(planned.account);
    EXPECT_EQ(planned.outcome, Outcome::kNone);
    EXPECT_EQ(planned.error_code, 0);
    EXPECT_FALSE(planned.sent_at);
  }
  EXPECT_THAT(accounts, ElementsAre("spoke-late", "joined-late", "old", "z"));
  EXPECT_EQ(db_.view().find_group("g")->state, GroupState::kPruning);
}

TEST_F(RestoreOrder, DeniedWithAReason) {
  const Run source = ended({member("a", 1, 2)});
  settings_.mode = SchedulerMode::kObserve;
  expect_denied(restore(source), "observe");
  settings_.mode = SchedulerMode::kPrune;
  pause_.own_reason = Reason::of_chat(70009);
  expect_denied(restore(source), "chat_error_70009");
  pause_.own_reason = Reason::kNone;
  expect_denied(restore(ended({member("a", 1, 2, Outcome::kLeft)})), "removed nobody");
  Run waiting = source;
  waiting.state = RunState::kAwaitingApproval;
  expect_denied(restore(waiting), "awaiting_approval");
  const Run open = ended({}, RunState::kRunning);
  expect_denied(restore(source), "run " + std::to_string(open.id) + " is open");
}

TEST_F(RestoreOrder, NeitherAnOperatorsPauseNorAnExemptionForbidsIt) {
  pause_.operator_reason = "that was wrong";
  db_.commit([](Transaction& s) { s.put_exemption({0, ExemptionKind::kGroup, "g", "", kNow, std::nullopt}); });
  EXPECT_TRUE(std::holds_alternative<Run>(restore(ended({member("a", 1, 2)}))));
}

}  // namespace
}  // namespace headroom
