#include <gmock/gmock.h>

#include "tests/nodes/fixture.h"

// A real standby, which confirms each commit, goes and comes back.
namespace headroom::e2e {
namespace {

class StandbyNodes : public Nodes {
 protected:
  StandbyNodes() {
    set("database.require_synchronous", "true");
    server_.start_standby();
  }
  ~StandbyNodes() override {
    server_.ignore_standby();
    server_.stop_standby();
  }
  HttpAnswer ready() { return http("GET", admin_url_ + "/readyz"); }
  std::string reason() {
    const HttpAnswer answer = ready();
    return answer.status == 200 && answer.json["paused"].GetBool() ? answer.json["paused_reason"].GetString() : "";
  }
  bool spooling() { return ready().json["spooling"].GetBool(); }
};

TEST_F(StandbyNodes, ThePauseWithoutOneEndsByItselfWhenItIsBack) {
  for (const char* group : {"before", "meanwhile"}) create(full_group(group, 100));
  start_node("a");
  ASSERT_TRUE(in_time([&] { return leader() == "a"; }));
  EXPECT_EQ(reason(), "");
  knock("before");
  EXPECT_TRUE(in_time([&] { return state_of("before") == "has_room"; }));

  // Commits wait for it, and nobody knows whether they are stored.
  server_.stop_standby();
  for (int i = 0; i < 5; ++i) {
    const auto [status, seconds] = webhook("meanwhile");
    EXPECT_EQ(status, 200);
    EXPECT_LT(seconds, 2) << "Chat waits for two seconds";
  }
  EXPECT_TRUE(spooling());
  EXPECT_TRUE(eventually([&] { return reason() == "replication"; })) << ready().body;
  EXPECT_TRUE(removed("meanwhile").empty());
  // The pause is seen before its line is written.
  EXPECT_TRUE(eventually([&] {
    return log_of("a").find("commits wait for a standby, and none that is named confirms them") != std::string::npos;
  }));

  // Somebody has taken it out of the list: what is stored goes on, what is removed does not.
  server_.ignore_standby();
  EXPECT_TRUE(in_time([&] { return !spooling(); })) << ready().body;
  EXPECT_EQ(events_of("meanwhile"), 5U);
  EXPECT_TRUE(in_time([&] { return leader() == "a"; }));
  EXPECT_EQ(reason(), "replication");
  EXPECT_TRUE(removed("meanwhile").empty());

  server_.start_standby();
  EXPECT_TRUE(in_time([&] { return reason().empty(); })) << ready().body;
  EXPECT_TRUE(in_time([&] { return state_of("meanwhile") == "has_room"; }));
  EXPECT_EQ(stop_node("a"), 0);
}

}  // namespace
}  // namespace headroom::e2e
