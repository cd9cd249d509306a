#include <SQLiteCpp/Database.h>
#include <gmock/gmock.h>
#include <rapidjson/document.h>

#include <sstream>

#include "cli/cli.h"
#include "sqlite/database_lock.h"
#include "sqlite/sqlite_storage.h"
#include "sqlite/upkeep/migrator.h"
#include "tests/config/config_files.h"
#include "tests/database/copy_samples.h"
#include "tests/storage/backend.h"
#include "tests/support/postgres_server.h"

namespace headroom::test {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

class CopyCommandTest : public testing::Test {
 protected:
  CopyCommandTest() {
    Migrator(database_).up({.sdk_app_id = 1400000000, .now = kNow});
    SqliteStorage store({.path = database_});
    fill(store);
  }
  int run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "copy");
    arguments.insert(arguments.end(), {"--config", config_});
    std::ostringstream out, err;
    const int status = run_cli(arguments, {{}, out, err, [](const ConfigResult&) { return 0; }, {}});
    out_ = out.str();
    err_ = err.str();
    return status;
  }
  rapidjson::Document json() const {
    rapidjson::Document document;
    document.Parse(out_.c_str());
    EXPECT_FALSE(document.HasParseError()) << out_;
    return document;
  }

  const ConfigFiles files_;
  const std::string database_ = files_.path("headroom.db");
  const std::string config_ =
      files_.write("headroomd.conf",
                   "[chat]\nsdk_app_id = 1400000000\n[webhook]\nallow_from = 203.0.113.1\n"
                   "[database]\nurl = sqlite:" +
                       database_ + "\npassword_file = " + files_.write("password", "guarded and long") + "\n");
  const PostgresDatabase target_;
  std::string out_, err_;
};

TEST_F(CopyCommandTest, PrintsTheRowsOfEachTable) {
  ASSERT_EQ(run({"--to", target_.url()}), 0) << err_;
  EXPECT_THAT(out_, HasSubstr("\nchat_group 8\n"));
  EXPECT_THAT(out_, HasSubstr("\nsetting "));
  EXPECT_THAT(out_, EndsWith("/" + target_.name() + "\n"));
  EXPECT_EQ(err_, "");
  ASSERT_EQ(run({"--to", target_.url()}), 0);
  EXPECT_THAT(out_, testing::StartsWith("nothing to do: "));
}

TEST_F(CopyCommandTest, PrintsJson) {
  ASSERT_EQ(run({"--to", target_.url(), "--json"}), 0) << err_;
  const auto report = json();
  EXPECT_STREQ(report["from"].GetString(), database_.c_str());
  EXPECT_TRUE(report["ok"].GetBool());
  EXPECT_FALSE(report["nothing_to_do"].GetBool());
  EXPECT_EQ(report["problems"].Size(), 0U);
  EXPECT_GT(report["tables"].Size(), 15U);
  EXPECT_STREQ(report["tables"][0]["name"].GetString(), "event");
  EXPECT_GT(report["tables"][0]["rows"].GetInt(), 0);
  ASSERT_EQ(run({"--to", target_.url(), "--json"}), 0);
  EXPECT_TRUE(json()["nothing_to_do"].GetBool());
}

TEST_F(CopyCommandTest, TheStatusSaysWhyNot) {
  EXPECT_EQ(run({}), 64);
  EXPECT_THAT(err_, HasSubstr("--to URL"));
  EXPECT_EQ(run({"--to", target_.url(), "--database.url", target_.url()}), 64);
  EXPECT_THAT(err_, HasSubstr("on a server already"));
  EXPECT_EQ(run({"--to", files_.path("other.db")}), 78);
  EXPECT_THAT(err_, HasSubstr("--to is no URI of PostgreSQL"));
  EXPECT_EQ(run({"--to", "postgresql:///none?connect_timeout=2&host=" + files_.path("nowhere")}), 75);
  EXPECT_EQ(run({"--to", PostgresServer::shared().url("nothing_there")}), 78);
  {
    const DatabaseLock daemon(database_);
    EXPECT_EQ(run({"--to", target_.url()}), 75);
  }
  PostgresServer::shared().execute("CREATE TABLE theirs (id bigint)", target_.name());
  EXPECT_EQ(run({"--to", target_.url()}), 78);
}

TEST_F(CopyCommandTest, APasswordInTheUrlIsNotShown) {
  for (const std::string url : {"postgresql://me:hunter2@db/headroom", "postgresql://db/headroom?password=hunter2"}) {
    EXPECT_EQ(run({"--to", url}), 78);
    EXPECT_THAT(err_, HasSubstr("password"));
    EXPECT_THAT(out_ + err_, Not(HasSubstr("hunter2")));
  }
}

TEST_F(CopyCommandTest, ThePasswordIsThatOfTheFile) {
  PostgresServer& server = PostgresServer::shared();
  server.execute("CREATE ROLE guarded LOGIN PASSWORD 'guarded and long'");
  server.execute("ALTER DATABASE " + target_.name() + " OWNER TO guarded");
  EXPECT_EQ(run({"--to", target_.url("guarded")}), 0) << err_;
  EXPECT_EQ(run({"--to", target_.url("guarded"), "--database.password_file", files_.write("wrong", "wrong and long")}),
            78);
}

TEST_F(CopyCommandTest, WhatDiffersIsOne) {
  ASSERT_EQ(run({"--to", target_.url()}), 0);
  // As it was before the end, and a row behind it.
  PostgresServer::shared().execute(
      "CREATE TABLE copy_progress (of_table text PRIMARY KEY, source text, copied bigint);"
      "INSERT INTO copy_progress SELECT relname, (SELECT value FROM setting WHERE key = 'copied_from'), 0 FROM pg_class"
      " WHERE relnamespace = 'public'::regnamespace AND relkind = 'r';"
      "DELETE FROM setting WHERE key = 'copied_from';"
      "DO $$ DECLARE t name; n bigint; BEGIN FOR t IN SELECT of_table FROM copy_progress LOOP"
      "  EXECUTE format('SELECT count(*) FROM %I', t) INTO n; UPDATE copy_progress SET copied = n WHERE of_table = t;"
      " END LOOP; END $$;"
      "UPDATE audit SET reason = 'another'",
      target_.name());
  EXPECT_EQ(run({"--to", target_.url()}), 1) << out_;
  EXPECT_THAT(err_, HasSubstr("table audit: rows are not what the source has"));
}

}  // namespace
}  // namespace headroom::test
