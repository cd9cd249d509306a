#include "tests/storage/backend.h"

// Limits that runs set, and ceilings that Chat has shown.
namespace headroom::test {
namespace {

using RaiseStorageTest = StorageTest;
HEADROOM_ALL_BACKENDS(RaiseStorageTest);

Run a_raise(const std::string& group_id, RunState state, RunMode as = RunMode::kPrune,
            std::optional<TimeMs> sent_at = std::nullopt) {
  Run run = a_run(group_id, state, RunMode::kRaise);
  run.raise = Raise{200, 240, as, sent_at};
  return run;
}

Group known(const std::string& group_id) {
  Group group;
  group.group_id = group_id;
  return group;
}

TEST_P(RaiseStorageTest, ARunKeepsWhatItRaises) {
  std::int64_t id = 0;
  write([&](Transaction& s) { id = s.insert_run(a_raise("a", RunState::kPlanned, RunMode::kPlan)); });
  headroom::Run run = *storage().find_run(id);
  EXPECT_EQ(run.mode, RunMode::kRaise);
  EXPECT_EQ(run.raise, (Raise{200, 240, RunMode::kPlan, std::nullopt}));
  run.raise->as = RunMode::kApprove;
  run.raise->sent_at = kNow;
  write([&](Transaction& s) { s.update_run(run); });
  EXPECT_EQ(storage().find_run(id)->raise, (Raise{200, 240, RunMode::kApprove, kNow}));
  write([&](Transaction& s) { id = s.insert_run(a_run("b")); });
  EXPECT_EQ(storage().find_run(id)->raise, std::nullopt);
}

TEST_P(RaiseStorageTest, UsageCountsWhatWasSentAndWhatIsMeant) {
  const TimeMs since = kNow - kDayMs;
  write([&](Transaction& s) {
    s.insert_run(a_raise("old", RunState::kSucceeded, RunMode::kPrune, since));
    s.insert_run(a_raise("a", RunState::kSucceeded, RunMode::kPrune, since + 1));
    s.insert_run(a_raise("b", RunState::kFailed, RunMode::kApprove, kNow));
    s.insert_run(a_raise("c", RunState::kFailed));  // refused outright
    s.insert_run(a_raise("under way", RunState::kRunning, RunMode::kPrune, kNow));
    s.insert_run(a_raise("begun", RunState::kRunning));
    s.insert_run(a_raise("waits", RunState::kAwaitingApproval, RunMode::kApprove));
    s.insert_run(a_raise("planned", RunState::kPlanned, RunMode::kPlan));
    s.insert_run(a_raise("being planned", RunState::kRunning, RunMode::kPlan));
    const auto doubtful = s.insert_run(a_raise("in doubt", RunState::kRunning));
    s.add_doubt(doubtful, 0, 0);
    headroom::Run back = a_run("back", RunState::kRunning, RunMode::kRestore);
    back.raise = Raise{240, 200, RunMode::kRestore, kNow};
    s.insert_run(back);
  });
  const RemovalUsage usage = storage().raise_usage(since);
  EXPECT_EQ(usage.sent, 3);
  EXPECT_EQ(usage.undecided, 1);
  EXPECT_EQ(usage.oldest_sent_at, since + 1);
  EXPECT_EQ(usage.reserved, 1);
  const RemovalUsage removals = storage().removal_usage(since, std::nullopt);
  EXPECT_EQ(removals.sent + removals.reserved, 0) << "nobody was removed";
  EXPECT_EQ(storage().raise_usage(kNow).sent, 0);
  EXPECT_EQ(storage().raise_usage(kNow).oldest_sent_at, std::nullopt);
}

TEST_P(RaiseStorageTest, TheLowestCeilingOfGroupAndTypeHolds) {
  write([&](Transaction& s) {
    s.learn_ceiling({false, "g", 220}, kNow - 10);
    s.learn_ceiling({false, "Public", 7}, kNow);  // a group's id may be anything
    s.learn_ceiling({true, "Public", 500}, kNow - 5);
    s.learn_ceiling({true, "ChatRoom", 90}, kNow);
  });
  const auto ceiling = [&](const char* group, const char* type, TimeMs after = kNow - 100) {
    return storage().learned_ceiling(group, group_type(type), after);
  };
  EXPECT_EQ(ceiling("g", "Public"), 220);
  EXPECT_EQ(ceiling("g", "Private"), 220);
  EXPECT_EQ(ceiling("other", "Public"), 500);
  EXPECT_EQ(ceiling("other", "Meeting"), 90) << "the other name of ChatRoom";
  EXPECT_EQ(ceiling("other", "Private"), std::nullopt);
  EXPECT_EQ(ceiling("other", ""), std::nullopt);
  EXPECT_EQ(ceiling("g", "Public", kNow - 10), 500) << "too old";
  EXPECT_EQ(ceiling("g", "Public", kNow), std::nullopt);
  write([&](Transaction& s) { s.learn_ceiling({false, "g", 600}, kNow); });
  EXPECT_EQ(ceiling("g", "Public"), 500) << "what was learned last replaces what was known";
}

// An operator has asked again, and Chat has set it.
TEST_P(RaiseStorageTest, ALimitThatChatHasSetEndsLowerCeilings) {
  write([&](Transaction& s) {
    s.learn_ceiling({false, "g", 220}, kNow);
    s.learn_ceiling({false, "other", 100}, kNow);
    s.learn_ceiling({true, "ChatRoom", 230}, kNow);
    s.forget_ceilings("g", GroupType::kChatRoom, 220);
  });
  EXPECT_EQ(storage().learned_ceiling("g", GroupType::kChatRoom, 0), 220);
  write([&](Transaction& s) { s.forget_ceilings("g", GroupType::kChatRoom, 225); });
  EXPECT_EQ(storage().learned_ceiling("g", GroupType::kChatRoom, 0), 230);
  write([&](Transaction& s) { s.forget_ceilings("g", GroupType::kChatRoom, 300); });
  EXPECT_EQ(storage().learned_ceiling("g", GroupType::kChatRoom, 0), std::nullopt);
  EXPECT_EQ(storage().learned_ceiling("other", std::nullopt, 0), 100);
}

TEST_P(RaiseStorageTest, CeilingsAreForgotten) {
  write([&](Transaction& s) {
    s.save_group(known("g"));
    s.learn_ceiling({false, "g", 1}, kNow - 3);
    s.learn_ceiling({false, "h", 2}, kNow - 2);
    s.learn_ceiling({true, "Public", 3}, kNow - 1);
  });
  write([&](Transaction& s) { s.delete_group("g"); });
  EXPECT_EQ(storage().learned_ceiling("g", std::nullopt, 0), std::nullopt) << "with its group";
  write([&](Transaction& s) {
    EXPECT_EQ(s.delete_ceilings_before(kNow - 1, 10), 1);
    EXPECT_EQ(s.delete_ceilings_before(kNow, 0), 0);
  });
  EXPECT_EQ(storage().learned_ceiling("h", GroupType::kPublic, 0), 3);
}

TEST_P(RaiseStorageTest, GroupsAtTheirCeilingAreCounted) {
  const auto at_ceiling = [&] { return storage().counts(kNow, kNow).at_ceiling; };
  EXPECT_EQ(at_ceiling(), 0);
  Group group = known("g");
  group.at_ceiling = true;
  group.raised_to = 240;
  write([&](Transaction& s) { group.id = s.save_group(group); });
  EXPECT_EQ(at_ceiling(), 1);
  EXPECT_EQ(storage().find_group("g")->raised_to, 240);
  EXPECT_TRUE(storage().find_group("g")->at_ceiling);
  write([&](Transaction& s) { s.save_group(group); });
  EXPECT_EQ(at_ceiling(), 1) << "it still is";
  group.at_ceiling = false;
  write([&](Transaction& s) { s.save_group(group); });
  EXPECT_EQ(at_ceiling(), 0);
  group.at_ceiling = true;
  write([&](Transaction& s) { s.save_group(group); });
  write([&](Transaction& s) { s.delete_group("g"); });
  EXPECT_EQ(at_ceiling(), 0);
}

}  // namespace
}  // namespace headroom::test
