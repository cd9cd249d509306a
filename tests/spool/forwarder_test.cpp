#include "spool/forwarder.h"

#include <gmock/gmock.h>

#include <chrono>
#include <iostream>

#include "tests/spool/detour_fixture.h"

namespace headroom {
namespace {

using Kind = StorageError::Kind;
using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class ForwarderTest : public DetourTest {
 protected:
  // A backlog, with the database as it was.
  void backlog(std::size_t count) {
    straight_.failing = Kind::kUnavailable;
    take(0, count);
    straight_.failing.reset();
    said_.clear();
  }
};

TEST_F(ForwarderTest, SendsTheOldestFirstSoManyAtATime) {
  backlog(600);
  forward();
  EXPECT_THAT(forwarding_.sizes, ElementsAre(256, 256, 88));
  EXPECT_THAT(stored(), groups(0, 600));
  EXPECT_EQ(told_stored_, 600);
}

TEST_F(ForwarderTest, TriesOnceASecond) {
  backlog(3);
  forwarding_.failing = Kind::kUnavailable;
  EXPECT_EQ(forwarder_->step() - clock_.steady_now(), kSecondMs);
  EXPECT_THAT(forwarding_.sizes, SizeIs(1));
  EXPECT_EQ(spooling_->state().away, "injected");
}

TEST_F(ForwarderTest, WakesTheScheduler) {
  backlog(3);
  database_.full_groups = {"g1"};
  forward();
  EXPECT_EQ(told_due_, 1);
}

TEST_F(ForwarderTest, ACrashBeforeTheRemovalStoresNothingTwice) {
  backlog(300);
  forwarding_.after = [this] { faults_.on_write = SQLITE_IOERR_WRITE; };  // as good as a kill: nothing more is written
  forward();
  EXPECT_THAT(stored(), groups(0, 256));
  forwarding_.after = nullptr;
  faults_.on_write = SQLITE_OK;
  start();
  EXPECT_EQ(spool_->depth(), 300);
  told_stored_ = 0;
  forward();
  EXPECT_THAT(stored(), groups(0, 300));
  EXPECT_EQ(told_stored_, 44);  // the others were there
}

// Nothing is removed that the database has not taken.
TEST_F(ForwarderTest, NothingGoesBeforeItIsStored) {
  backlog(3);
  forwarding_.before = [this] {
    EXPECT_EQ(spool_->depth(), 3);
    forwarding_.failing = Kind::kUnknown;
  };
  forward();
  start();
  EXPECT_EQ(spool_->depth(), 3);
}

TEST_F(ForwarderTest, WhatTheDatabaseRefusesIsSetAside) {
  backlog(10);
  database_.refused_groups = {"g0", "g4"};
  forward();
  EXPECT_EQ(spool_->depth(), 0);
  EXPECT_EQ(spool_->refused(), 2);
  EXPECT_THAT(stored(), ElementsAre("g1", "g2", "g3", "g5", "g6", "g7", "g8", "g9"));
  EXPECT_THAT(said_, ElementsAre("refused g0: no g0", "refused g4: no g4", "ended: 0 ms, 8"));
  EXPECT_FALSE(spooling_->state().spooling);
  EXPECT_EQ(spooling_->state().refused, 2);

  database_.refused_groups = {"g4"};
  start();  // another chance
  EXPECT_EQ(spool_->depth(), 2);
  take(10);
  forward();
  EXPECT_THAT(stored(), testing::Contains("g0"));
  EXPECT_EQ(spool_->refused(), 1);
}

TEST_F(ForwarderTest, AStepEndsInTime) {
  backlog(256);
  database_.refused_groups = {"g200"};
  forwarding_.before = [this] { pass(2 * kSecondMs); };
  forwarder_->step();
  EXPECT_THAT(forwarding_.sizes, ElementsAre(256, 128, 128));
  for (int i = 0; i < 500 && spooling_->spooling(); ++i) forward();
  EXPECT_EQ(spool_->refused(), 1);
  EXPECT_THAT(stored(), SizeIs(255));
}

// However slow it is to refuse it.
TEST_F(ForwarderTest, ABrokenEventIsFoundByASlowDatabaseToo) {
  backlog(256);
  database_.refused_groups = {"g0"};
  forwarding_.before = [this] { pass(kMinuteMs); };
  for (int i = 0; i < 500 && spooling_->spooling(); ++i) forward();
  EXPECT_EQ(spool_->refused(), 1);
  EXPECT_THAT(stored(), SizeIs(255));
}

TEST_F(ForwarderTest, AnEventIsTriedBeforeItIsSetAside) {
  backlog(2);
  database_.refused_groups = {"g1"};
  int attempts = 0;
  forwarding_.before = [&] {
    if (++attempts == 4) database_.refused_groups.clear();  // the pair, the first, twice the second
  };
  forward();
  EXPECT_EQ(spool_->refused(), 0);
  EXPECT_THAT(stored(), groups(0, 2));
}

// Then nothing says that it is the event's fault.
TEST_F(ForwarderTest, ADatabaseThatRefusesAllSetsNothingAsideForAMinute) {
  backlog(2);
  database_.refused_groups = {"g0", "g1"};
  for (int second = 0; second < 59; ++second) {
    forward();
    pass(kSecondMs);
  }
  EXPECT_EQ(spool_->refused(), 0);
  forward();
  EXPECT_EQ(spool_->refused(), 2);
  EXPECT_FALSE(spooling_->spooling());
}

TEST_F(ForwarderTest, ManyRefusedOnesDoNotStandInTheWayForEver) {
  backlog(400);
  for (int i = 0; i < 300; ++i) database_.refused_groups.insert("g" + std::to_string(i));
  for (int second = 0; second < 3600 && spooling_->spooling(); ++second) {
    forward();
    pass(kSecondMs);
  }
  EXPECT_EQ(spool_->refused(), 300);
  EXPECT_THAT(stored(), groups(300, 400));
}

TEST_F(ForwarderTest, SendsToItsOwnDatabaseAlone) {
  std::string identity = "A";
  std::optional<Kind> silent = Kind::kUnavailable;
  std::optional<DatabaseProblem::Kind> foreign;
  forwarder_options_.foreign = [&](const DatabaseProblem& problem) { foreign = problem.kind(); };
  forwarder_options_.identity = [&] {
    if (silent) throw StorageError(*silent, "no answer");
    return identity;
  };
  start();
  backlog(3);
  forward();
  EXPECT_THAT(forwarding_.sizes, IsEmpty());
  EXPECT_EQ(spooling_->state().away, "no answer");
  silent.reset();
  forward();
  EXPECT_THAT(stored(), groups(0, 3));
  EXPECT_EQ(spool_->identity(), "A");

  // Another one answers behind a failure.
  straight_.failing = forwarding_.failing = Kind::kUnavailable;
  take(3);
  forward();
  straight_.failing = forwarding_.failing = std::nullopt;
  identity = "B";
  forward();
  EXPECT_THAT(stored(), groups(0, 3));
  EXPECT_THAT(spooling_->state().failure, testing::HasSubstr("another database"));
  EXPECT_EQ(foreign, DatabaseProblem::Kind::kForeignApp);
  pass(kMinuteMs);
  forward();
  EXPECT_THAT(stored(), groups(0, 3)) << "no wait mends that";
  EXPECT_THAT(take(4), Each(Recorded::kFailed));
}

// While nothing is in it, too: what comes when the database is away is that one's.
TEST_F(ForwarderTest, AnEmptySpoolLearnsWhoseItIs) {
  std::string identity = "A";
  std::optional<Kind> silent = Kind::kUnavailable;
  forwarder_options_.identity = [&] {
    if (silent) throw StorageError(*silent, "no answer");
    return identity;
  };
  start();
  forward();
  EXPECT_EQ(spooling_->state().away, "no answer");
  silent.reset();
  forward();
  EXPECT_EQ(spooling_->state().away, "");
  EXPECT_FALSE(spooling_->state().spooling);
  EXPECT_EQ(spool_->identity(), "A");
  silent = straight_.failing = Kind::kUnavailable;
  take(0);
  start();
  silent.reset();
  identity = "B";
  forward();
  EXPECT_THAT(stored(), IsEmpty());
  EXPECT_THAT(spooling_->state().failure, testing::HasSubstr("another database"));
}

// Nothing could be spooled, so only the question tells that the database is back.
TEST_F(ForwarderTest, AnEmptySpoolWaitsForTheDatabaseToo) {
  bool answers = false;
  forwarder_options_.identity = [&]() -> std::string {
    if (!answers) throw StorageError(Kind::kUnavailable, "no answer");
    return "A";
  };
  start();
  answers = true;
  backlog(1);
  forward();
  answers = false;
  straight_.sizes.clear();
  faults_.on_write = SQLITE_FULL;
  straight_.failing = Kind::kUnavailable;
  EXPECT_THAT(take(0), ElementsAre(Recorded::kFailed));
  forward();
  EXPECT_THAT(take(1), ElementsAre(Recorded::kFailed));
  EXPECT_THAT(straight_.sizes, SizeIs(1));
  EXPECT_TRUE(spooling_->state().spooling);
  faults_.on_write = SQLITE_OK;
  straight_.failing.reset();
  answers = true;
  forward();
  EXPECT_THAT(take(2), ElementsAre(Recorded::kRecorded));
}

TEST_F(ForwarderTest, ABacklogIsSentAfterARestart) {
  using Steady = std::chrono::steady_clock;
  constexpr std::size_t kEvents = 100'000;
  for (std::uint64_t first = 0; first < kEvents; first += 1000) {
    straight_.failing = Kind::kUnavailable;
    take(first, 1000);
    spool_->tidy();
  }
  straight_.failing.reset();
  start();
  const auto begun = Steady::now();
  forward();
  std::cout << kEvents << " events forwarded in " << std::chrono::duration<double>(Steady::now() - begun).count()
            << " s\n";
  EXPECT_FALSE(spooling_->spooling());
  EXPECT_EQ(stored(), groups(0, kEvents));
}

TEST_F(ForwarderTest, AnEmptySpoolCostsNothing) {
  forward();
  EXPECT_THAT(forwarding_.sizes, IsEmpty());
  EXPECT_THAT(said_, IsEmpty());
}

}  // namespace
}  // namespace headroom
