#include <gtest/gtest.h>

#include "engine/looks/membership.h"
#include "tests/support/test_database.h"

// A delete call that was carried out after the verification had given up: who comes back from it is a returner.
namespace headroom {
namespace {

using support::kNow;

constexpr std::int64_t kJoined = kNow / 1000 - 400 * 86400;

class LateRemovalTest : public testing::TestWithParam<Outcome> {
 protected:
  LateRemovalTest() {
    database_.commit([](Transaction& storage) {
      headroom::Run run;
      run.group_id = "g";
      run.id = storage.insert_run(run);
      RunMember member;
      member.account = "m";
      member.joined_at_s = kJoined;
      storage.insert_run_members(run.id, {member});
      storage.mark_sent(run.id, {"m"}, kNow - kHourMs);
      storage.finish_member(run.id, "m", GetParam(), 0);
    });
  }
  bool returned(std::optional<std::int64_t> join_time_s) {
    GroupInfo group;
    group.group_id = "g";
    const Standings standings(database_.view(), group, {"m"}, "administrator", kNow);
    return standings.context_of("m", join_time_s).returned_at.has_value();
  }

  support::TestDatabase database_;
};

TEST_P(LateRemovalTest, ANewerJoinTimeIsAReturn) {
  EXPECT_TRUE(returned(kJoined + 1));
  EXPECT_FALSE(returned(kJoined)) << "was there all the time";
  EXPECT_FALSE(returned(kJoined - 1));
  EXPECT_FALSE(returned(std::nullopt));
}

TEST_P(LateRemovalTest, WhoWasSeenBackOnceIsAReturnerForGood) {
  database_.commit([](Transaction& storage) { storage.note_rejoined("g", {"m"}, kNow - kMinuteMs); });
  EXPECT_TRUE(returned(kJoined));
}

INSTANTIATE_TEST_SUITE_P(Outcomes, LateRemovalTest,
                         testing::Values(Outcome::kUnknown, Outcome::kStillMember, Outcome::kError),
                         [](const auto& of) {
                           return of.param == Outcome::kUnknown ? "Unknown"
                                  : of.param == Outcome::kError ? "Error"
                                                                : "StillMember";
                         });

}  // namespace
}  // namespace headroom
