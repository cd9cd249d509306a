#include "admin/configuration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/admin/fake_daemon.h"

namespace headroom::admin::admin_test {
namespace {

TEST(AdminConfiguration, IsShownAsText) {
  FakeDaemon daemon;
  daemon.handler.set_configuration({"/etc/x.conf",
                                    {{"scheduler.mode", "prune", "plan", true}, {"chat.base_url", "", "", false}},
                                    {{"webhook-token", false}, {"admin-token", true}},
                                    {"chat.base_url"}});
  EXPECT_EQ(daemon.call("GET", "/api/v1/config", "", kViewerToken).response.body,
            R"({"file":"/etc/x.conf","items":[)"
            R"({"key":"scheduler.mode","value":"prune","default":"plan","reloadable":true},)"
            R"({"key":"chat.base_url","value":null,"default":null,"reloadable":false}],)"
            R"("secrets":{"webhook-token":false,"admin-token":true},"needs_restart":["chat.base_url"]})");
}

TEST(AdminConfiguration, AReloadShows) {
  FakeDaemon daemon;
  daemon.handler.set_configuration({"a", {}, {}, {}});
  const std::string tag = *daemon.get("/api/v1/config").header("ETag");
  Request again = make_request("GET", "/api/v1/config", "", kOperatorToken);
  again.headers.emplace_back("if-none-match", tag);
  EXPECT_EQ(daemon.send(again)->status(), 304);
  daemon.handler.set_configuration({"b", {}, {}, {}});
  const auto answer = daemon.send(again);
  EXPECT_EQ(answer->status(), 200);
  EXPECT_EQ(answer->json["file"], "b");
}

}  // namespace
}  // namespace headroom::admin::admin_test
