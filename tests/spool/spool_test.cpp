#include "spool/spool.h"

#include <gmock/gmock.h>

#include "tests/spool/spool_fixture.h"

namespace headroom {
namespace {

using test::groups_of;
using test::numbered;
using test::numbered_from;
using test::SpoolTest;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

void expect_same(const Event& a, const Event& b) {
  EXPECT_EQ(a.command, b.command);
  EXPECT_EQ(a.group_id, b.group_id);
  EXPECT_EQ(a.source, b.source);
  EXPECT_EQ(a.event_time, b.event_time);
  EXPECT_EQ(a.received_at, b.received_at);
  EXPECT_EQ(a.client_ip, b.client_ip);
  EXPECT_EQ(a.platform, b.platform);
  EXPECT_EQ(a.topic_id, b.topic_id);
  EXPECT_EQ(a.exits.kicked, b.exits.kicked);
  EXPECT_EQ(a.exits.accounts, b.exits.accounts);
  EXPECT_EQ(a.body, b.body);
  EXPECT_EQ(a.fingerprint, b.fingerprint);
  EXPECT_EQ(a.intake_id, b.intake_id);
}

TEST_F(SpoolTest, KeepsEveryFieldAsItIs) {
  Event most = numbered(1);
  most.command = Command::kMemberExit;
  most.source = EventSource::kSweep;
  most.client_ip = "192.0.2.1";
  most.platform = std::string("a\0b", 3);
  most.topic_id = "";
  most.exits = {true, {"alice", "\"b\\", "\xff\xfe", std::string("\0", 1)}};
  most.body = std::string("{\"\xe5\xbe\xae\":\0\xff}", 10);
  most.fingerprint = test::intake_id(77);
  Event least;
  least.command = Command::kGroupDestroyed;
  least.intake_id = test::intake_id(2);
  {
    const auto spool = open();
    EXPECT_EQ(spool->append(std::vector{most, least}), 2U);
  }
  const Spool::Batch batch = open()->oldest(10);
  ASSERT_THAT(batch.events, SizeIs(2));
  EXPECT_THAT(batch.ids, ElementsAre(1, 2));
  expect_same(batch.events[0], most);
  expect_same(batch.events[1], least);
  EXPECT_EQ(batch.events[0].id, 0);
}

TEST_F(SpoolTest, TheOldestGoFirstAndOnlyThey) {
  auto spool = open();
  spool->append(numbered_from(0, 5));
  const Spool::Batch two = spool->oldest(2);
  EXPECT_THAT(groups_of(two.events), ElementsAre("g0", "g1"));
  spool->append(numbered_from(5, 1));
  spool->remove_through(two.ids.back());
  EXPECT_EQ(spool->depth(), 4);
  EXPECT_THAT(all(*spool), ElementsAre("g2", "g3", "g4", "g5"));
  spool.reset();
  spool = open();
  EXPECT_EQ(spool->depth(), 4);
  EXPECT_THAT(all(*spool), ElementsAre("g2", "g3", "g4", "g5"));
  spool->remove_through(spool->oldest(9).ids.back());
  EXPECT_EQ(spool->depth(), 0);
  EXPECT_THAT(spool->oldest(9).events, IsEmpty());
}

TEST_F(SpoolTest, AnIdIsNotUsedTwiceWhileItIsOpen) {
  const auto spool = open();
  spool->append(numbered_from(0, 1));
  const std::int64_t id = spool->oldest(1).ids.front();
  spool->remove_through(id);
  spool->append(numbered_from(1, 1));
  spool->remove_through(id);
  EXPECT_THAT(all(*spool), ElementsAre("g1"));
}

TEST_F(SpoolTest, TakesAsManyAsThereIsRoomFor) {
  const auto spool = open(3);
  EXPECT_EQ(spool->append(numbered_from(0, 2)), 2U);
  EXPECT_EQ(spool->append(numbered_from(2, 2)), 1U);
  EXPECT_EQ(spool->append(numbered_from(3, 1)), 0U);
  EXPECT_THAT(all(*spool), ElementsAre("g0", "g1", "g2"));
  const std::vector<Spool::Refused> refused = {{1, "no"}};
  spool->remove_through(1, refused);  // what is set aside takes room, too
  EXPECT_EQ(spool->append(numbered_from(3, 1)), 0U);
  spool->remove_through(2);
  EXPECT_EQ(spool->append(numbered_from(3, 2)), 1U);
}

TEST_F(SpoolTest, ASmallerBoundLosesNothing) {
  open()->append(numbered_from(0, 5));
  const auto spool = open(2);
  EXPECT_EQ(spool->append(numbered_from(5, 1)), 0U);
  EXPECT_THAT(all(*spool), SizeIs(5));
}

TEST_F(SpoolTest, LongBodiesComeInSmallerBatches) {
  const auto spool = open();
  for (std::uint64_t i = 0; i < 20; ++i) spool->append(std::vector{numbered(i, 1 << 20)});
  EXPECT_THAT(spool->oldest(256).events, SizeIs(16));
}

TEST_F(SpoolTest, WhatIsRefusedIsSetAsideAndComesAgain) {
  auto spool = open();
  spool->append(numbered_from(0, 4));
  const std::vector<Spool::Refused> refused = {{1, "broken"}, {3, "too"}};
  spool->remove_through(3, refused);
  EXPECT_EQ(spool->depth(), 1);
  EXPECT_EQ(spool->refused(), 2);
  EXPECT_THAT(groups_of(spool->refused_after(0, 9).events), ElementsAre("g0", "g2"));
  spool.reset();
  spool = open();
  EXPECT_EQ(spool->refused(), 2);
  spool->retry_refused();
  EXPECT_EQ(spool->refused(), 0);
  EXPECT_EQ(spool->depth(), 3);
  EXPECT_THAT(all(*spool), ElementsAre("g3", "g0", "g2"));
  spool->append(numbered_from(4, 1));
  EXPECT_THAT(spool->oldest(9).ids, ElementsAre(4, 5, 6, 7));
  spool.reset();
  EXPECT_EQ(open()->depth(), 4);
}

TEST_F(SpoolTest, IsOneDatabasesAlone) {
  const auto opened_for = [this](const std::string& identity) {
    return problem_of([&] { Spool(SpoolOptions{.path = path(), .identity = identity}); });
  };
  EXPECT_EQ(opened_for("A"), std::nullopt);
  EXPECT_EQ(opened_for("B"), std::nullopt);  // it was empty
  Spool(SpoolOptions{.path = path(), .identity = "B"}).append(numbered_from(0, 1));
  EXPECT_EQ(opened_for("A"), DatabaseProblem::Kind::kForeignApp);
  EXPECT_EQ(opened_for("B"), std::nullopt);
  Spool spool(SpoolOptions{.path = path()});  // not known yet
  EXPECT_EQ(spool.identity(), "B");
  EXPECT_EQ(problem_of([&] { spool.belong_to("A"); }), DatabaseProblem::Kind::kForeignApp);
  const std::vector<Spool::Refused> refused = {{1, "no"}};
  spool.remove_through(1, refused);
  EXPECT_EQ(problem_of([&] { spool.belong_to("A"); }), DatabaseProblem::Kind::kForeignApp);  // set aside counts
  EXPECT_EQ(spool.identity(), "B");
}

TEST_F(SpoolTest, WhatCameBeforeTheDatabaseWasKnownIsTheFirstKnownOnes) {
  Spool spool(SpoolOptions{.path = path()});
  spool.append(numbered_from(0, 1));
  spool.belong_to("A");
  EXPECT_EQ(problem_of([&] { spool.belong_to("B"); }), DatabaseProblem::Kind::kForeignApp);
}

}  // namespace
}  // namespace headroom
