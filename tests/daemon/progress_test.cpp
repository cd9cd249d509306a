#include "daemon/progress.h"

#include <gtest/gtest.h>

#include <chrono>

namespace headroom {
namespace {

class ProgressTest : public testing::Test {
 protected:
  void pass(std::chrono::milliseconds time) { now_ += time; }

  std::chrono::steady_clock::time_point now_{std::chrono::hours(1)};
  Progress progress_{[this] { return now_; }};
};

TEST_F(ProgressTest, WhoRestsIsNotStuck) {
  Progress::Pulse& pulse = progress_.add("worker", 1000);
  pass(std::chrono::hours(1));
  EXPECT_FALSE(progress_.stuck());
  pulse.beat();
  pulse.rest();
  pass(std::chrono::hours(1));
  EXPECT_FALSE(progress_.stuck());
}

TEST_F(ProgressTest, AStepMayTakeItsTimeAndNoLonger) {
  Progress::Pulse& pulse = progress_.add("worker", 1000);
  for (int i = 0; i < 10; ++i) {
    pulse.beat();
    pass(std::chrono::milliseconds(1000));
    EXPECT_FALSE(progress_.stuck());
  }
  pass(std::chrono::milliseconds(1));
  EXPECT_EQ(progress_.stuck(), "worker");
  pulse.beat();
  EXPECT_FALSE(progress_.stuck());
}

TEST_F(ProgressTest, OneThatMovesDoesNotHideOneThatDoesNot) {
  Progress::Pulse& first = progress_.add("commit queue", 1000);
  Progress::Pulse& second = progress_.add("scheduler", 500);
  second.beat();
  for (int i = 0; i < 2; ++i) {
    pass(std::chrono::milliseconds(400));
    first.beat();
  }
  EXPECT_EQ(progress_.stuck(), "scheduler");
}

}  // namespace
}  // namespace headroom
