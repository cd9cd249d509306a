#include <gmock/gmock.h>

#include "tests/storage/backend.h"

// What people were judged by is there again to the letter: it can not be asked for later.
namespace headroom::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

using EvidenceStorageTest = StorageTest;
HEADROOM_ALL_BACKENDS(EvidenceStorageTest);

TEST_P(EvidenceStorageTest, OfAMember) {
  RunMember full = selected("full");
  full.evidence.role = Role::kMember;
  full.evidence.unread = 12;
  full.evidence.presence = Presence::kUnknown;
  full.evidence.muted = true;
  full.evidence.first_seen_at = kNow - 5;
  full.evidence.seen_again_at = kNow - 4;
  full.evidence.judged_at = kNow - 3;
  full.evidence.exempt = true;
  full.evidence.returned_at = kNow - 2;
  full.evidence.restored_at = kNow - 1;
  full.evidence.moved_at = kNow;
  full.evidence.first_offline = true;
  RunMember bare = kept("bare");
  bare.evidence = {};
  const auto id = write([&](Transaction& s) {
    const auto run = s.insert_run(a_run("g"));
    s.insert_run_members(run, {full, bare});
    return run;
  });
  const auto rows = storage().run_members(id, std::nullopt, {10, std::nullopt}).items;
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].evidence, full.evidence);
  EXPECT_EQ(rows[1].evidence, bare.evidence);
}

TEST_P(EvidenceStorageTest, OfAListing) {
  headroom::Run run = a_run("g");
  run.evidence = ListingEvidence{
      5001, 1'700'000'000, true,
      true, "ChatRoom",    {{Role::kMember, {{kHistogramUnknown, 2}, {90, 3}}}, {Role::kOwner, {{0, 1}}}}};
  const auto id = write([&](Transaction& s) { return s.insert_run(run); });
  EXPECT_EQ(storage().find_run(id)->evidence, run.evidence);
  run = a_run("h");
  run.evidence = ListingEvidence{};
  const auto bare = write([&](Transaction& s) { return s.insert_run(run); });
  EXPECT_EQ(storage().find_run(bare)->evidence, run.evidence) << "nothing known is not nothing listed";
}

TEST_P(EvidenceStorageTest, WhoCameBackToAGroup) {
  write([&](Transaction& s) {
    for (const std::string group : {"g", "h"}) {
      const auto run = s.insert_run(a_run(group));
      s.insert_run_members(run, {selected("a"), selected("b"), selected("c")});
      for (const std::string account : {"a", "b", "c"}) {
        s.mark_sent(run, {account}, kNow);
        s.finish_member(run, account, Outcome::kRemoved, 0);
      }
    }
    s.note_rejoined("g", {"a"}, kNow + 1);
    s.note_rejoined("g", {"c"}, kNow + 2);
  });
  EXPECT_THAT(storage().rejoined("g", 10), ElementsAre(Pair("a", kNow + 1), Pair("c", kNow + 2)));
  EXPECT_EQ(storage().rejoined("g", 1).size(), 1U);
  EXPECT_THAT(storage().rejoined("h", 10), IsEmpty());
  EXPECT_THAT(storage().rejoined("other", 10), IsEmpty());
}

}  // namespace
}  // namespace headroom::test
