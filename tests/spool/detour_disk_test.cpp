// A disk that is full, or a spool that is broken, while the database does not answer.
#include <gmock/gmock.h>

#include "spool/detour.h"
#include "tests/spool/detour_fixture.h"

namespace headroom {
namespace {

using Kind = StorageError::Kind;
using test::groups_of;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

TEST_F(DetourTest, AFullDiskFailsAndHeals) {
  straight_.failing = forwarding_.failing = Kind::kUnavailable;
  take(0);
  faults_.on_write = SQLITE_FULL;
  EXPECT_THAT(take(1), ElementsAre(Recorded::kFailed));
  EXPECT_THAT(spooling_->state().full, HasSubstr("full"));
  faults_.on_write = SQLITE_OK;
  EXPECT_THAT(take(2), ElementsAre(Recorded::kSpooled));
  EXPECT_EQ(spooling_->state().full, "");
  EXPECT_THAT(said_, ElementsAre("began: injected", "full", "room"));
}

// The database takes events, the spool's disk has no room to note that it did: that is no reason to take none.
TEST_F(DetourTest, AFullDiskDoesNotKeepTheSpoolFromBeingEmptied) {
  database_.refused_groups = {"g1"};
  straight_.failing = Kind::kUnavailable;
  take(0, 300);
  straight_.failing.reset();
  faults_.on_write = SQLITE_FULL;
  forward();
  EXPECT_EQ(spool_->depth(), 0);
  EXPECT_EQ(spool_->refused(), 1);
  EXPECT_THAT(take(300), ElementsAre(Recorded::kRecorded));
  const std::size_t calls = forwarding_.sizes.size();

  start();  // nothing was noted: all of it once more
  EXPECT_EQ(spool_->depth(), 300);
  forward();
  EXPECT_GT(forwarding_.sizes.size(), calls);
  EXPECT_THAT(stored(), SizeIs(300));
  faults_.on_write = SQLITE_OK;
  forward();
  start();
  EXPECT_EQ(spool_->depth(), 1);  // which was set aside, and has another chance
}

TEST_F(DetourTest, WhatIsDoneWithMakesRoomForNewEvents) {
  straight_.failing = Kind::kUnavailable;
  take(0, 3);
  faults_.on_write = SQLITE_FULL;
  forward();
  faults_.on_write = SQLITE_OK;
  take(3);
  EXPECT_THAT(groups_of(spool_->oldest(9).events), ElementsAre("g3"));
  start();
  EXPECT_EQ(spool_->depth(), 1);
  EXPECT_THAT(groups_of(spool_->oldest(9).events), ElementsAre("g3"));
}

TEST_F(DetourTest, ABrokenSpoolIsSaidOnce) {
  straight_.failing = forwarding_.failing = Kind::kUnavailable;
  take(0);
  faults_.on_sync = SQLITE_IOERR_FSYNC;
  EXPECT_THAT(take(1), ElementsAre(Recorded::kFailed));
  faults_.on_sync = SQLITE_OK;
  EXPECT_THAT(take(2), ElementsAre(Recorded::kFailed));
  forwarding_.failing.reset();
  forward();
  EXPECT_THAT(stored(), IsEmpty());
  EXPECT_NE(spooling_->state().failure, "");
  EXPECT_THAT(said_, ElementsAre("began: injected", "failed"));
}

TEST_F(DetourTest, ABrokenSpoolIsOpenedAnewAndSent) {
  straight_.failing = forwarding_.failing = Kind::kUnavailable;
  take(0);
  faults_.on_sync = SQLITE_IOERR_FSYNC;
  EXPECT_THAT(take(1), ElementsAre(Recorded::kFailed));
  forwarding_.failing.reset();
  straight_.failing.reset();
  for (int second = 0; second < 60; ++second) {
    forward();
    pass(kSecondMs);
  }
  EXPECT_THAT(take(2), ElementsAre(Recorded::kRecorded)) << "what is stuck keeps nobody back";
  EXPECT_NE(spooling_->state().failure, "");
  faults_.on_sync = SQLITE_OK;
  for (int second = 0; second < 11; ++second) {
    forward();
    pass(kSecondMs);
  }
  EXPECT_EQ(spooling_->state().failure, "");
  EXPECT_FALSE(spooling_->spooling());
  EXPECT_THAT(take(3), ElementsAre(Recorded::kRecorded));
  EXPECT_EQ(stored().front(), "g2");
  EXPECT_THAT(stored(), testing::IsSupersetOf({"g0", "g2", "g3"}));
  EXPECT_THAT(std::vector<std::string>(said_.begin(), said_.begin() + 3),
              ElementsAre("began: injected", "failed", "works"));
}

TEST_F(DetourTest, ABrokenSpoolThatIsEmptyLeavesTheStraightWayOpen) {
  faults_.on_sync = SQLITE_IOERR_FSYNC;
  straight_.failing = Kind::kUnavailable;
  EXPECT_THAT(take(0), ElementsAre(Recorded::kFailed));
  straight_.failing.reset();
  forward();
  EXPECT_THAT(take(1), ElementsAre(Recorded::kRecorded));
  EXPECT_NE(spooling_->state().failure, "");
  straight_.failing = Kind::kUnavailable;
  EXPECT_THAT(take(2), ElementsAre(Recorded::kFailed));
  straight_.failing.reset();
  faults_.on_sync = SQLITE_OK;
  for (int second = 0; second < 12; ++second) {
    forward();
    pass(kSecondMs);
  }
  // What was answered with an error may be in the file all the same.
  EXPECT_EQ(spooling_->state().failure, "");
  EXPECT_EQ(spool_->depth(), 0);
  EXPECT_FALSE(spooling_->spooling());
}

}  // namespace
}  // namespace headroom
