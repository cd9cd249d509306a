#include <gmock/gmock.h>

#include "tests/admin/fake_daemon.h"

namespace headroom::admin {
namespace {

using admin_test::FakeDaemon;

NodeState node(const std::string& name, bool leads) {
  NodeState node;
  node.id = "id of " + name;
  node.name = name;
  node.version = "1.2.3";
  node.schema = 24;
  node.config_hash = "abc";
  node.mode = "prune";
  node.started_at = 1'790'000'000'000;
  node.seen_at = 1'790'000'001'000;
  node.leads = leads;
  node.spool_depth = 7;
  return node;
}

TEST(AdminNodes, AreWhatTheStoreKnows) {
  FakeDaemon daemon;
  EXPECT_EQ(daemon.get("/api/v1/nodes").response.body, R"({"items":[],"next_cursor":null})");
  daemon.view.all_nodes = {node("a", true), node("b", false)};
  EXPECT_EQ(
      daemon.get("/api/v1/nodes?limit=1").response.body,
      R"({"items":[{"id":"id of a","name":"a","version":"1.2.3","schema":24,"config_hash":"abc","mode":"prune",)"
      R"("started_at":"2026-09-21T14:13:20.000Z","seen_at":"2026-09-21T14:13:21.000Z","leads":true,"spool_depth":7}],)"
      R"("next_cursor":null})");
  EXPECT_EQ(daemon.get("/api/v1/nodes?limit=0").response.status, 400);
  EXPECT_EQ(daemon.get("/api/v1/nodes?x=1").response.status, 400);
}

}  // namespace
}  // namespace headroom::admin
