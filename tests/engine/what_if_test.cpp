#include <gmock/gmock.h>

#include <algorithm>

#include "admin/response.h"
#include "engine/runs/runner.h"
#include "engine/what_if/foresight.h"
#include "engine/what_if/hindsight.h"
#include "tests/support/pruning_world.h"

// What another policy would have done, and would do: against the runs that were, and the plan that then is made.
namespace headroom {
namespace {

using support::kNow;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

PolicyChange to(const std::function<void(Policy&)>& change) {
  return [change](Policy policy) {
    change(policy);
    return policy;
  };
}
const PolicyChange kNoChange = [](const Policy& policy) { return policy; };

class WhatIfTest : public testing::Test, protected support::PruningWorld {
 protected:
  using Run = headroom::Run;

  WhatIfTest() : PruningWorld(SchedulerMode::kPlan) {
    settings_.policy.target_headroom = Share::count(2);
    take_over();
    database_.commit([](Transaction& storage) { storage.save_group(full_group()); });
  }
  Member& member(int i) { return chat_.members["g"].at(static_cast<std::size_t>(i)); }
  void spoke(int i, int days_ago) { member(i).last_sent_time_s = clock_.now() / 1000 - days_ago * 86400; }
  std::vector<std::string> plan() {
    Runner(
        chat_, database_, view(), clock_, cell_, gate_, [] { return 0.5; }, observer_, self_pause_)
        .prune_group("g");
    std::vector<std::string> accounts;
    for (const RunMember& row : view().plan(*view().find_group("g")->last_run_id)) accounts.push_back(row.account);
    return accounts;
  }
  Result<WhatIf> ask_past(const PolicyChange& change, std::optional<TimeMs> since = {}, DurationMs within = kMinuteMs) {
    return Hindsight(view(), clock_, "administrator").ask(change, since, clock_.steady_now() + within);
  }
  WhatIf past(const PolicyChange& change) { return std::get<WhatIf>(ask_past(change)); }
  Result<WhatIf> ask_now(const PolicyChange& change, DurationMs within = kMinuteMs) {
    Foresight foresight(chat_, view(), clock_, cell_, pause_, [] { return 0.5; });
    return foresight.ask("g", change, clock_.steady_now() + within);
  }
  WhatIf now(const PolicyChange& change) { return std::get<WhatIf>(ask_now(change)); }
  static std::vector<std::pair<std::string, Why>> names(const std::vector<WhatIfName>& list) {
    std::vector<std::pair<std::string, Why>> found;
    for (const WhatIfName& name : list) found.emplace_back(name.account, name.why_then.value_or(Why::kOverLimit));
    return found;
  }
  static int status_of(const Result<WhatIf>& result) {
    const auto* denied = std::get_if<Denied>(&result);
    return denied == nullptr ? 200 : admin::status_of(denied->kind);
  }
};

TEST_F(WhatIfTest, TheSamePolicyNamesNobody) {
  EXPECT_THAT(plan(), ElementsAre("m0", "m1"));
  const WhatIf same = past(kNoChange);
  EXPECT_EQ(same.runs, 1);
  EXPECT_EQ(same.would_remove, 2);
  EXPECT_EQ(same.did_remove, 2);
  EXPECT_THAT(same.added, IsEmpty());
  EXPECT_THAT(same.spared, IsEmpty());
  EXPECT_EQ(same.counted_only, 0);
}

TEST_F(WhatIfTest, MoreSeatsTakeWhoWouldGoNextAndSaysWhyTheyStayed) {
  plan();
  const WhatIf more = past(to([](Policy& policy) { policy.target_headroom = Share::count(4); }));
  EXPECT_EQ(more.would_remove, 4);
  EXPECT_THAT(names(more.added), ElementsAre(Pair("m10", Why::kNotNeeded), Pair("m11", Why::kNotNeeded)));
  ASSERT_TRUE(more.added[0].run_id);
  EXPECT_EQ(view().find_run(*more.added[0].run_id)->group_id, "g");
}

TEST_F(WhatIfTest, ALongerSilenceSparesThem) {
  settings_.policy.inactive_for = 30 * kDayMs;
  take_over();
  plan();
  const WhatIf spared = past(to([](Policy& policy) { policy.inactive_for = 500 * kDayMs; }));
  EXPECT_EQ(spared.would_remove, 0);
  EXPECT_THAT(names(spared.spared), ElementsAre(Pair("m0", Why::kInactive), Pair("m1", Why::kInactive)));
  EXPECT_EQ(spared.spared[0].why, Why::kActive);
}

// Who spoke 40 days ago was kept as active, and nobody asked whether he was online.
TEST_F(WhatIfTest, WhatNobodyAskedForIsNotTakenForInactivity) {
  settings_.policy.inactive_for = 90 * kDayMs;
  take_over();
  for (int i = 0; i < kMembers; ++i) spoke(i, i == 7 ? 300 : 40);
  EXPECT_THAT(plan(), ElementsAre("m7"));
  const PolicyChange shorter = to([](Policy& policy) { policy.inactive_for = 30 * kDayMs; });
  const WhatIf unproven = past(shorter);
  EXPECT_EQ(unproven.would_remove, 1);
  EXPECT_THAT(unproven.added, IsEmpty());
  EXPECT_EQ(unproven.counted_only, 1) << "two seats are wanted, and one is taken";

  const PolicyChange blind = to([](Policy& policy) {
    policy.inactive_for = 30 * kDayMs;
    policy.protect_online = false;
  });
  EXPECT_THAT(names(past(blind).added), ElementsAre(Pair("m0", Why::kActive))) << "a rule that asks nothing knows";
}

TEST_F(WhatIfTest, AGroupOutsideTheOtherScopeIsLeftAlone) {
  plan();
  const WhatIf outside = past(to([](Policy& policy) { policy.scope.except_groups = *Globs::parse("g"); }));
  EXPECT_EQ(outside.would_remove, 0);
  ASSERT_EQ(outside.spared.size(), 2U);
  EXPECT_EQ(outside.spared[0].left_alone, Reason::kOutOfScope);
}

TEST_F(WhatIfTest, WhoCameBackIsCounted) {
  settings_.mode = SchedulerMode::kPrune;
  take_over();
  EXPECT_THAT(plan(), ElementsAre("m0", "m1"));
  clock_.sleep(kDayMs);
  database_.commit([&](Transaction& storage) { storage.note_rejoined("g", {"m1"}, clock_.now()); });
  EXPECT_EQ(past(kNoChange).came_back, 1);
  EXPECT_EQ(past(to([](Policy& policy) { policy.inactive_for = 500 * kDayMs; })).came_back, 0);
}

TEST_F(WhatIfTest, OlderRunsAreLeftOut) {
  plan();
  clock_.sleep(91 * kDayMs);
  EXPECT_EQ(past(kNoChange).runs, 0);
  EXPECT_EQ(std::get<WhatIf>(ask_past(kNoChange, kNow - kDayMs)).runs, 1);
  EXPECT_EQ(std::get<WhatIf>(ask_past(kNoChange, TimeMs{0})).runs, 1);
}

TEST_F(WhatIfTest, NotMoreThanAThousandNames) {
  settings_.policy.max_removals_per_run = 2000;
  settings_.policy.max_removed_share = Share::percent(100);
  settings_.policy.target_headroom = Share::count(1500);
  settings_.policy.max_removals_per_day = 0;
  settings_.policy.max_removals_per_group_day = 0;
  take_over();
  chat_.put_group("g", "Public", 2000, 2000);
  chat_.members["g"].clear();
  for (int i = 0; i < 2000; ++i) chat_.members["g"].push_back(idle_member(i));
  for (int i = 0; i < 2000; ++i) chat_.presence[account_of(i)] = Presence::kOffline;
  EXPECT_EQ(plan().size(), 1500U);
  const WhatIf many = past(to([](Policy& policy) { policy.inactive_for = 500 * kDayMs; }));
  EXPECT_EQ(many.spared.size(), kMaxWhatIfNames);
  EXPECT_TRUE(many.truncated);
  EXPECT_EQ(many.did_remove, 1500);
}

// The rows of who was kept go after a while, and in a large group they were never there.
TEST_F(WhatIfTest, WithoutRowsTheyAreCounted) {
  settings_.kept_members_up_to = 10;
  take_over();
  EXPECT_THAT(plan(), ElementsAre("m0", "m1"));
  const WhatIf more = past(to([](Policy& policy) { policy.target_headroom = Share::count(4); }));
  EXPECT_EQ(more.would_remove, 2);
  EXPECT_EQ(more.counted_only, 2);
  EXPECT_THAT(more.added, IsEmpty());
}

TEST_F(WhatIfTest, ItTakesNoLongerThanSomebodyWaits) {
  plan();
  EXPECT_EQ(status_of(ask_past(kNoChange, std::nullopt, 0)), 504);
}

// What it says is what the next plan does, once that policy is in force.
TEST_F(WhatIfTest, AGroupNowIsTheNextPlan) {
  for (int i = 0; i < kMembers; ++i) spoke(i, i % 2 == 0 ? 40 : 3);
  chat_.presence["m0"] = Presence::kOnline;
  settings_.policy.inactive_for = 90 * kDayMs;
  take_over();
  const PolicyChange shorter = to([](Policy& policy) { policy.inactive_for = 30 * kDayMs; });
  EXPECT_EQ(now(kNoChange).reason, Reason::kNobodyRemovable);
  const WhatIf ahead = now(shorter);
  EXPECT_THAT(names(ahead.added), ElementsAre(Pair("m10", Why::kActive), Pair("m12", Why::kActive)));
  EXPECT_EQ(ahead.would_remove, 2);
  EXPECT_FALSE(ahead.added[0].run_id);
  EXPECT_FALSE(view().find_group("g")->last_run_id) << "nothing is stored";

  settings_.policy = shorter(settings_.policy);
  take_over();
  EXPECT_THAT(plan(), ElementsAre("m10", "m12"));
}

TEST_F(WhatIfTest, AGroupNowCountsWhoWaitsForASecondLook) {
  chat_.groups["g"].next_msg_seq = 1001;
  for (Member& one : chat_.members["g"]) one.msg_seq = 10;
  const WhatIf twice = now(to([](Policy& policy) { policy.second_look = kDayMs; }));
  EXPECT_EQ(twice.would_remove, 0);
  EXPECT_EQ(twice.reason, Reason::kSecondLook);
  EXPECT_EQ(twice.counted_only, 2);
  EXPECT_THAT(view().first_looks("g", {"m0"}), IsEmpty()) << "nothing is noted";
}

TEST_F(WhatIfTest, AGroupNowSaysWhyNobodyWouldGo) {
  chat_.put_group("g", "Public", kMembers - 1, kMembers);
  EXPECT_EQ(now(kNoChange).reason, Reason::kHasRoom);
  chat_.put_group("g", "AVChatRoom", kMembers, kMembers);
  EXPECT_EQ(now(kNoChange).reason, Reason::kUnsupportedType);
}

TEST_F(WhatIfTest, AGroupNowGoesByNoLimitOfADay) {
  settings_.policy.max_removals_per_day = 1;
  take_over();
  EXPECT_EQ(now(kNoChange).would_remove, 2);
}

// The question is what a policy would do: a raise is no policy's, and has a limit of a day.
TEST_F(WhatIfTest, AGroupNowSaysWhoWouldGoWhereItsLimitMayBeRaised) {
  settings_.capacity.ceilings = *Ceilings::parse("Public:2000");
  for (const std::int64_t a_day : {0, 1}) {
    for (const CapacityMode mode : {CapacityMode::kOff, CapacityMode::kSuggest, CapacityMode::kRaise}) {
      settings_.capacity.mode = mode;
      settings_.capacity.max_raises_per_day = a_day;
      take_over();
      const WhatIf ahead = now(kNoChange);
      EXPECT_EQ(ahead.reason, Reason()) << static_cast<int>(mode);
      EXPECT_EQ(ahead.would_remove, 2) << static_cast<int>(mode);
      EXPECT_THAT(names(ahead.added), ElementsAre(Pair("m0", Why::kInactive), Pair("m1", Why::kInactive)));
    }
  }
}

TEST_F(WhatIfTest, AGroupNowThatCanNotBeAskedFor) {
  chat_.groups.erase("g");
  EXPECT_EQ(status_of(ask_now(kNoChange)), 404);
  chat_.put_group("g", "Public", kMembers, kMembers);
  chat_.list_members_refusals = {{ChatOutcome::kRefused, 10002}};
  EXPECT_EQ(status_of(ask_now(kNoChange)), 503);
  chat_.list_members_refusals.clear();
  EXPECT_EQ(status_of(ask_now(kNoChange, 0)), 503) << "the time is over";
  settings_.mode = SchedulerMode::kObserve;
  take_over();
  EXPECT_EQ(status_of(ask_now(kNoChange)), 409);
}

}  // namespace
}  // namespace headroom
