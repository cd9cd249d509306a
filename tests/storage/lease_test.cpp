#include <limits>

#include "tests/storage/backend.h"

// Who leads. A claim that lasts for a negative time is over when it is made: the store goes by its own clock.
namespace headroom::test {
namespace {

class LeaseStorageTest : public StorageTest {
 protected:
  static LeaseClaim claim(const std::string& holder, DurationMs lasts, DurationMs drain = 0) {
    LeaseClaim claim;
    claim.holder = holder;
    claim.lasts = lasts;
    claim.drain = drain;
    return claim;
  }
  std::optional<std::int64_t> take(const LeaseClaim& claim) {
    return write([&](Transaction& s) { return s.take_lease(claim); });
  }
  bool renew(const LeaseClaim& claim, std::int64_t fence) {
    return write([&](Transaction& s) { return s.renew_lease(claim, fence); });
  }
  bool holds(std::int64_t fence) {
    return write([&](Transaction& s) { return s.holds_lease(fence); });
  }
  void give_back(std::int64_t fence) {
    write([&](Transaction& s) { s.give_back_lease(fence); });
  }
};
HEADROOM_ALL_BACKENDS(LeaseStorageTest);

TEST_P(LeaseStorageTest, OneHasItUntilItIsOver) {
  EXPECT_FALSE(holds(0) && holds(1));
  const auto first = take(claim("a", kHourMs));
  ASSERT_TRUE(first);
  EXPECT_TRUE(holds(*first));
  EXPECT_EQ(take(claim("b", kHourMs)), std::nullopt);
  EXPECT_EQ(take(claim("a", kHourMs)), std::nullopt) << "a start of its own does not know what the other sent";
  EXPECT_TRUE(renew(claim("a", -1), *first));
  EXPECT_TRUE(holds(*first)) << "it is over, and nobody has taken it";
  const auto second = take(claim("b", kHourMs));
  ASSERT_TRUE(second);
  EXPECT_GT(*second, *first);
  EXPECT_FALSE(holds(*first));
  EXPECT_TRUE(holds(*second));
}

TEST_P(LeaseStorageTest, ItIsRenewedWhenItIsOverAndNotWhenAnotherHasIt) {
  const auto first = take(claim("a", -kHourMs));
  EXPECT_TRUE(renew(claim("a", kHourMs), *first));
  EXPECT_EQ(take(claim("b", kHourMs)), std::nullopt);
  EXPECT_FALSE(renew(claim("b", kHourMs), *first)) << "another holder";
  EXPECT_TRUE(renew(claim("a", -1), *first));
  ASSERT_TRUE(take(claim("b", -1)));
  EXPECT_FALSE(renew(claim("a", kHourMs), *first));
  const auto third = take(claim("a", kHourMs));
  EXPECT_TRUE(third) << "the vain renewal has changed nothing";
  EXPECT_FALSE(renew(claim("a", kHourMs), *first)) << "by the same holder's earlier lead";
  EXPECT_TRUE(renew(claim("a", kHourMs), *third));
}

TEST_P(LeaseStorageTest, WhoTakesItWaitsForTheDrainOfWhoHadIt) {
  ASSERT_TRUE(take(claim("a", -1, kHourMs)));
  EXPECT_EQ(take(claim("b", kHourMs, 0)), std::nullopt) << "calls of a may go on for an hour";
  EXPECT_EQ(take(claim("b", kHourMs, 0)), std::nullopt);
  backend().reopen();
  EXPECT_EQ(take(claim("b", kHourMs, 0)), std::nullopt);
}

TEST_P(LeaseStorageTest, WhatIsGivenBackIsTakenAtOnce) {
  const auto first = take(claim("a", kHourMs, kHourMs));
  give_back(*first);
  const auto second = take(claim("b", kHourMs, kHourMs));
  ASSERT_TRUE(second);
  EXPECT_GT(*second, *first);
  give_back(*first);  // late
  EXPECT_EQ(take(claim("c", kHourMs)), std::nullopt);
}

TEST_P(LeaseStorageTest, WhoIsAloneTakesItFromAnybodyAndHasItWithoutEnd) {
  ASSERT_TRUE(take(claim("a", kHourMs, kHourMs)));
  LeaseClaim alone = claim("b", -kHourMs);
  alone.alone = true;
  const auto taken = take(alone);
  ASSERT_TRUE(taken);
  EXPECT_EQ(take(claim("c", kHourMs)), std::nullopt);
  EXPECT_TRUE(renew(alone, *taken));
  EXPECT_EQ(take(claim("c", kHourMs)), std::nullopt);
  EXPECT_TRUE(take(alone)) << "the next start";
}

TEST_P(LeaseStorageTest, ItIsPartOfItsTransaction) {
  storage().begin();
  const auto undone = storage().take_lease(claim("a", kHourMs));
  storage().rollback();
  EXPECT_FALSE(holds(*undone));
  EXPECT_TRUE(take(claim("b", kHourMs)));
  EXPECT_THROW(storage().take_lease(claim("c", kHourMs)), StorageError);
}

NodeState node(const std::string& id, const std::string& name) {
  NodeState node;
  node.id = id;
  node.name = name;
  node.version = "1.2.3";
  node.schema = 24;
  node.config_hash = "abc";
  node.mode = "plan";
  node.started_at = kNow;
  node.leads = true;
  node.spool_depth = 7;
  node.config = "policy.inactive_for = 90d\n";
  return node;
}

TEST_P(LeaseStorageTest, NodesSayThatTheyAreThere) {
  write([&](Transaction& s) {
    s.note_node(node("2", "b"));
    s.note_node(node("1", "b"));
    s.note_node(node("3", "a"));
  });
  auto nodes = storage().nodes();
  ASSERT_EQ(nodes.size(), 3U);
  EXPECT_EQ(nodes[0].id, "3");
  EXPECT_EQ(nodes[1].id, "1");
  EXPECT_GT(nodes[0].seen_at, 0);
  NodeState seen = nodes[0];
  seen.seen_at = 0;
  EXPECT_EQ(seen, node("3", "a"));
  NodeState later = node("3", "z");
  later.leads = false;
  write([&](Transaction& s) { s.note_node(later); });
  nodes = backend().open_view()->nodes();
  ASSERT_EQ(nodes.size(), 3U) << "one row for each start";
  EXPECT_EQ(nodes[2].name, "z");
  EXPECT_FALSE(nodes[2].leads);
}

TEST_P(LeaseStorageTest, NodesThatNobodySeesAreForgotten) {
  write([&](Transaction& s) { s.note_node(node("1", "a")); });
  EXPECT_EQ(write([&](Transaction& s) { return s.forget_nodes(kHourMs); }), 0);
  EXPECT_EQ(storage().nodes().size(), 1U);
  EXPECT_EQ(write([&](Transaction& s) { return s.forget_nodes(-kHourMs); }), 1);
  EXPECT_TRUE(storage().nodes().empty());
}

TEST_P(LeaseStorageTest, OneThatIsBackHasItsFormerRowForgotten) {
  write([&](Transaction& s) {
    s.note_node(node("1", "a"));
    s.note_node(node("2", "a"));
    s.note_node(node("3", "b"));
  });
  EXPECT_EQ(write([&](Transaction& s) { return s.forget_former(node("2", "a"), kHourMs); }), 0) << "it may live";
  EXPECT_EQ(write([&](Transaction& s) { return s.forget_former(node("2", "a"), -kHourMs); }), 1);
  auto nodes = storage().nodes();
  ASSERT_EQ(nodes.size(), 2U);
  EXPECT_EQ(nodes[0].id, "2");
  EXPECT_EQ(nodes[1].id, "3");
  write([&](Transaction& s) { s.forget_node("3"); });
  EXPECT_EQ(storage().nodes().size(), 1U);
}

}  // namespace
}  // namespace headroom::test
