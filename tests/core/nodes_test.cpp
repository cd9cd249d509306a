#include <gtest/gtest.h>

#include "headroom/call_shares.h"
#include "headroom/node.h"

// What several nodes share, and in what they differ.
namespace headroom {
namespace {

TEST(CallShares, TogetherTheyAreNeverMoreThanIsAllowed) {
  for (int calls = 1; calls <= 2000; ++calls) {
    for (int nodes = 1; nodes <= 20; ++nodes) {
      const CallShares shares = call_shares(calls, nodes);
      ASSERT_EQ(shares.leader + (nodes - 1) * shares.follower, calls);
      ASSERT_LE(nodes * shares.follower, calls / 2) << "questions: half of them at most";
      ASSERT_GE(shares.leader, (calls + 1) / 2);
    }
  }
}

TEST(CallShares, AloneItHasAllOfThem) {
  EXPECT_EQ(call_shares(100, 1).leader, 100);
  EXPECT_EQ(call_shares(100, 3).follower, 16);
  EXPECT_EQ(call_shares(5, 3).follower, 0);
}

std::string differing(const std::string& one, const std::string& other) {
  NodeState a;
  NodeState b;
  a.config = one;
  b.config = other;
  const std::string keys = differing_keys(a, b);
  EXPECT_EQ(keys, differing_keys(b, a));
  return keys;
}

TEST(DifferingKeys, AreNamed) {
  EXPECT_EQ(differing("a.b = 1\nc.d = x = y\n", "a.b = 1\nc.d = x = y\n"), "");
  EXPECT_EQ(differing("a.b = 1\nc.d = x = y\n", "a.b = 1\nc.d = x = z\n"), "c.d");
  EXPECT_EQ(differing("a.b = 1\nc.d = \n", "a.b = 2\nc.d = 1\n"), "a.b, c.d");
  EXPECT_EQ(differing("a.b = 1\nnew.key = 1\n", "a.b = 1\n"), "new.key") << "another version has other keys";
}

TEST(DifferingKeys, AnOlderVersionDoesNotSay) { EXPECT_EQ(differing("a.b = 1\n", ""), ""); }

TEST(DifferingKeys, AreSomeOfThem) {
  std::string one;
  std::string other;
  for (char key = 'a'; key < 'h'; ++key) {
    one += std::string(1, key) + " = 1\n";
    other += std::string(1, key) + " = 2\n";
  }
  EXPECT_EQ(differing(one, other), "a, b, c, d, e and 2 more");
}

}  // namespace
}  // namespace headroom
