// An operator's pause, and what is answered to who has paused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/admin/fake_daemon.h"

namespace headroom::admin::admin_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(AdminChanges, PausingAnswersTheNewSummary) {
  FakeDaemon daemon;
  daemon.view.numbers.due = 3;
  const Answered paused = daemon.call("POST", "/api/v1/scheduler/pause", R"({"reason":"deploy \"7\""})");
  EXPECT_EQ(paused.status(), 200);
  EXPECT_TRUE(paused.json["paused"].GetBool());
  EXPECT_EQ(paused.json["paused_reason"], "deploy \"7\"");
  EXPECT_EQ(paused.json["due"].GetInt(), 3);
  EXPECT_EQ(daemon.call("GET", "/readyz", "", "").json["paused_reason"], "deploy \"7\"");
  const Answered resumed = daemon.call("POST", "/api/v1/scheduler/resume");
  EXPECT_EQ(resumed.status(), 200);
  EXPECT_FALSE(resumed.json["paused"].GetBool());
  EXPECT_TRUE(resumed.json["paused_reason"].IsNull());
}

TEST(AdminChanges, PausingWithoutAReasonHasOne) {
  FakeDaemon daemon;
  for (const char* body : {"", "{}", R"({"reason":null})", R"({"reason":""})"}) {
    EXPECT_EQ(daemon.call("POST", "/api/v1/scheduler/pause", body).json["paused_reason"], "paused by an operator");
  }
}

TEST(AdminChanges, BadPausesAreRefused) {
  FakeDaemon daemon;
  for (const char* body : {"x", "[]", R"({"reason":1})", R"({"Reason":"x"})", R"({"reason":"a\nb"})"}) {
    EXPECT_EQ(daemon.call("POST", "/api/v1/scheduler/pause", body).status(), 400) << body;
  }
  EXPECT_EQ(daemon.call("POST", "/api/v1/scheduler/resume", R"({"reason":"x"})").status(), 400);
  EXPECT_THAT(daemon.control.asked, IsEmpty());
}

TEST(AdminChanges, PausingMakesTheSummaryCountAgain) {
  FakeDaemon daemon;
  daemon.get("/api/v1/summary");
  daemon.call("POST", "/api/v1/scheduler/pause");
  EXPECT_EQ(daemon.view.counted, 1);
  daemon.view.numbers.due = 9;
  EXPECT_EQ(daemon.get("/api/v1/summary").json["due"].GetInt(), 9);
}

TEST(AdminChanges, AStoreThatCanNotBeReadKeepsNobodyFromPausing) {
  FakeDaemon daemon;
  daemon.view.failure = StorageError::Kind::kTimeout;
  const Answered answer = daemon.call("POST", "/api/v1/scheduler/pause", R"({"reason":"x"})");
  EXPECT_EQ(answer.status(), 503);
  EXPECT_THAT(answer.detail(), testing::HasSubstr("it is done"));
  EXPECT_THAT(daemon.control.asked, ElementsAre("pause x"));
}

TEST(AdminChanges, WhoHasPausedIsToldSoWithOlderCounts) {
  FakeDaemon daemon;
  daemon.view.numbers.due = 9;
  daemon.get("/api/v1/summary");
  daemon.clock.set(kNow + kDayMs);
  daemon.view.failure = StorageError::Kind::kTimeout;
  for (int i = 0; i < 2; ++i) {
    const Answered paused = daemon.call("POST", "/api/v1/scheduler/pause", R"({"reason":"x"})");
    EXPECT_EQ(paused.status(), 200);
    EXPECT_TRUE(paused.json["paused"].GetBool());
    EXPECT_EQ(paused.json["due"].GetInt(), 9);
  }
  EXPECT_EQ(daemon.get("/api/v1/summary").status(), 503) << "who asks for the counts gets none that are old";
}

}  // namespace
}  // namespace headroom::admin::admin_test
