#include <gmock/gmock.h>

#include "postgres/tables/audit_queries.h"
#include "postgres/tables/event_queries.h"
#include "postgres/tables/exemption_queries.h"
#include "postgres/tables/first_look_queries.h"
#include "postgres/tables/group_list.h"
#include "postgres/tables/group_queries.h"
#include "postgres/tables/growth_queries.h"
#include "postgres/tables/raise_queries.h"
#include "postgres/tables/removal_history_queries.h"
#include "postgres/tables/removal_queries.h"
#include "postgres/tables/run_member_queries.h"
#include "postgres/tables/run_queries.h"
#include "postgres/tables/summary_queries.h"
#include "postgres/tables/sweep_queries.h"
#include "postgres/tables/tally_queries.h"
#include "postgres/tables/timeline_queries.h"
#include "postgres/upkeep/migrator.h"
#include "tests/storage/backend.h"
#include "tests/support/postgres_server.h"

// That each query has an index to go by, whatever its values are: which one the server takes is a matter of statistics.
namespace headroom::test {
namespace {

using postgres::Connection;
using testing::AllOf;
using testing::Each;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

class PostgresQueryPlansTest : public testing::Test {
 protected:
  PostgresQueryPlansTest() {
    postgres::Migrator({.url = database_.url()}).up({});
    // What costs as much as a table is large is the last resort.
    for (const char* setting : {"enable_seqscan = off", "enable_sort = off", "enable_incremental_sort = off",
                                "enable_bitmapscan = off", "plan_cache_mode = force_generic_plan"}) {
      PostgresServer::shared().execute("ALTER DATABASE \"" + database_.name() + "\" SET " + setting);
    }
    connection_ = std::make_unique<Connection>(Connection::Options{.url = database_.url()});
  }

  // Of every statement that `work` prepared and that reads or changes rows.
  template <typename Work>
  std::vector<std::string> plans(Work&& work) {
    connection_->begin("BEGIN");
    work(*connection_);
    std::vector<std::string> asked;
    std::vector<std::string> texts;
    {
      postgres::Query prepared = connection_->query(
          "SELECT name, statement, cardinality(parameter_types) FROM pg_prepared_statements"
          " WHERE statement ~ '^\\s*(SELECT|INSERT|UPDATE|DELETE|WITH)' AND statement !~ 'pg_prepared_statements'");
      while (prepared.step()) {
        std::string explain = "EXPLAIN EXECUTE \"" + prepared.text() + "\"";
        texts.push_back(prepared.text());
        for (std::int64_t left = prepared.integer(); left > 0; --left) {
          explain += explain.back() == '"' ? "(NULL" : ", NULL";
          if (left == 1) explain += ")";
        }
        asked.push_back(explain);
      }
    }
    std::vector<std::string> found;
    for (std::size_t i = 0; i < asked.size(); ++i) {
      found.push_back(texts[i] + "\n");
      postgres::Query lines = connection_->query(asked[i]);
      while (lines.step()) found.back() += "  " + lines.text() + "\n";
    }
    connection_->rollback();
    return found;
  }

  const PostgresDatabase database_;
  std::unique_ptr<Connection> connection_;
};

const auto kNoSort = Not(HasSubstr("Sort"));
const auto kNoScan = Not(HasSubstr("Seq Scan"));
const auto kWalks = Each(AllOf(kNoScan, kNoSort));

TEST_F(PostgresQueryPlansTest, AScanIsSeen) {
  EXPECT_THAT(plans([](auto& c) { c.query("SELECT id FROM chat_group WHERE name = $1").bind(std::string("x")).run(); }),
              testing::ElementsAre(HasSubstr("Seq Scan on chat_group")));
  EXPECT_THAT(plans([](auto& c) { c.query("SELECT id FROM chat_group ORDER BY name LIMIT 5").run(); }),
              testing::Contains(HasSubstr("Sort")));
}

TEST_F(PostgresQueryPlansTest, GroupsAreFoundByTheirTime) {
  const auto found = plans([](auto& c) {
    postgres::due_groups(c, kNow, 50);
    postgres::next_due_at(c);
    postgres::groups_due_after(c, {kNow, 0}, 10);
    postgres::find_group(c, "g");
    postgres::unconfirmed_groups(c, 0, 5, 50);
  });
  for (const std::string& plan : found) {
    if (plan.find("FROM group_counter") != std::string::npos) continue;  // seven rows
    EXPECT_THAT(plan, AllOf(HasSubstr("Index"), kNoScan, kNoSort));
  }
  EXPECT_GE(found.size(), 5U);
}

TEST_F(PostgresQueryPlansTest, GroupsAreWalkedInTheirOrder) {
  const auto found = plans([](auto& c) {
    for (const GroupSort sort :
         {GroupSort::kNewest, GroupSort::kFullest, GroupSort::kOldest, GroupSort::kMostRefused}) {
      for (const PageRequest& page : {PageRequest{}, PageRequest{50, 7}, PageRequest{50, 7, 7}}) {
        postgres::list_groups(c, {.search = "x", .sort = sort}, page);
        postgres::list_groups(c, {.states = {GroupState::kFull, GroupState::kGone}, .sort = sort}, page);
        postgres::list_groups(c, {.reasons = {BlockReason::kExempt}, .sort = sort}, page);
        postgres::list_groups(c, {.full_since_until = kNow, .search = "x", .sort = sort}, page);
      }
    }
  });
  EXPECT_THAT(found, kWalks);
  EXPECT_GE(found.size(), 10U);
}

TEST_F(PostgresQueryPlansTest, EventsAreWalkedById) {
  EXPECT_THAT(plans([](auto& c) {
                postgres::list_events(c, {.group_id = {}, .since = kNow, .until = kNow + 1}, {});
                postgres::list_events(c, {.group_id = "g", .since = {}, .until = {}}, {});
              }),
              AllOf(Not(SizeIs(0)), kWalks));
}

TEST_F(PostgresQueryPlansTest, RunsAreLookedUp) {
  EXPECT_THAT(plans([](auto& c) {
                postgres::list_runs(c, {}, {});
                postgres::list_runs(c, {.group_id = "g", .states = {}, .since = {}, .until = {}}, {});
                postgres::list_runs(c, {.group_id = {}, .states = {RunState::kFailed}, .since = {}, .until = {}}, {});
                postgres::find_run(c, 1);
                postgres::open_run(c, "g");
                postgres::running_runs(c);
                postgres::waiting_runs(c, 10);
                postgres::last_listing(c, "g");
              }),
              AllOf(Not(SizeIs(0)), kWalks));
}

TEST_F(PostgresQueryPlansTest, PlansAndUsageAreLookedUp) {
  EXPECT_THAT(plans([](auto& c) {
                postgres::plan(c, 1);
                postgres::list_run_members(c, 1, Decision::kKeep, {});
                postgres::removal_usage(c, kNow, std::nullopt);
                postgres::removal_usage(c, kNow, "g");
                postgres::removals(c, "g", {"a"});
                postgres::policy_outcomes(c, 5);
              }),
              AllOf(Not(SizeIs(0)), kWalks));
}

TEST_F(PostgresQueryPlansTest, HistoryGrowthAndSweepsAreWalked) {
  EXPECT_THAT(plans([](auto& c) {
                postgres::list_removal_history(c, {}, {});
                postgres::list_removal_history(c, {.account = "a"}, {});
                postgres::list_removal_history(c, {.group_id = "g", .since = kNow}, {});
                postgres::list_filling(c, 20000, {});
                postgres::list_filling(c, 20000, {50, 7, 20000});
                postgres::find_growth(c, "g");
                postgres::find_sweep(c, 1);
                postgres::list_sweeps(c, {});
                postgres::running_sweep(c);
                postgres::last_sweep(c);
              }),
              AllOf(Not(SizeIs(0)), kWalks));
}

TEST_F(PostgresQueryPlansTest, RetentionSearches) {
  EXPECT_THAT(plans([](auto& c) {
                postgres::forget_events(c, kNow, kNow, {}, 10);
                postgres::delete_exemptions_before(c, kNow, 10);
                postgres::expired_exemptions(c, {}, kNow, 10);
                postgres::delete_growth_before(c, kNow, 10);
                postgres::drop_forecasts_before(c, kNow, 10);
              }),
              AllOf(Not(SizeIs(0)), kWalks));
}

TEST_F(PostgresQueryPlansTest, WhatIsAskedInARunIsLookedUp) {
  EXPECT_THAT(plans([](auto& c) {
                postgres::find_exemption(c, ExemptionKind::kGroup, "g", kNow);
                postgres::exempt_members(c, {"a", "b"}, kNow);
                postgres::first_looks(c, "g", {"a", "b"});
                postgres::rejoined(c, "g", 10);
                postgres::note_rejoined(c, "g", {"a"}, kNow);
                postgres::note_back(c, "g", {"a"}, kNow);
                postgres::raise_usage(c, kNow);
                postgres::learned_ceiling(c, "g", GroupType::kPublic, kNow);
                postgres::shorten_plan(c, 1, 5);
                postgres::delete_kept_members_before(c, kNow, 10);
                postgres::delete_first_looks_before(c, kNow, 10);
                postgres::delete_ceilings_before(c, kNow, 10);
                postgres::evict_unconfirmed_groups(c, 10, 10);
              }),
              AllOf(Not(SizeIs(0)), Each(kNoScan)));
}

TEST_F(PostgresQueryPlansTest, WhatIsShownIsWalked) {
  EXPECT_THAT(plans([](auto& c) {
                postgres::list_audit(c, {}, {});
                postgres::list_exemptions(c, {}, kNow);
                postgres::timeline(c, TimelineUnit::kHour, kNow - kDayMs, kNow);
                postgres::tallied_after(c, "full", kNow);
                postgres::tallied_before(c, "full", kNow);
                postgres::fold_counters(c, kNow, 10);
                postgres::full_until(c, kNow);
                postgres::due_until(c, kNow);
                postgres::events_after(c, kNow);
                postgres::removals_after(c, kNow);
              }),
              AllOf(Not(SizeIs(0)), Each(kNoScan)));
}

TEST_F(PostgresQueryPlansTest, CountsSearch) {
  for (const std::string& plan : plans([](auto& c) { postgres::counts(c, kNow, kNow); })) {
    if (plan.find("FROM group_counter") == std::string::npos) {
      EXPECT_THAT(plan, kNoScan);
    }
  }
}

}  // namespace
}  // namespace headroom::test
