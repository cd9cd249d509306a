#include <gmock/gmock.h>
#include <signal.h>

#include <ctime>

#include "headroom/types.h"
#include "tests/e2e/fixture.h"
#include "text/time_text.h"

// Hours outside of which nobody goes. The calendars here are chosen around the present.
namespace headroom::e2e {
namespace {

using testing::HasSubstr;

constexpr std::size_t kPlanned = 30;

std::string clock_time(std::int64_t now_s, const char* format) {
  const auto time = static_cast<std::time_t>(now_s);
  std::tm parts{};
  ::gmtime_r(&time, &parts);
  char text[32];
  return {text, std::strftime(text, sizeof text, format, &parts)};
}

std::string each_day(std::int64_t from_s, std::int64_t to_s) {
  return "Mon-Sun " + clock_time(from_s, "%H:%M") + "-" + clock_time(to_s, "%H:%M");
}

// Open for an hour that begins in three.
std::string later_today(std::int64_t now_s) { return each_day(now_s + 3 * 3600, now_s + 4 * 3600); }

class CalendarE2e : public E2e {
 protected:
  CalendarE2e() : E2e({{"delete_group_member", 4}}) {
    set("chat.delete_batch", "1");
    set("policy.target_headroom", std::to_string(kPlanned));
    set("policy.max_removed_share", "100%");
    create(full_group("g", 60));
  }
  void configure(const std::string& hours) {
    write_file("headroomd.conf", hours.empty() ? "# always\n" : "[calendar]\nhours = " + hours + "\n");
  }
  void reload(const std::string& hours) {
    configure(hours);
    daemon_->signal(SIGHUP);
  }
  bool waits(const std::string& group_id = "g") {
    return eventually([&] {
      const auto run = last_run(group_id);
      return run.IsObject() && run["state"] == "running" && run["reason"].IsString() && run["reason"] == "closed";
    });
  }
  TimeMs last_removal() {
    TimeMs last = 0;
    for (const chatsim::LedgerEntry& entry : sim_.world().ledger(0)) {
      if (entry.change == chatsim::Change::kRemovedByRest) last = entry.at_ms;
    }
    return last;
  }
};

TEST_F(CalendarE2e, TheHourEndsBetweenTwoBatches) {
  // It takes eight seconds, and begins four before the minute is over.
  const std::int64_t closing_s = (now_s() + 6) / 60 * 60 + 60;
  configure(each_day(closing_s - 3600, closing_s) + ", " + each_day(closing_s + 7200, closing_s + 10800));
  start();
  EXPECT_TRUE(get("/api/v1/summary").json["open"].GetBool());
  EXPECT_EQ(metric("headroom_open"), 1);
  while (sim_.world().now_ms() < closing_s * 1000 - 4000) std::this_thread::sleep_for(std::chrono::milliseconds(20));
  knock("g");
  ASSERT_TRUE(waits()) << daemon_->stderr_text();
  const auto before = removed("g");
  EXPECT_GT(before.size(), 0U);
  EXPECT_LT(before.size(), kPlanned);
  EXPECT_LT(last_removal(), closing_s * 1000 + 500) << "the last call may have been on its way";
  const auto run = last_run("g");
  EXPECT_EQ(run["removed"].GetInt64(), static_cast<std::int64_t>(before.size())) << "what became of it is known";
  const auto summary = get("/api/v1/summary");
  EXPECT_FALSE(summary.json["open"].GetBool());
  EXPECT_STREQ(summary.json["next_open_at"].GetString(), format_time((closing_s + 7200) * 1000).c_str());
  EXPECT_EQ(group("g").json["next_check_at"], summary.json["next_open_at"]);
  EXPECT_EQ(summary.json["removals_left"].GetInt64(), 1000 - static_cast<std::int64_t>(before.size()));
  EXPECT_EQ(metric("headroom_open"), 0);

  reload("");
  ASSERT_TRUE(reaches("g", "has_room")) << daemon_->stderr_text();
  EXPECT_EQ(last_run("g")["id"].GetInt64(), run["id"].GetInt64());
  EXPECT_STREQ(last_run("g")["state"].GetString(), "succeeded");
  EXPECT_EQ(removed("g").size(), kPlanned);
  stop();
}

TEST_F(CalendarE2e, PlansAreMadeAndWait) {
  configure(later_today(now_s()));
  start();
  knock("g");
  ASSERT_TRUE(waits()) << daemon_->stderr_text();
  const std::int64_t id = last_run("g")["id"].GetInt64();
  EXPECT_EQ(last_run("g")["selected"].GetInt64(), static_cast<std::int64_t>(kPlanned));
  EXPECT_EQ(group("g").json["next_check_at"], get("/api/v1/summary").json["next_open_at"]);
  EXPECT_FALSE(get("/readyz").json["paused"].GetBool());
  const auto member = get("/api/v1/groups/g/members/idle00");
  EXPECT_FALSE(member.json["removable"].GetBool());
  EXPECT_STREQ(member.json["why"].GetString(), "inactive");
  EXPECT_STREQ(member.json["obstacles"][0].GetString(), "closed");

  stop();
  start();  // it has sent nobody, and waits on
  EXPECT_STREQ(last_run("g")["reason"].GetString(), "closed");
  EXPECT_EQ(last_run("g")["id"].GetInt64(), id);
  EXPECT_EQ(sim_.call_count("delete_group_member"), 0U);

  create(full_group("h", 60));
  knock("h");
  ASSERT_TRUE(waits("h"));
  const auto refused = send("POST", "/api/v1/groups/g/runs", R"({"mode":"prune"})");
  EXPECT_EQ(refused.status, 409);
  EXPECT_THAT(refused.json["detail"].GetString(), HasSubstr("the calendar is closed until"));
  const auto forced = send("POST", "/api/v1/groups/g/runs", R"({"mode":"prune","force":true})");
  ASSERT_EQ(forced.status, 202) << forced.body;
  EXPECT_TRUE(forced.json["forced"].GetBool());
  ASSERT_TRUE(reaches("g", "has_room")) << daemon_->stderr_text();
  EXPECT_EQ(removed("g").size(), kPlanned);
  EXPECT_EQ(get("/api/v1/runs/" + std::to_string(id)).json["state"], "nothing_to_do");
  EXPECT_TRUE(removed("h").empty()) << "force is for one run";
  EXPECT_EQ(metric("headroom_runs_total{state=\"failed\"}"), 0);
  stop();
}

TEST_F(CalendarE2e, AnApprovalWaitsForTheOpening) {
  set("scheduler.mode", "approve");
  configure(later_today(now_s()));
  start();
  knock("g");
  ASSERT_TRUE(eventually([&] {
    const auto run = last_run("g");
    return run.IsObject() && run["state"] == "awaiting_approval";
  })) << daemon_->stderr_text();
  const std::int64_t id = last_run("g")["id"].GetInt64();
  const auto approved = send("POST", "/api/v1/runs/" + std::to_string(id) + "/approve");
  ASSERT_EQ(approved.status, 202) << approved.body;
  EXPECT_STREQ(approved.json["state"].GetString(), "running");
  EXPECT_STREQ(approved.json["reason"].GetString(), "closed");
  EXPECT_EQ(sim_.call_count("delete_group_member"), 0U);
  reload("");
  ASSERT_TRUE(reaches("g", "has_room")) << daemon_->stderr_text();
  EXPECT_EQ(last_run("g")["id"].GetInt64(), id);
  EXPECT_TRUE(logged("changed key=calendar.hours"));
  stop();
}

}  // namespace
}  // namespace headroom::e2e
