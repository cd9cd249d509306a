#include "sqlite/tables/group_walk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "headroom/names.h"
#include "sqlite/upkeep/migrator.h"
#include "tests/storage/backend.h"
#include "tests/support/temp_dir.h"

namespace headroom::test {
namespace {

// A thousand groups, of which few are what is looked for.
class GroupWalkTest : public testing::Test {
 protected:
  GroupWalkTest() {
    Migrator(path_).up({.now = kNow});
    connection_ = std::make_unique<sqlite::Connection>(sqlite::Connection::Options{.path = path_, .read_only = false});
    connection_->execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)"
        " INSERT INTO chat_group (group_id, state, reason, full_since, full_events, type, name, failures,"
        " member_count, max_member_count)"
        " SELECT 'g' || i, iif(i % 5 = 0, 'blocked', 'full'), iif(i % 5 = 0, 'exempt', ''), iif(i % 2, i * 7 % 100, "
        "NULL),"
        " i * 31 % 50, '', iif(i % 250 = 0, 'needle', 'hay'), 0, iif(i % 3, i % 11, NULL), 10 FROM n");
  }

  struct Walked {
    std::vector<std::int64_t> ids;
    int pages = 0;
    int empty = 0;
  };
  Walked walk(const GroupFilter& filter, int limit, std::int64_t look_at) {
    Walked walked;
    PageRequest request{limit};
    while (walked.pages < 5000) {
      const auto page = sqlite::walk_groups(*connection_, filter, request, look_at);
      ++walked.pages;
      if (page.shown.empty()) ++walked.empty;
      EXPECT_LE(page.shown.size(), static_cast<std::size_t>(limit));
      walked.ids.insert(walked.ids.end(), page.shown.begin(), page.shown.end());
      if (!page.next) return walked;
      request.before_id = page.next->id;
      request.rank = page.next->rank;
    }
    ADD_FAILURE() << "the pages have no end";
    return walked;
  }

  TempDir dir_;
  const std::string path_ = dir_.file("headroom.db");
  std::unique_ptr<sqlite::Connection> connection_;
};

TEST_F(GroupWalkTest, APageThatLooksAtLittleIsShortAndTheListIsTheSame) {
  for (const GroupSort sort : {GroupSort::kNewest, GroupSort::kFullest, GroupSort::kOldest, GroupSort::kMostRefused}) {
    for (const GroupFilter& filter : {GroupFilter{.search = "NEEDLE", .sort = sort},
                                      GroupFilter{.states = {GroupState::kBlocked}, .search = "needle", .sort = sort},
                                      GroupFilter{.reasons = {BlockReason::kExempt}, .search = "needle", .sort = sort},
                                      GroupFilter{.sort = sort}}) {
      const Walked whole = walk(filter, 1000, 100000);
      EXPECT_LE(whole.pages, 2);  // whether a full page is the last one shows behind it
      EXPECT_EQ(whole.ids.size(), filter.search.empty() ? 1000U : 4U);
      for (const auto& [limit, look_at] : {std::pair(1000, 7), std::pair(40, 10)}) {
        const Walked parts = walk(filter, limit, look_at);
        EXPECT_EQ(parts.ids, whole.ids) << name_of(sort) << " " << limit << " " << look_at;
        const std::int64_t groups = filter.states.empty() && filter.reasons.empty() ? 1000 : 200;
        EXPECT_GE(parts.pages * look_at, groups) << "no page looks at more";
        EXPECT_TRUE(parts.empty > 0 || filter.search.empty());
      }
    }
  }
}

// Nobody pages through a million groups behind the last stale one.
TEST_F(GroupWalkTest, BehindTheLastStaleGroupTheOldestFirstThereIsNothing) {
  const GroupFilter filter{.full_since_until = 10, .sort = GroupSort::kOldest};
  const Walked walked = walk(filter, 10, 10);
  EXPECT_EQ(walked.ids.size(), 40U);
  EXPECT_LE(walked.pages, 5);
}

}  // namespace
}  // namespace headroom::test
