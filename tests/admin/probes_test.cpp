#include "admin/probes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/admin/fake_daemon.h"

namespace headroom::admin::admin_test {
namespace {

TEST(AdminProbes, HealthzNeedsNothing) {
  FakeDaemon daemon;
  daemon.control.now.failing_check = "storage";
  const Answered answer = daemon.call("GET", "/healthz?x=1", "", "");
  EXPECT_EQ(answer.status(), 200);
  EXPECT_EQ(answer.response.body, R"({"status":"ok"})");
  EXPECT_EQ(answer.response.content_type, "application/json");
}

TEST(AdminProbes, ReadyWhilePaused) {
  FakeDaemon daemon;
  EXPECT_EQ(daemon.call("GET", "/readyz", "", "").response.body,
            R"({"status":"ok","paused":false,"paused_reason":null})");
  daemon.control.now.paused = true;
  daemon.control.now.paused_reason = "chat_error_60020";
  const Answered answer = daemon.call("GET", "/readyz", "", "");
  EXPECT_EQ(answer.status(), 200);
  EXPECT_EQ(answer.response.body, R"({"status":"ok","paused":true,"paused_reason":"chat_error_60020"})");
}

TEST(AdminProbes, NotReadyNamesTheCheck) {
  FakeDaemon daemon;
  daemon.control.now.failing_check = "storage";
  daemon.control.now.failing_detail = "a sync failed";
  const Answered answer = daemon.call("GET", "/readyz", "", "");
  EXPECT_EQ(answer.status(), 503);
  EXPECT_EQ(answer.response.content_type, "application/problem+json");
  EXPECT_EQ(answer.response.body,
            R"({"type":"about:blank","title":"Service Unavailable","status":503,"detail":"storage: a sync failed",)"
            R"("check":"storage"})");
  daemon.control.now.paused = true;
  daemon.control.now.paused_reason = "storage_failing";
  EXPECT_EQ(daemon.call("GET", "/readyz", "", "").json["paused_reason"], "storage_failing");
  daemon.control.now.failing_check = "stopping";
  daemon.control.now.failing_detail.clear();
  EXPECT_EQ(daemon.call("GET", "/readyz", "", "").detail(), "stopping");
}

TEST(AdminProbes, MetricsArePrometheusText) {
  FakeDaemon daemon;
  const Answered answer = daemon.call("GET", "/metrics", "", "");
  EXPECT_EQ(answer.status(), 200);
  EXPECT_EQ(answer.response.content_type, "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_EQ(answer.response.body, "# HELP headroom_events_total Events.\n");
}

}  // namespace
}  // namespace headroom::admin::admin_test
