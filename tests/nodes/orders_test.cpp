#include <gmock/gmock.h>

#include "postgres/connection.h"
#include "tests/nodes/fixture.h"

// Orders that meet somebody else's lock, or a server that keeps silent: whoever gives them is answered in two seconds,
// and told what is true.
namespace headroom::e2e {
namespace {

using testing::HasSubstr;

class OrderedNodes : public Nodes {
 protected:
  ~OrderedNodes() override {
    server_.thaw();
    if (waits_) server_.await_standby(false);
  }
  void wait_for_standby(bool wait) {
    server_.await_standby(wait);
    waits_ = wait;
  }
  HttpAnswer in_two_seconds(const std::string& method, const std::string& path, const std::string& body) const {
    const auto began = std::chrono::steady_clock::now();
    HttpAnswer answer = send(method, path, body);
    EXPECT_LT(seconds_since(began), 2) << path << ' ' << answer.body;
    return answer;
  }
  std::size_t exemptions() const { return get("/api/v1/exemptions").json["items"].Size(); }

 private:
  bool waits_ = false;
};

TEST_F(OrderedNodes, AStrangersLockIsToldInTime) {
  leads();
  auto lock = stranger("LOCK TABLE exemption, setting IN EXCLUSIVE MODE");
  const HttpAnswer exempted = in_two_seconds("PUT", "/api/v1/exemptions/groups/g", R"({"reason":"x"})");
  EXPECT_EQ(exempted.status, 503);
  EXPECT_THAT(exempted.body, HasSubstr("something else holds what it needs"));
  EXPECT_EQ(in_two_seconds("POST", "/api/v1/scheduler/pause", R"({"reason":"x"})").status, 503);
  lock->rollback();
  EXPECT_EQ(exemptions(), 0U) << "what was refused is not done later";
  EXPECT_EQ(in_two_seconds("PUT", "/api/v1/exemptions/groups/g", R"({"reason":"x"})").status, 200);
  EXPECT_EQ(in_two_seconds("POST", "/api/v1/scheduler/pause", R"({"reason":"x"})").status, 200);
  EXPECT_EQ(exemptions(), 1U);
}

TEST_F(OrderedNodes, ASilentServerIsToldInTime) {
  leads();
  ASSERT_EQ(exemptions(), 0U);
  server_.freeze();
  // The first on connections that are open, the second on new ones.
  for (int i = 0; i < 2; ++i) {
    const HttpAnswer paused = in_two_seconds("POST", "/api/v1/scheduler/pause", R"({"reason":"x"})");
    EXPECT_EQ(paused.status, 503);
    EXPECT_THAT(paused.body, HasSubstr("the database does not answer"));
    EXPECT_EQ(in_two_seconds("PUT", "/api/v1/exemptions/groups/g", R"({"reason":"x"})").status, 503);
    EXPECT_EQ(in_two_seconds("GET", "/api/v1/runs", "").status, 503);
  }
  server_.thaw();
  EXPECT_TRUE(in_time([&] { return get("/api/v1/exemptions").status == 200; }));
  EXPECT_EQ(exemptions(), 0U) << "what was refused is not done later";
  EXPECT_TRUE(in_time([&] { return send("POST", "/api/v1/scheduler/pause", R"({"reason":"x"})").status == 200; }));
}

// Behind another commit that waits it is known: nothing is stored.
TEST_F(OrderedNodes, AnOutcomeThatIsNotKnownIsSaid) {
  leads();
  for (bool unknown = false; !unknown;) {
    wait_for_standby(true);
    const HttpAnswer answer = in_two_seconds("PUT", "/api/v1/exemptions/groups/g", R"({"reason":"x"})");
    EXPECT_EQ(answer.status, 503);
    unknown = answer.body.find("whether the change is stored is not known") != std::string::npos;
    if (!unknown) {
      EXPECT_THAT(answer.body, HasSubstr("something else holds what it needs"));
    }
    wait_for_standby(false);
    ASSERT_TRUE(in_time([&] { return get("/api/v1/exemptions").status == 200 && (!unknown || exemptions() == 1); }));
    EXPECT_EQ(exemptions(), unknown ? 1U : 0U);
  }
}

// While the lease can be renewed and the pause not be read.
TEST_F(OrderedNodes, AStateIsSaidOnce) {
  leads();
  auto lock = stranger("LOCK TABLE setting IN ACCESS EXCLUSIVE MODE");
  const auto said = [&](const std::string& what) {
    const std::string log = log_of("a");
    std::size_t times = 0;
    for (auto at = log.find(what); at != std::string::npos; at = log.find(what, at + 1)) ++times;
    return times;
  };
  ASSERT_TRUE(in_time([&] { return said("database unavailable") > 0; }));
  const std::int64_t before = metric("headroom_database_unavailable_seconds_total");
  ASSERT_TRUE(in_time([&] { return metric("headroom_database_unavailable_seconds_total") > before + 4; }))
      << "it goes on, as the lock does";
  EXPECT_EQ(said("database unavailable"), 1U) << log_of("a");
  EXPECT_EQ(said("database available again"), 0U) << log_of("a");
  lock->rollback();
  EXPECT_TRUE(in_time([&] { return said("database available again") == 1; }));
  EXPECT_EQ(said("database unavailable"), 1U) << log_of("a");
}

}  // namespace
}  // namespace headroom::e2e
