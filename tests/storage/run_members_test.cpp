// The members of a run: whom it goes by, in which order, and what became of each.
#include <optional>
#include <string>
#include <vector>

#include "tests/storage/backend.h"

namespace headroom::test {
namespace {

using RunMemberStorageTest = StorageTest;
HEADROOM_ALL_BACKENDS(RunMemberStorageTest);

TEST_P(RunMemberStorageTest, KeepsMembersInPlanOrder) {
  const auto id = write([&](Transaction& s) {
    const auto run_id = s.insert_run(a_run("g"));
    RunMember left = selected("z");
    left.outcome = Outcome::kLeft;
    left.error_code = 10007;
    left.sent_at = kNow;
    s.insert_run_members(run_id, {left, selected("a'\""), kept("owner", Why::kOwner), kept("new", Why::kNewcomer)});
    return run_id;
  });
  const auto plan = storage().plan(id);
  ASSERT_EQ(plan.size(), 2u);
  EXPECT_EQ(plan[0].account, "z");
  EXPECT_EQ(plan[0].outcome, Outcome::kLeft);
  EXPECT_EQ(plan[0].error_code, 10007);
  EXPECT_EQ(plan[0].sent_at, kNow);
  EXPECT_EQ(plan[0].joined_at_s, 1'700'000'000);
  EXPECT_EQ(plan[0].last_sent_at_s, 0);
  EXPECT_EQ(plan[0].why, Why::kInactive);
  EXPECT_EQ(plan[1].account, "a'\"");
  EXPECT_EQ(plan[1].outcome, Outcome::kNone);
  EXPECT_EQ(plan[1].sent_at, std::nullopt);
  EXPECT_LT(plan[0].id, plan[1].id);

  const auto page = storage().run_members(id, Decision::kKeep, {});
  ASSERT_EQ(page.items.size(), 2u);
  EXPECT_EQ(page.items[0].why, Why::kOwner);
  EXPECT_EQ(page.items[0].joined_at_s, std::nullopt);
  EXPECT_EQ(page.items[1].account, "new");
  using Accounts = std::vector<std::string>;
  const auto walk = [&](int limit, std::optional<Decision> decision) {
    Accounts accounts;
    PageRequest request{limit, {}};
    do {
      const auto part = storage().run_members(id, decision, request);
      for (const RunMember& member : part.items) accounts.push_back(member.account);
      request.before_id = part.next_before_id;
    } while (request.before_id && accounts.size() < 10);
    return accounts;
  };
  for (const int limit : {1, 3, 4}) {
    EXPECT_EQ(walk(limit, std::nullopt), (Accounts{"z", "a'\"", "owner", "new"})) << "the first to go first";
    EXPECT_EQ(walk(limit, Decision::kRemove), (Accounts{"z", "a'\""}));
  }
  EXPECT_TRUE(storage().run_members(id + 1, std::nullopt, {}).items.empty());
}

TEST_P(RunMemberStorageTest, AnAccountListedTwiceStandsOnceAsSelected) {
  const auto id = write([&](Transaction& s) {
    const auto run_id = s.insert_run(a_run("g"));
    s.insert_run_members(run_id, {selected("a"), kept("a")});
    return run_id;
  });
  const auto page = storage().run_members(id, std::nullopt, {});
  ASSERT_EQ(page.items.size(), 1u);
  EXPECT_EQ(page.items[0].decision, Decision::kRemove);
}

TEST_P(RunMemberStorageTest, RefusesMembersOfAnUnknownRun) {
  storage().begin();
  EXPECT_THROW(storage().insert_run_members(5, {selected("a")}), StorageError);
  storage().rollback();
}

TEST_P(RunMemberStorageTest, KeepsEveryOutcome) {
  const auto id = write([&](Transaction& s) {
    const auto run_id = s.insert_run(a_run("g"));
    s.insert_run_members(run_id, {selected("a")});
    return run_id;
  });
  for (int outcome = 0; outcome <= static_cast<int>(Outcome::kNoRoom); ++outcome) {
    write([&](Transaction& s) { s.finish_member(id, "a", static_cast<Outcome>(outcome), outcome); });
    const auto member = storage().plan(id).at(0);
    EXPECT_EQ(member.outcome, static_cast<Outcome>(outcome));
    EXPECT_EQ(member.error_code, outcome);
  }
}

TEST_P(RunMemberStorageTest, AShortenedPlanKeepsItsFirstMembers) {
  const auto id = write([&](Transaction& s) {
    const auto run_id = s.insert_run(a_run("g"));
    s.insert_run_members(run_id, {selected("c"), selected("a"), selected("b"), kept("k")});
    s.insert_run_members(s.insert_run(a_run("h")), {selected("x"), selected("y")});
    s.shorten_plan(run_id, 1);
    return run_id;
  });
  const auto plan = storage().plan(id);
  ASSERT_EQ(plan.size(), 1u);
  EXPECT_EQ(plan[0].account, "c");
  const auto rest = storage().run_members(id, Decision::kKeep, {}).items;
  ASSERT_EQ(rest.size(), 3u);
  EXPECT_EQ(rest[0].account, "a");
  EXPECT_EQ(rest[1].account, "b");
  EXPECT_EQ(rest[1].why, Why::kOverLimit);
  EXPECT_EQ(rest[2].why, Why::kActive);
  EXPECT_EQ(storage().plan(id + 1).size(), 2u);
}

TEST_P(RunMemberStorageTest, OnlySelectedMembersAreSentOrFinished) {
  const auto id = write([&](Transaction& s) {
    const auto run_id = s.insert_run(a_run("g"));
    s.insert_run_members(run_id, {selected("a"), kept("owner", Why::kOwner)});
    return run_id;
  });
  for (const std::string account : {"owner", "stranger"}) {
    storage().begin();
    EXPECT_THROW(storage().mark_sent(id, {"a", account}, kNow), StorageError);
    EXPECT_THROW(storage().finish_member(id, account, Outcome::kRemoved, 0), StorageError);
    storage().rollback();
  }
  EXPECT_EQ(storage().plan(id).at(0).sent_at, std::nullopt);
  write([&](Transaction& s) { s.mark_sent(id, {"a"}, kNow); });
  EXPECT_EQ(storage().plan(id).at(0).sent_at, kNow);
}

}  // namespace
}  // namespace headroom::test
