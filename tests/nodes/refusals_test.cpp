#include <gmock/gmock.h>

#include <thread>

#include "tests/nodes/fixture.h"
#include "tests/support/tls_stub.h"

// The server is there, and refuses: this node, or something that it asks for.
namespace headroom::e2e {
namespace {

using testing::HasSubstr;
using testing::Not;

class RefusedNodes : public Nodes {
 protected:
  // Of a role with no more than the rights that it is given.
  void leads_as(const std::string& role) {
    server_.execute("DROP ROLE IF EXISTS " + role);
    server_.execute("CREATE ROLE " + role + " LOGIN");
    server_.execute("GRANT ALL ON SCHEMA public TO " + role, database_.name());
    set("database.url", database_.url(role));
    leads();
  }
  void execute(const std::string& sql) { server_.execute(sql, database_.name()); }
  bool logs(const std::string& words) {
    return in_time([&] { return log_of("a").find(words) != std::string::npos; });
  }
  HttpAnswer ready() { return http("GET", admin_url_ + "/readyz"); }
  bool spooling() { return ready().json["spooling"].GetBool(); }
};

TEST_F(RefusedNodes, OneThatWasNeverLetInIsNotReady) {
  leads();
  const test::TlsStub none('N');
  set("database.url", none.url("sslmode=require"));
  start_node("b");
  EXPECT_TRUE(in_time([&] { return ready().status == 503; })) << log_of("b");
  EXPECT_THAT(ready().body, HasSubstr("SSL was required"));
  EXPECT_EQ(webhook("g").first, 200) << "what comes all the same is kept";
  const Finished doctor = run_headroomd(arguments({"doctor", "--only", "database"}));
  EXPECT_EQ(doctor.status, 1) << doctor.out;
  EXPECT_THAT(doctor.out, HasSubstr("sslrootcert"));
}

TEST_F(RefusedNodes, OneWhoseServerIsAwayForAllIsReady) {
  leads();
  const test::TlsStub some('S');  // and ends the connection
  set("database.url", some.url("sslmode=require"));
  start_node("b");
  ASSERT_TRUE(in_time([&] { return log_of("b").find("database unavailable") != std::string::npos; }));
  std::this_thread::sleep_for(std::chrono::milliseconds(1500));  // it has tried again
  EXPECT_EQ(ready().status, 200);
  EXPECT_TRUE(spooling());
  EXPECT_EQ(webhook("g").first, 200);
}

TEST_F(RefusedNodes, WhatOnlyConfigurationMendsEndsAStart) {
  leads();
  set("spool.path", file("other.db"));
  server_.execute("DROP ROLE IF EXISTS guarded");
  server_.execute("CREATE ROLE guarded LOGIN SUPERUSER PASSWORD 'first'");
  set("database.url", database_.url("guarded"));
  const Finished nameless = run_headroomd(arguments({"serve"}));
  EXPECT_EQ(nameless.status, 78) << nameless.err;
  EXPECT_THAT(nameless.err, HasSubstr("database.password_file"));
  server_.execute("DROP ROLE IF EXISTS unwelcome");
  server_.execute("CREATE ROLE unwelcome LOGIN");
  server_.execute("REVOKE CONNECT ON DATABASE " + database_.name() + " FROM PUBLIC");
  set("database.url", database_.url("unwelcome"));
  const Finished unwelcome = run_headroomd(arguments({"serve"}));
  EXPECT_EQ(unwelcome.status, 78) << unwelcome.err;
  EXPECT_THAT(unwelcome.err, HasSubstr("permission denied for database"));
}

TEST_F(RefusedNodes, MissingRightsAreSpooledAtOnceAndSaid) {
  leads_as("plain");
  ASSERT_TRUE(in_time([&] { return !spooling(); }));
  execute("REVOKE ALL ON event FROM plain");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(webhook("g").first, 200);
  EXPECT_TRUE(logs("permission denied for table event (SQLSTATE 42501)"));
  execute("GRANT ALL ON event TO plain");
  EXPECT_TRUE(in_time([&] { return !spooling() && events_of("g") == 3; }));
  execute("REVOKE INSERT ON audit FROM plain");
  const HttpAnswer order = send("PUT", "/api/v1/exemptions/members/u");
  EXPECT_EQ(order.status, 503) << order.body;
  EXPECT_THAT(order.body, HasSubstr("its log says why"));
  EXPECT_TRUE(logs("permission denied for table audit (SQLSTATE 42501)"));
  execute("GRANT ALL ON audit TO plain");
  EXPECT_EQ(send("PUT", "/api/v1/exemptions/members/u").status, 200);
  EXPECT_EQ(stop_node("a"), 0);
}

// Of files that can not grow: as the server says it, by a trigger.
TEST_F(RefusedNodes, AFullDiskOfTheServerIsFullUntilItTakesAWrite) {
  create(full_group("g", 100));
  leads();
  ASSERT_TRUE(in_time([&] { return !spooling(); }));
  execute(
      "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS "
      "$$BEGIN RAISE 'could not extend file: No space left on device' USING ERRCODE = '53100'; END$$");
  for (const std::string table : {"setting", "run"}) {
    execute("CREATE TRIGGER no_room BEFORE INSERT ON " + table + " FOR EACH ROW EXECUTE FUNCTION no_room()");
  }
  EXPECT_EQ(webhook("g").first, 200);
  EXPECT_TRUE(logs("the disk of the database's server is full"));
  std::this_thread::sleep_for(std::chrono::milliseconds(2500));
  EXPECT_THAT(log_of("a"), Not(HasSubstr("has room again")));
  EXPECT_THAT(log_of("a"), Not(HasSubstr("events are refused")));
  execute("DROP FUNCTION no_room CASCADE");
  EXPECT_TRUE(logs("the disk of the database's server has room again"));
  EXPECT_TRUE(in_time([&] { return state_of("g") == "has_room"; }));
  EXPECT_EQ(stop_node("a"), 0);
}

}  // namespace
}  // namespace headroom::e2e
