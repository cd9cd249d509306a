#include <gmock/gmock.h>
#include <sqlite3.h>

#include "sqlite/connection.h"
#include "sqlite/tables/event_queries.h"
#include "sqlite/tables/exemption_queries.h"
#include "sqlite/tables/group_event_queries.h"
#include "sqlite/tables/group_list.h"
#include "sqlite/tables/group_queries.h"
#include "sqlite/tables/growth_queries.h"
#include "sqlite/tables/removal_history_queries.h"
#include "sqlite/tables/removal_queries.h"
#include "sqlite/tables/run_member_queries.h"
#include "sqlite/tables/run_queries.h"
#include "sqlite/tables/summary_queries.h"
#include "sqlite/tables/sweep_queries.h"
#include "sqlite/upkeep/migrator.h"
#include "tests/storage/backend.h"
#include "tests/support/temp_dir.h"

// The plans of the queries as they are, so that none falls back to reading a whole table.
namespace headroom::test {
namespace {

using testing::AllOf;
using testing::Each;
using testing::HasSubstr;
using testing::Not;
using testing::UnorderedElementsAre;

class QueryPlansTest : public testing::Test {
 protected:
  QueryPlansTest() {
    Migrator(path_).up({.now = kNow});
    connection_ = std::make_unique<sqlite::Connection>(sqlite::Connection::Options{.path = path_, .read_only = false});
  }

  // Of every statement that `work` prepared.
  template <typename Work>
  std::vector<std::string> plans(Work&& work) {
    work(*connection_);
    std::vector<std::string> texts;
    for (auto* s = sqlite3_next_stmt(connection_->handle(), nullptr); s != nullptr;
         s = sqlite3_next_stmt(connection_->handle(), s)) {
      texts.emplace_back(sqlite3_sql(s));
    }
    std::vector<std::string> plans;
    for (const std::string& text : texts) plans.push_back(plan(text));
    return plans;
  }
  std::string plan(const std::string& sql) {
    sqlite::Query query = connection_->query("EXPLAIN QUERY PLAN " + sql);
    std::string result = sql + "\n";
    while (query.step()) {
      for (int column = 0; column < 3; ++column) query.integer();
      result += "  " + query.text() + "\n";
    }
    return result;
  }

  TempDir dir_;
  const std::string path_ = dir_.file("headroom.db");
  std::unique_ptr<sqlite::Connection> connection_;
};

const auto kNoSort = Not(HasSubstr("TEMP B-TREE"));
const auto kNoScan = Not(HasSubstr("SCAN"));

TEST_F(QueryPlansTest, DueGroupsComeStraightFromThePartialIndex) {
  EXPECT_THAT(plans([](auto& c) { sqlite::due_groups(c, kNow, 50); }),
              UnorderedElementsAre(
                  AllOf(HasSubstr("USING INDEX chat_group_due (next_check_at<?)"), kNoScan, kNoSort),
                  AllOf(HasSubstr("USING INDEX chat_group_due_unconfirmed (next_check_at<?)"), kNoScan, kNoSort)));
}

TEST_F(QueryPlansTest, NextDueIsOneLookUp) {
  EXPECT_THAT(plans([](auto& c) { sqlite::next_due_at(c); }),
              Each(AllOf(HasSubstr("SEARCH chat_group USING INDEX chat_group_due"), kNoSort)));
}

TEST_F(QueryPlansTest, UnconfirmedGroupsAreWalkedById) {
  connection_->execute("UPDATE group_counter SET value = 9 WHERE name = 'unconfirmed'");
  for (const std::string& plan : plans([](auto& c) { sqlite::unconfirmed_groups(c, 0, 5, 50); })) {
    EXPECT_THAT(plan, AllOf(HasSubstr("SEARCH"), kNoScan, kNoSort));
  }
}

TEST_F(QueryPlansTest, GroupsOfAStateAreWalkedById) {
  EXPECT_THAT(plans([](auto& c) { sqlite::list_groups(c, {.states = {GroupState::kFull}}, {}); }),
              Each(AllOf(HasSubstr("INDEX chat_group_state (state=? AND id<?)"), kNoScan, kNoSort)));
}

// Whatever is asked of the groups, an index has them in the order in which they are shown: those of several states are
// merged, not sorted.
TEST_F(QueryPlansTest, GroupsAreWalkedInTheirOrder) {
  const auto lists = [](auto& c) {
    for (const GroupSort sort :
         {GroupSort::kNewest, GroupSort::kFullest, GroupSort::kOldest, GroupSort::kMostRefused}) {
      for (const PageRequest& page : {PageRequest{}, PageRequest{50, 7}, PageRequest{50, 7, 7}}) {
        sqlite::list_groups(c, {.search = "x", .sort = sort}, page);
        sqlite::list_groups(c, {.states = {GroupState::kFull, GroupState::kGone}, .sort = sort}, page);
        sqlite::list_groups(c, {.reasons = {BlockReason::kExempt}, .sort = sort}, page);
        sqlite::list_groups(c, {.full_since_until = kNow, .search = "x", .sort = sort}, page);
      }
    }
  };
  const auto found = plans(lists);
  EXPECT_EQ(found.size(), 11U) << "a statement for each walk, whatever is asked for";
  for (const std::string& plan : found) {
    EXPECT_THAT(plan, AllOf(HasSubstr("SEARCH chat_group USING "), kNoScan, kNoSort));
  }
  for (const char* search :
       {"chat_group_fullest (state=? AND <expr>=? AND rowid<?)", "chat_group_fullest (state=? AND <expr><?)",
        "chat_group_oldest (state=? AND full_since=? AND rowid>?)", "chat_group_oldest (state=? AND full_since>?)",
        "chat_group_full_since (full_since=? AND rowid>?)", "chat_group_full_since (full_since>?)",
        "chat_group_refused (state=? AND full_events=? AND rowid<?)", "chat_group_refused (state=? AND full_events<?)",
        "chat_group_reason (reason=? AND rowid<?)", "chat_group_state (state=? AND id<?)",
        "INTEGER PRIMARY KEY (rowid<?)"}) {
    EXPECT_THAT(found, testing::Contains(HasSubstr(search)));
  }
}

// With many stale groups the list walks by id, with few it sorts them: both show the same.
TEST_F(QueryPlansTest, StaleGroupsAreListedAlikeWhetherFewOrMany) {
  connection_->execute(
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000)"
      " INSERT INTO chat_group (group_id, state, reason, full_since, full_events, type, name, failures)"
      " SELECT 'g' || i, iif(i % 10 = 0, 'gone', 'full'), '', (i * 7919) % 30000, 1, '', '', 0 FROM n");
  // As the writer counts new ones: how many there are decides between the two.
  connection_->execute(
      "REPLACE INTO tally (what, span, slot, value)"
      " SELECT 'full', column1, 0, 27000 FROM (VALUES (0), (60000), (3600000))");
  for (const TimeMs until : {TimeMs{-1}, TimeMs{0}, TimeMs{500}, TimeMs{19000}, TimeMs{29000}, TimeMs{30000}}) {
    std::vector<std::int64_t> expected;
    for (std::int64_t i = 30000; i > 0; --i) {
      if (i % 10 != 0 && (i * 7919) % 30000 <= until) expected.push_back(i);
    }
    const GroupFilter stale{.full_since_until = until};
    EXPECT_EQ(all_ids(1000, [&](const PageRequest& page) { return sqlite::list_groups(*connection_, stale, page); }),
              expected);
  }
  for (auto* s = sqlite3_next_stmt(connection_->handle(), nullptr); s != nullptr;
       s = sqlite3_next_stmt(connection_->handle(), s)) {
    if (std::string(sqlite3_sql(s)).rfind("SELECT id, group_id", 0) == 0) {
      EXPECT_THAT(plan(sqlite3_sql(s)), Not(HasSubstr("SCAN")));
    }
  }
}

TEST_F(QueryPlansTest, EventsOfAWindowAreWalkedById) {
  EXPECT_THAT(plans([](auto& c) { sqlite::list_events(c, {.group_id = {}, .since = kNow, .until = kNow + 1}, {}); }),
              Each(AllOf(HasSubstr("INTEGER PRIMARY KEY (rowid>? AND rowid<?)"), kNoScan, kNoSort)));
}

TEST_F(QueryPlansTest, EventsOfAGroupAreWalkedById) {
  EXPECT_THAT(plans([](auto& c) { sqlite::list_events(c, {.group_id = "g", .since = {}, .until = {}}, {}); }),
              Each(AllOf(kNoScan, kNoSort)));
}

TEST_F(QueryPlansTest, RunsAreWalkedById) {
  const auto lists = [](auto& c) {
    sqlite::list_runs(c, {}, {});
    sqlite::list_runs(c, {.group_id = "g", .states = {}, .since = {}, .until = {}}, {});
    sqlite::list_runs(c, {.group_id = {}, .states = {RunState::kFailed}, .since = {}, .until = {}}, {});
    sqlite::list_runs(c, {.group_id = "g", .states = {RunState::kFailed}, .since = {}, .until = {}}, {});
  };
  EXPECT_THAT(plans(lists), Each(AllOf(HasSubstr("rowid>? AND rowid<?"), kNoScan, kNoSort)));
}

TEST_F(QueryPlansTest, OpenAndRunningRunsAreLookedUp) {
  const auto look_up = [](auto& c) {
    sqlite::open_run(c, "g");
    sqlite::running_runs(c);
    sqlite::waiting_runs(c, 10);
    sqlite::last_listing(c, "g");
  };
  EXPECT_THAT(plans(look_up), Each(AllOf(HasSubstr("SEARCH run USING INDEX"), kNoScan, kNoSort)));
}

TEST_F(QueryPlansTest, PlansAndUsageAreLookedUp) {
  const auto look_up = [](auto& c) {
    sqlite::plan(c, 1);
    sqlite::list_run_members(c, 1, Decision::kKeep, {});
    sqlite::removal_usage(c, kNow, std::nullopt);
    sqlite::removal_usage(c, kNow, "g");
    sqlite::removals(c, "g", {"a"});
    sqlite::policy_outcomes(c, 5);
  };
  EXPECT_THAT(plans(look_up), Each(AllOf(HasSubstr("SEARCH"), kNoScan, kNoSort)));
}

TEST_F(QueryPlansTest, TheHistoryOfRemovalsIsWalkedById) {
  const auto lists = [](auto& c) {
    sqlite::list_removal_history(c, {}, {});
    sqlite::list_removal_history(c, {.account = "a"}, {});
    sqlite::list_removal_history(c, {.group_id = "g", .since = kNow}, {});
    sqlite::list_removal_history(c, {.account = "a", .group_id = "g"}, {});
  };
  const auto found = plans(lists);
  EXPECT_THAT(found, Each(AllOf(HasSubstr("SEARCH"), kNoScan, kNoSort)));
  for (const char* search :
       {"removal_history_account (account=? AND rowid>? AND rowid<?)",
        "removal_history_group (group_id=? AND rowid>? AND rowid<?)", "INTEGER PRIMARY KEY (rowid>? AND rowid<?)"}) {
    EXPECT_THAT(found, testing::Contains(HasSubstr(search)));
  }
}

// Who settles a removal finds it in the history.
TEST_F(QueryPlansTest, ARemovalIsFoundInTheHistory) {
  EXPECT_THAT(plan("UPDATE removal_history SET rejoined_at = 1 WHERE account = 'a' AND run_id = 1"),
              AllOf(HasSubstr("INDEX removal_history_account (account=?)"), kNoScan));
}

// The projected day is stored: nothing is computed, sorted or passed over, however many groups there are.
TEST_F(QueryPlansTest, FillingGroupsAreWalkedByTheirDay) {
  const auto lists = [](auto& c) {
    sqlite::list_filling(c, 20000, {});
    sqlite::list_filling(c, 20000, {50, 7, 20000});
  };
  EXPECT_THAT(plans(lists),
              testing::ElementsAre(
                  AllOf(HasSubstr("SEARCH group_growth USING INDEX group_growth_full_on (full_on>? AND full_on<?)"),
                        kNoScan, kNoSort)));
}

TEST_F(QueryPlansTest, GrowthIsLookedUp) {
  const auto work = [](auto& c) {
    sqlite::find_growth(c, "g");
    sqlite::count_filling(c, 20000);
    sqlite::save_growth(c, {.id = 1, .group_id = "g"});
    sqlite::delete_growth(c, "g");
    sqlite::delete_growth_before(c, kNow, 10);
    sqlite::drop_forecasts_before(c, kNow, 10);
  };
  const auto found = plans(work);
  EXPECT_THAT(found, Each(AllOf(HasSubstr("SEARCH"), kNoScan, kNoSort)));
  for (const char* search : {"group_growth_seen (seen_at<?)", "group_growth_forecast_seen (seen_at<?)",
                             "filling_day USING INTEGER PRIMARY KEY (rowid<?)"}) {
    EXPECT_THAT(found, testing::Contains(HasSubstr(search)));
  }
}

TEST_F(QueryPlansTest, SweepsAreLookedUp) {
  const auto look_up = [](auto& c) {
    sqlite::find_sweep(c, 1);
    sqlite::list_sweeps(c, {});
    sqlite::running_sweep(c);
    sqlite::last_sweep(c);
  };
  EXPECT_THAT(plans(look_up), Each(AllOf(HasSubstr("sweep USING "), kNoSort)));
}

TEST_F(QueryPlansTest, CountsSearch) {
  for (const std::string& plan : plans([](auto& c) { sqlite::counts(c, kNow, kNow); })) {
    if (plan.find("group_counter") == std::string::npos) {  // six rows
      EXPECT_THAT(plan, AllOf(HasSubstr("SEARCH"), kNoScan));
    }
  }
}

TEST_F(QueryPlansTest, WalksByTimeSearch) {
  const auto walks = [](auto& c) {
    sqlite::groups_due_after(c, {kNow, 0}, 10);
    sqlite::expired_exemptions(c, {}, kNow, 10);
    sqlite::is_moved(c, "g", 1);
    sqlite::newest_moved(c, "g");
  };
  EXPECT_THAT(plans(walks), Each(AllOf(HasSubstr("SEARCH"), kNoSort, kNoScan)));
}

TEST_F(QueryPlansTest, RetentionSearches) {
  const auto retention = [](auto& c) {
    sqlite::forget_events(c, kNow, kNow, {}, 10, [](const std::string&) {});
    sqlite::delete_exemptions_before(c, kNow, 10);
    sqlite::oldest_unconfirmed(c, 10);
    sqlite::forget_group_event(c, "g", 1);
  };
  for (const std::string& plan : plans(retention)) {
    EXPECT_THAT(plan, kNoSort);
    if (plan.find("SCAN") != std::string::npos) {
      EXPECT_THAT(plan, HasSubstr("SCAN candidate USING INDEX chat_group_unconfirmed"));
    }
  }
}

TEST_F(QueryPlansTest, StatementsAreKeptAndBounded) {
  const auto work = [](auto& c) {
    for (int i = 0; i < 20; ++i) {
      sqlite::find_group(c, std::to_string(i));
      sqlite::list_events(c, {.group_id = std::to_string(i), .since = i, .until = i + 1}, {});
    }
  };
  EXPECT_EQ(plans(work).size(), 6u);
}

}  // namespace
}  // namespace headroom::test
