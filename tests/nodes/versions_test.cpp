#include <gmock/gmock.h>

#include "postgres/upkeep/migrator.h"
#include "tests/nodes/fixture.h"

// Nodes of two versions side by side: the newer one is played by its migration.
namespace headroom::e2e {
namespace {

using testing::HasSubstr;

class Versions : public Nodes {
 protected:
  // As `migrate up` of a version with `count` more migrations, which say that binaries up to `compatible_from` can live
  // with them; 0: nothing.
  void migrate_further(int count, int compatible_from) const {
    std::vector<Migration> all = postgres::embedded_migrations();
    for (int i = 0; i < count; ++i) {
      const std::string number = std::to_string(newest() + 1 + i);
      all.push_back({newest() + 1 + i, "next_" + number,
                     "CREATE TABLE next_" + number + " (a bigint); ALTER TABLE event ADD COLUMN next_" + number +
                         " bigint NOT NULL DEFAULT 0",
                     "c" + number, compatible_from});
    }
    postgres::Migrator({.url = database_.url()}, all).up({});
  }
  static int newest() { return static_cast<int>(postgres::embedded_migrations().size()); }
};

TEST_F(Versions, AnOlderNodeGoesOnBesideANewerOneThatSaysItCan) {
  create(full_group("g", 100));
  start_node("a");
  ASSERT_TRUE(in_time([&] { return leader() == "a"; }));
  migrate_further(1, newest());
  const std::string told = "the schema is a newer headroomd's, and this one can use it";
  EXPECT_TRUE(in_time([&] { return log_of("a").find(told) != std::string::npos; }));
  knock("g");
  EXPECT_TRUE(in_time([&] { return state_of("g") == "has_room"; }));
  EXPECT_EQ(stop_node("a"), 0);
  set("database.auto_migrate", "true");
  start_node("a");  // it may be started again, too, on the way or back
  ASSERT_TRUE(in_time([&] { return leader() == "a"; }));
  create(full_group("other", 100));
  knock("other");
  EXPECT_TRUE(in_time([&] { return state_of("other") == "has_room"; }));
  const HttpAnswer nodes = get("/api/v1/nodes");
  EXPECT_EQ(nodes.json["items"][0]["schema"].GetInt(), newest()) << nodes.body;
  const Finished status = run_headroomd(arguments({"migrate", "status"}));
  EXPECT_THAT(status.out, HasSubstr("state compatible"));
  EXPECT_THAT(run_headroomd(arguments({"migrate", "up"})).out,
              HasSubstr("nothing to do: version " + std::to_string(newest() + 1)));
  EXPECT_EQ(stop_node("a"), 0);
}

TEST_F(Versions, AnOlderNodeEndsWhenTheSchemaBecomesOneThatItCanNotUse) {
  start_node("a");
  ASSERT_TRUE(in_time([&] { return leader() == "a"; }));
  start_node("b");
  migrate_further(1, newest());
  migrate_further(2, newest() + 1);
  for (const char* name : {"a", "b"}) {
    EXPECT_EQ(wait_for(name), 78) << log_of(name);
    // Its last words may still be on their way here when it has ended.
    const std::string why = "this headroomd knows versions up to " + std::to_string(newest());
    EXPECT_TRUE(in_time([&] { return log_of(name).find(why) != std::string::npos; })) << log_of(name);
  }
  set("node.name", "a");
  set("spool.path", file("a-spool.db"));
  const Finished again = run_headroomd(arguments({"serve"}));
  EXPECT_EQ(again.status, 78) << again.err;
  EXPECT_EQ(run_headroomd(arguments({"migrate", "up"})).status, 78);
}

}  // namespace
}  // namespace headroom::e2e
