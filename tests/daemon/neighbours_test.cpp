#include "daemon/neighbours.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "tests/support/virtual_clock.h"

namespace headroom {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

constexpr TimeMs kNow = 1'700'000'000'000;
constexpr DurationMs kLease = 30 * kSecondMs;

class NeighboursTest : public testing::Test {
 protected:
  static NodeState node(const std::string& name, DurationMs seen_before = 0) {
    NodeState node;
    node.id = "id of " + name;
    node.name = name;
    node.seen_at = kNow - seen_before;
    node.config = "policy.inactive_for = 90d\n";
    node.config_hash = "90d";
    return node;
  }
  void see(std::vector<NodeState> others, bool leads = false) {
    NodeState own = node("own");
    own.leads = leads;
    others.push_back(own);
    neighbours_.see(others, own, clock_.steady_now());
  }
  std::string said() { return std::exchange(out_, {}).str(); }

  VirtualClock clock_{kNow};
  std::ostringstream out_;
  Log log_{out_, LogFormat::kText, LogLevel::kInfo, Log::Journal::kNo};
  int living_ = 0;
  int gone_ = 0;
  Neighbours neighbours_{clock_, log_, kLease, {[this](int living, bool) { living_ = living; }, [this] { ++gone_; }}};
};

TEST_F(NeighboursTest, CountsThoseWhoWereSeenWithinALease) {
  see({node("a"), node("b", kLease), node("c", kLease + 1)});
  EXPECT_EQ(living_, 3);
}

TEST_F(NeighboursTest, TheLeadersModeCounts) {
  EXPECT_EQ(neighbours_.leaders_mode(), std::nullopt);
  NodeState leader = node("a");
  leader.leads = true;
  leader.mode = "prune";
  NodeState former = node("b", kLease + 1);
  former.leads = true;
  former.mode = "plan";
  see({former, leader});
  EXPECT_EQ(neighbours_.leaders_mode(), "prune");
  see({former});
  EXPECT_EQ(neighbours_.leaders_mode(), std::nullopt);
}

TEST_F(NeighboursTest, AsksOnceAllOthersKnowOfIt) {
  EXPECT_FALSE(neighbours_.may_ask());
  see({});
  EXPECT_FALSE(neighbours_.may_ask());
  clock_.advance(kLease - 1);
  see({});
  EXPECT_FALSE(neighbours_.may_ask());
  clock_.advance(1);
  EXPECT_TRUE(neighbours_.may_ask());
}

TEST_F(NeighboursTest, AsksNothingBehindALeaseWithoutTheDatabase) {
  see({});
  clock_.advance(kLease);
  see({});
  clock_.advance(kLease - 1);
  EXPECT_TRUE(neighbours_.may_ask());
  clock_.advance(1);
  EXPECT_FALSE(neighbours_.may_ask());
}

TEST_F(NeighboursTest, SaysOnceWhichKeysDiffer) {
  NodeState other = node("a");
  other.config = "policy.inactive_for = 31d\n";
  other.config_hash = "31d";
  see({other});
  EXPECT_THAT(said(), IsEmpty()) << "it may have ended a moment ago, to be started like this one";
  ++other.seen_at;
  see({other});
  EXPECT_THAT(said(), HasSubstr("a has another configuration: policy.inactive_for"));
  see({other});
  EXPECT_THAT(said(), IsEmpty());
  NodeState alike = node("a");
  ++alike.seen_at;
  see({alike});
  EXPECT_THAT(said(), HasSubstr("nodes agree again"));
  see({other});
  EXPECT_THAT(said(), HasSubstr("nodes differ"));
}

// Its last word may be from before the outage in which it took webhooks.
TEST_F(NeighboursTest, WhoIsGoneIsMissedOnce) {
  see({node("a")}, true);
  EXPECT_THAT(said(), IsEmpty());
  see({node("a", kLease + 1)}, true);
  EXPECT_THAT(said(), testing::AllOf(HasSubstr("a node is gone"), HasSubstr("node=a"), HasSubstr("spool=0")));
  EXPECT_EQ(gone_, 1);
  see({node("a", kLease + 2)}, true);
  EXPECT_THAT(said(), IsEmpty());
  EXPECT_EQ(gone_, 1);
}

TEST_F(NeighboursTest, ASweepIsTheLeadersAndForWhoWentAMomentAgo) {
  see({node("a", kLease + 1)});
  EXPECT_THAT(said(), HasSubstr("a node is gone"));
  see({node("b", kDayMs)}, true);
  EXPECT_THAT(said(), HasSubstr("a node is gone"));
  EXPECT_EQ(gone_, 0);
}

TEST_F(NeighboursTest, AFormerStartIsNoSecondNodeOfThatName) {
  NodeState former = node("own", kSecondMs);
  former.id = "former";
  see({former});
  see({former});
  EXPECT_THAT(said(), IsEmpty());
  ++former.seen_at;
  see({former});
  EXPECT_THAT(said(), HasSubstr("own is the name of two nodes"));
}

}  // namespace
}  // namespace headroom
