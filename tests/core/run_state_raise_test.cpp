// The life of a run that sets a limit.
#include <gtest/gtest.h>

#include <initializer_list>
#include <optional>

#include "headroom/run_state.h"
#include "tests/support/reason_words.h"

namespace headroom {
namespace {

constexpr TimeMs kNow = 1'000'000;

// What a run that sets a limit came to.
TEST(RunState, OfARaise) {
  struct Row {
    const char* what;
    RunMode mode;
    bool sent;
    std::optional<std::int64_t> limit;  // by the look behind it
    Reason reason;
    RunState state;
    const char* word;
  };
  constexpr auto kRaise = RunMode::kRaise;  // from 200 to 240
  constexpr auto kBack = RunMode::kRestore;
  for (const Row& row : std::initializer_list<Row>{
           {"done", kRaise, true, 240, {}, RunState::kSucceeded, ""},
           {"cut", kRaise, true, 220, {}, RunState::kSucceeded, ""},
           {"more than was asked for", kRaise, true, 500, {}, RunState::kSucceeded, ""},
           {"OK, and nothing set", kRaise, true, 200, Reason::kNotRaised, RunState::kFailed, "not_raised"},
           {"lowered at once", kRaise, true, 150, Reason::kNotRaised, RunState::kFailed, "not_raised"},
           {"refused", kRaise, false, 200, Reason::of_chat(10038), RunState::kFailed, "chat_error_10038"},
           {"refused, and raised by somebody else", kRaise, false, 300, Reason::of_chat(10007), RunState::kFailed,
            "chat_error_10007"},
           {"no answer, and nothing set", kRaise, true, 200, Reason::of_chat(0), RunState::kFailed, "chat_unreachable"},
           {"room again", kRaise, false, 200, Reason::kHasRoom, RunState::kNothingToDo, "has_room"},
           {"the rules do not allow it any more", kRaise, false, 200, Reason::kNotRaised, RunState::kNothingToDo,
            "not_raised"},
           {"paused", kRaise, false, 200, Reason::kPaused, RunState::kNothingToDo, "paused"},
           {"paused, and a lost call was done", kRaise, true, 240, Reason::kPaused, RunState::kSucceeded, ""},
           {"interrupted before it was sent", kRaise, false, std::nullopt, Reason::kInterrupted, RunState::kNothingToDo,
            "interrupted"},
           {"interrupted, and nothing came of it", kRaise, true, 200, Reason::kInterrupted, RunState::kNothingToDo,
            "interrupted"},
           {"interrupted, and done", kRaise, true, 240, Reason::kInterrupted, RunState::kSucceeded, "interrupted"},
           {"nobody will ever know", kRaise, true, std::nullopt, Reason::kInterrupted, RunState::kFailed,
            "interrupted"},
           {"gone", kRaise, true, std::nullopt, Reason::kGone, RunState::kNothingToDo, "gone"},
           {"set back", kBack, true, 200, {}, RunState::kSucceeded, ""},
           {"set back, and not quite", kBack, true, 240, Reason::kNotRaised, RunState::kFailed, "not_raised"},
           {"back already", kBack, false, 200, {}, RunState::kNothingToDo, "not_raised"},
       }) {
    headroom::Run run;
    run.mode = row.mode;
    run.raise.emplace();
    run.raise->from = row.mode == kBack ? 240 : 200;
    run.raise->to = row.mode == kBack ? 200 : 240;
    if (row.sent) run.raise->sent_at = kNow;
    close_raise(run, row.reason, row.limit, kNow);
    EXPECT_EQ(run.state, row.state) << row.what;
    EXPECT_EQ(run.reason, row.word) << row.what;
    EXPECT_EQ(run.finished_at, kNow) << row.what;
  }
}

TEST(RunState, ARaiseKeepsItsModeAndActsByTheWordOfWhoBeganIt) {
  headroom::Run run;
  run.mode = RunMode::kRaise;
  run.raise = Raise{200, 240, RunMode::kPlan, std::nullopt};
  plan_made(run);
  EXPECT_EQ(after_plan(run, WaitsFor::kNobody), AfterPlan::kIsAll);
  run.raise->as = RunMode::kApprove;
  EXPECT_EQ(after_plan(run, WaitsFor::kNobody), AfterPlan::kWaits);
  await_approval(run, WaitsFor::kNobody);
  EXPECT_EQ(run.waits_for, WaitsFor::kMode);
  plan_made(run);
  run.raise->as = RunMode::kPrune;
  EXPECT_EQ(after_plan(run, WaitsFor::kNobody), AfterPlan::kBegins);
  run.raise->as = RunMode::kPlan;
  begin_approved(run, kNow);
  EXPECT_EQ(run.mode, RunMode::kRaise);
  EXPECT_EQ(acts_as(run), RunMode::kApprove);
}

TEST(RunState, AnotherLimitIsAnotherAnswer) {
  headroom::Run last;
  last.mode = RunMode::kRaise;
  last.raise = Raise{200, 240, RunMode::kPlan, std::nullopt};
  plan_made(last);
  headroom::Run run = last;
  EXPECT_TRUE(says_the_same(last, run));
  run.raise->to = 250;
  EXPECT_FALSE(says_the_same(last, run));
}

}  // namespace
}  // namespace headroom
