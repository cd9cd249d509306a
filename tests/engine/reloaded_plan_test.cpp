#include <gmock/gmock.h>

#include <functional>

#include "engine/runs/runner.h"
#include "tests/support/pruning_world.h"

// A plan that is made again after a reload: whoever approves it approves the policy that it was made by.
namespace headroom {
namespace {

using support::kNow;

struct Key {
  const char* name = "";
  std::function<void(Policy&)> change;
  bool says_who_may_go = true;
};
void PrintTo(const Key& key, std::ostream* out) { *out << key.name; }

class ReloadedPlanTest : public testing::TestWithParam<Key>, protected support::PruningWorld {
 protected:
  ReloadedPlanTest() : PruningWorld(SchedulerMode::kPlan) {
    settings_.policy = {};
    take_over();
    chat_.groups["g"].next_msg_seq = 100'000;
    for (Member& member : chat_.members["g"]) member.msg_seq = 1;
    database_.commit([](Transaction& storage) { storage.save_group(full_group()); });
  }
  // Another look, once the group has cooled down.
  headroom::Run plan() {
    clock_.advance(2 * kHourMs);
    runner_.prune_group("g");
    return *view().find_run(*view().find_group("g")->last_run_id);
  }

  Runner runner_{chat_, database_, view(), clock_, cell_, gate_, [] { return 0.5; }, observer_, self_pause_};
};

TEST_P(ReloadedPlanTest, AnotherRuleMakesAnotherRun) {
  const headroom::Run first = plan();
  ASSERT_EQ(first.state, RunState::kPlanned) << first.reason;
  const headroom::Run again = plan();
  EXPECT_EQ(again.id, first.id) << "the same look is a confirmation";
  EXPECT_TRUE(again.confirmed_at);
  GetParam().change(settings_.policy);
  cell_.set(settings_);
  const headroom::Run after = plan();
  ASSERT_EQ(after.selected, first.selected) << "the same members in any case";
  EXPECT_EQ(after.id != first.id, GetParam().says_who_may_go);
  if (GetParam().says_who_may_go) {
    EXPECT_EQ(after.policy, settings_.policy);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Keys, ReloadedPlanTest,
    testing::Values(Key{"inactive_for", [](Policy& p) { p.inactive_for += kDayMs; }},
                    Key{"newcomer_grace", [](Policy& p) { p.newcomer_grace += kDayMs; }},
                    Key{"protect_online", [](Policy& p) { p.protect_online = !p.protect_online; }},
                    Key{"reader_backlog", [](Policy& p) { p.reader_backlog = 50; }},
                    Key{"max_removals_per_run", [](Policy& p) { p.max_removals_per_run -= 1; }, false},
                    Key{"max_removals_per_day", [](Policy& p) { p.max_removals_per_day -= 1; }, false},
                    Key{"silence", [](Policy& p) { p.silence = !p.silence; }, false}),
    [](const auto& key) { return std::string(key.param.name); });

}  // namespace
}  // namespace headroom
