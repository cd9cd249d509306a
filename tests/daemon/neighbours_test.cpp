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
  // As a node does, several times in a lease; the last time with these.
  void watch(std::vector<NodeState> last, bool leads = false) {
    for (int i = 0; i < 4; ++i) {
      see({}, leads);
      clock_.advance(kLease / 3);
    }
    see(std::move(last), leads);
  }
  std::string said() { return std::exchange(out_, {}).str(); }

  VirtualClock clock_{kNow};
  std::ostringstream out_;
  Log log_{out_, LogFormat::kText, LogLevel::kInfo, Log::Journal::kNo};
  int living_ = 0;
  int gone_ = 0;
  bool refuses_ = false;
  Neighbours neighbours_{clock_,
                         log_,
                         kLease,
                         {[this](int living, bool) { living_ = living; },
                          [this](const std::function<void()>& refused) {
                            ++gone_;
                            if (refuses_) refused();
                          }}};
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
  watch({node("a")}, true);
  EXPECT_THAT(said(), IsEmpty());
  see({node("a", kLease + 1)}, true);
  EXPECT_THAT(said(), testing::AllOf(HasSubstr("a node is gone"), HasSubstr("node=a"), HasSubstr("spool=0")));
  EXPECT_EQ(gone_, 1);
  see({node("a", kLease + 2)}, true);
  EXPECT_THAT(said(), IsEmpty());
  EXPECT_EQ(gone_, 1);
}

TEST_F(NeighboursTest, WhoComesBackMayBeMissedAgain) {
  watch({node("a", kLease + 1)});
  EXPECT_THAT(said(), HasSubstr("a node is gone"));
  see({node("a")});
  see({node("a", kLease + 1)});
  EXPECT_THAT(said(), HasSubstr("a node is gone"));
}

// The database was away for all of them, and this one is the first to be back.
TEST_F(NeighboursTest, NobodyIsMissedBehindAnOutage) {
  watch({node("a")}, true);
  clock_.advance(2 * kLease);
  see({node("a", 2 * kLease)}, true);
  see({node("a")}, true);
  EXPECT_THAT(said(), IsEmpty());
  EXPECT_EQ(gone_, 0);
  watch({node("a", kLease + 1)}, true);
  EXPECT_EQ(gone_, 1);
}

TEST_F(NeighboursTest, NobodyIsMissedAtOnceAfterAStart) {
  see({node("a", kLease + 1)}, true);
  EXPECT_THAT(said(), IsEmpty());
}

// It was the one that led.
TEST_F(NeighboursTest, WhoLeadsNextSweeps) {
  watch({node("a", kLease + 1)});
  EXPECT_THAT(said(), HasSubstr("a node is gone"));
  EXPECT_EQ(gone_, 0);
  see({node("a", kLease + 2)}, true);
  EXPECT_EQ(gone_, 1);
  see({node("a", kLease + 3)}, true);
  EXPECT_EQ(gone_, 1);
}

// Paused, say, or for as long as another sweep runs.
TEST_F(NeighboursTest, ASweepThatIsRefusedStaysOwed) {
  refuses_ = true;
  watch({node("a", kLease + 1)}, true);
  ASSERT_EQ(gone_, 1);
  see({}, true);
  EXPECT_EQ(gone_, 1) << "not at once";
  for (int i = 0; i < 3 * kHourMs / (kLease / 3); ++i) {
    clock_.advance(kLease / 3);
    see({}, true);
  }
  EXPECT_GT(gone_, 10) << "however long";
  const int before = gone_;
  refuses_ = false;
  for (int i = 0; i < 20 * kMinuteMs / (kLease / 3); ++i) {
    clock_.advance(kLease / 3);
    see({}, true);
  }
  EXPECT_EQ(gone_, before + 1);
}

TEST_F(NeighboursTest, ASweepIsTheLeadersAndForWhoWentAMomentAgo) {
  NodeState leader = node("b");
  leader.leads = true;
  watch({node("a", kLease + 1), leader});
  see({node("a", kLease + 2)}, true);
  EXPECT_EQ(gone_, 0) << "b led when it went";
  see({node("c", kDayMs)}, true);
  EXPECT_THAT(said(), HasSubstr("node=c"));
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
