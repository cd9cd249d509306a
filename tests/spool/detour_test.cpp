#include "spool/detour.h"

#include <gmock/gmock.h>

#include "tests/spool/detour_fixture.h"

namespace headroom {
namespace {

using Kind = StorageError::Kind;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

TEST_F(DetourTest, GoesStraightWhileTheDatabaseAnswers) {
  database_.full_groups = {"g1"};
  EXPECT_THAT(take(0, 3), Each(Recorded::kRecorded));
  EXPECT_THAT(stored(), ElementsAre("g0", "g1", "g2"));
  EXPECT_EQ(spool_->depth(), 0);
  EXPECT_FALSE(spooling_->state().spooling);
  EXPECT_EQ(told_stored_, 3);
  EXPECT_EQ(told_due_, 1);
  EXPECT_THAT(said_, IsEmpty());
}

TEST_F(DetourTest, OfWhatItRepeatsTheFirstOneIsStored) {
  database_.ids.insert(test::intake_id(2));
  EXPECT_THAT(take(0, 3), ElementsAre(Recorded::kRecorded, Recorded::kDuplicate, Recorded::kRecorded));
  EXPECT_EQ(told_stored_, 2);
}

// Every error of which the next batch would die as well.
TEST_F(DetourTest, ADatabaseThatFailsIsWaitedForOnce) {
  for (const Kind kind :
       {Kind::kUnavailable, Kind::kUnknown, Kind::kConflict, Kind::kTimeout, Kind::kFull, Kind::kFatal}) {
    SCOPED_TRACE(static_cast<int>(kind));
    straight_.sizes.clear();
    straight_.failing = forwarding_.failing = kind;
    EXPECT_THAT(take(0, 3), Each(Recorded::kSpooled));
    EXPECT_THAT(take(3, 1), Each(Recorded::kSpooled));
    forward();
    EXPECT_THAT(take(4, 1), Each(Recorded::kSpooled));
    EXPECT_THAT(straight_.sizes, ElementsAre(3));
    EXPECT_TRUE(spooling_->state().spooling);
    EXPECT_EQ(spooling_->state().depth, 5);
    EXPECT_EQ(spooling_->state().away, "injected");
    straight_.failing = forwarding_.failing = std::nullopt;
    forward();
    EXPECT_THAT(stored(), groups(0, 5));
    EXPECT_FALSE(spooling_->state().spooling);
    EXPECT_EQ(spooling_->state().away, "");
    EXPECT_THAT(take(9, 1), Each(Recorded::kRecorded));
    database_.events.clear();
  }
}

TEST_F(DetourTest, SaysWhenItBeginsAndEnds) {
  straight_.failing = forwarding_.failing = Kind::kUnavailable;
  take(0, 2);
  pass(90 * kSecondMs);
  EXPECT_EQ(spooling_->state().away_for, 90 * kSecondMs);
  take(2, 1);
  forward();
  forwarding_.failing.reset();
  pass(kSecondMs);
  forward();
  EXPECT_THAT(said_, ElementsAre("began: injected", "ended: 91000 ms, 3"));
  EXPECT_EQ(spooling_->state().away_for, 0);
}

TEST_F(DetourTest, NewEventsGoBehindThoseInTheSpool) {
  straight_.failing = Kind::kUnavailable;
  take(0, 2);
  straight_.failing.reset();  // it is back, and nobody has forwarded yet
  EXPECT_THAT(take(2, 2), Each(Recorded::kSpooled));
  EXPECT_THAT(stored(), IsEmpty());
  forward();
  EXPECT_THAT(take(4, 1), Each(Recorded::kRecorded));
  EXPECT_THAT(stored(), ElementsAre("g0", "g1", "g2", "g3", "g4"));
}

// The last batch is under way, or stored, or removed and the spool seen to be empty, when another event comes.
TEST_F(DetourTest, NothingOvertakesAtTheEnd) {
  straight_.failing = Kind::kUnavailable;
  take(0, 3);
  straight_.failing.reset();
  std::uint64_t next = 3;
  int places = 0;
  const auto one_more = [&] {
    if (++places > 12) return;
    EXPECT_THAT(take(next++), Each(Recorded::kSpooled));
  };
  forwarding_.before = forwarding_.after = before_the_end_ = one_more;
  forward();
  EXPECT_FALSE(spooling_->spooling());
  EXPECT_THAT(take(next), Each(Recorded::kRecorded));
  EXPECT_THAT(stored(), groups(0, next + 1));
}

// The same with nothing else on the way.
TEST_F(DetourTest, AnEventThatComesWhenTheSpoolWasSeenEmptyKeepsTheWayClosed) {
  straight_.failing = Kind::kUnavailable;
  take(0);
  straight_.failing.reset();
  bool came = false;
  before_the_end_ = [&] {
    if (std::exchange(came, true)) return;
    EXPECT_THAT(take(1), Each(Recorded::kSpooled));
  };
  forwarder_->step();
  EXPECT_TRUE(spooling_->spooling());
  EXPECT_THAT(take(2), Each(Recorded::kSpooled));
  forward();
  EXPECT_THAT(stored(), groups(0, 3));
}

TEST_F(DetourTest, TheStraightWayStaysClosedWhileACallIsLostOnIt) {
  straight_.failing = Kind::kUnknown;
  take(0);
  straight_.failing.reset();
  free_ = false;
  forward();
  EXPECT_THAT(stored(), ElementsAre("g0"));
  EXPECT_THAT(take(1), Each(Recorded::kSpooled));
  forward();
  EXPECT_THAT(stored(), ElementsAre("g0", "g1"));
  free_ = true;
  forward();
  EXPECT_THAT(take(2), Each(Recorded::kRecorded));
}

// It was stored, and nobody knew.
TEST_F(DetourTest, ACommitThatArrivedAllTheSameIsStoredOnce) {
  straight_.failing_late = Kind::kUnknown;
  EXPECT_THAT(take(0, 3), Each(Recorded::kSpooled));
  EXPECT_THAT(stored(), SizeIs(3));
  straight_.failing_late.reset();
  take(3);
  forward();
  EXPECT_THAT(stored(), groups(0, 4));
}

TEST_F(DetourTest, WhatIsSentAgainHasTheIdOfItsFirstTime) {
  straight_.failing = Kind::kUnavailable;
  take(0, 2);
  forwarding_.failing_late = Kind::kUnknown;
  forward();
  start();
  forwarding_.failing_late.reset();
  forward();
  EXPECT_THAT(stored(), groups(0, 2));
  EXPECT_EQ(database_.events[0].intake_id, test::intake_id(1));
  EXPECT_EQ(database_.events[1].received_at, test::kNow + 1);
}

TEST_F(DetourTest, WhatAFormerProcessLeftGoesFirst) {
  straight_.failing = Kind::kUnavailable;
  take(0, 2);
  straight_.failing.reset();
  said_.clear();
  start();
  EXPECT_THAT(said_, ElementsAre(StartsWith("began: ")));
  EXPECT_TRUE(spooling_->state().spooling);
  EXPECT_THAT(take(2), Each(Recorded::kSpooled));
  forward();
  EXPECT_THAT(stored(), groups(0, 3));
}

TEST_F(DetourTest, OneBrokenEventFailsAlone) {
  database_.refused_groups = {"g5"};
  std::vector<Recorded> expected(1024, Recorded::kRecorded);
  expected[5] = Recorded::kFailed;
  EXPECT_EQ(take(0, 1024), expected);
  EXPECT_THAT(stored(), SizeIs(1023));
  EXPECT_THAT(straight_.sizes, SizeIs(testing::Le(24)));
  EXPECT_FALSE(spooling_->spooling());
}

TEST_F(DetourTest, ADatabaseThatRefusesAllIsNotTheEventsFault) {
  straight_.failing = Kind::kOther;
  const std::vector<Recorded> results = take(0, 8);
  EXPECT_THAT(results, ElementsAre(Recorded::kFailed, Recorded::kFailed, Recorded::kFailed, Recorded::kSpooled,
                                   Recorded::kSpooled, Recorded::kSpooled, Recorded::kSpooled, Recorded::kSpooled));
  EXPECT_THAT(take(8), ElementsAre(Recorded::kSpooled));
  straight_.failing.reset();
  forward();
  EXPECT_THAT(stored(), ElementsAre("g3", "g4", "g5", "g6", "g7", "g8"));
}

TEST_F(DetourTest, ManyBrokenEventsCostABoundedTime) {
  for (int i = 0; i < 1024; i += 2) database_.refused_groups.insert("g" + std::to_string(i));
  const auto results = take(0, 1024);
  EXPECT_THAT(straight_.sizes, SizeIs(testing::Le(64)));
  EXPECT_THAT(results, Contains(Recorded::kSpooled).Times(testing::Ge(900)));
  forward();
  pass(kHourMs);
  forward();
  EXPECT_EQ(stored().size() + static_cast<std::size_t>(spool_->refused()) +
                static_cast<std::size_t>(std::count(results.begin(), results.end(), Recorded::kFailed)),
            1024U);
}

TEST_F(DetourTest, ASlowDatabaseIsNotAskedPieceByPiece) {
  database_.refused_groups = {"g5"};
  straight_.before = [this] { pass(200); };
  const auto results = take(0, 8);
  EXPECT_THAT(straight_.sizes, SizeIs(2));
  EXPECT_THAT(results, Each(testing::AnyOf(Recorded::kRecorded, Recorded::kSpooled)));
}

TEST_F(DetourTest, BehindItsBoundItSaysSo) {
  max_ = 20;
  start();
  straight_.failing = forwarding_.failing = Kind::kUnavailable;
  take(0, 19);
  EXPECT_THAT(take(19, 3), ElementsAre(Recorded::kSpooled, Recorded::kSpoolFull, Recorded::kSpoolFull));
  EXPECT_THAT(take(22), ElementsAre(Recorded::kSpoolFull));
  EXPECT_THAT(spooling_->state().full, HasSubstr("spool.max"));
  EXPECT_THAT(said_, ElementsAre("began: injected", "full"));
  forwarding_.failing.reset();
  forward();
  EXPECT_THAT(said_, ElementsAre("began: injected", "full", "room", "ended: 0 ms, 20"));
  EXPECT_EQ(spooling_->state().full, "");
  EXPECT_THAT(stored(), groups(0, 20));
}

}  // namespace
}  // namespace headroom
