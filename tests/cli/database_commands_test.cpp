// migrate, backup and restore.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <utility>

#include "sqlite/database_lock.h"
#include "tests/cli/cli_fixture.h"
#include "tests/sqlite/killed_writer.h"

namespace headroom {
namespace {

using testing::HasSubstr;

TEST_F(CliTest, MigrateFromNothing) {
  EXPECT_EQ(run({"migrate", "status", "--json"}), 0);
  EXPECT_STREQ(json()["state"].GetString(), "empty");
  EXPECT_GE(json()["pending"].Size(), 1u);
  EXPECT_EQ(run({"migrate", "up", "--dry-run", "--json"}), 0);
  EXPECT_THAT(json()["applied"][0]["sql"].GetString(), HasSubstr("CREATE TABLE"));
  EXPECT_FALSE(std::filesystem::exists(database));
  EXPECT_FALSE(std::filesystem::exists(database + ".lock"));

  EXPECT_EQ(run({"migrate", "up", "--json"}), 0);
  EXPECT_EQ(json()["from"].GetInt(), 0);
  EXPECT_TRUE(json()["backup"].IsNull());
  EXPECT_EQ(run({"migrate", "up"}), 0);
  EXPECT_THAT(out, HasSubstr("nothing to do"));
  EXPECT_EQ(run({"migrate", "status"}), 0);
  EXPECT_THAT(out, HasSubstr("state current"));
  EXPECT_EQ(run({"migrate", "verify", "--json"}), 0);
  EXPECT_TRUE(json()["ok"].GetBool());
  EXPECT_EQ(run({"migrate", "up", "--to", "99999"}), 78);
}

TEST_F(CliTest, MigrateNeedsNoSecretAndStatusNoApp) {
  config = files.write("bare.conf", "[database]\nurl = sqlite:" + database + "\n");
  EXPECT_EQ(run({"migrate", "status"}), 0);
  EXPECT_EQ(run({"migrate", "up"}), 78);
  EXPECT_THAT(err, HasSubstr("chat.sdk_app_id"));
  EXPECT_EQ(run({"migrate", "up", "--chat.sdk_app_id", "5"}), 0);
  EXPECT_EQ(run({"migrate", "verify"}), 0);
  EXPECT_EQ(run({"backup", files.path("copy")}), 0);
}

TEST_F(CliTest, StatusSucceedsWhateverItFinds) {
  files.write("headroom.db", "this is not a database at all");
  EXPECT_EQ(run({"migrate", "status", "--json"}), 0);
  EXPECT_STREQ(json()["state"].GetString(), "not_headroom");
  EXPECT_EQ(run({"migrate", "up"}), 78);
  EXPECT_EQ(run({"migrate", "verify"}), 78);
  EXPECT_EQ(run({"migrate", "status", "--database.url", "sqlite:" + files.path("none/headroom.db")}), 0);
  EXPECT_EQ(run({"migrate", "status", "--database.url", "sqlite:/proc"}), 0);
}

TEST_F(CliTest, AnotherHoldsTheDatabase) {
  EXPECT_EQ(run({"migrate", "up"}), 0);
  const DatabaseLock lock(database);
  EXPECT_EQ(run({"migrate", "up"}), 75);
  for (const char* action : {"status", "verify"}) EXPECT_EQ(run({"migrate", action}), 0);
  EXPECT_EQ(run({"migrate", "up", "--dry-run"}), 0);
}

TEST_F(CliTest, Backup) {
  EXPECT_EQ(run({"backup", files.path("copy")}), 78);
  EXPECT_EQ(run({"migrate", "up"}), 0);
  EXPECT_EQ(run({"backup", files.path("copy"), "--chat.sdk_app_id", "5"}), 78) << "another app's";
  EXPECT_EQ(run({"backup", files.path("copy")}), 0);
  EXPECT_EQ(err, "");
  EXPECT_EQ(run({"backup", files.path("copy")}), 1);
  EXPECT_EQ(run({"migrate", "verify", "--database.url", "sqlite:" + files.path("copy")}), 0);
}

TEST_F(CliTest, BackupAndRestoreSayWhatTheyDid) {
  EXPECT_EQ(run({"migrate", "up"}), 0);
  EXPECT_EQ(run({"backup", files.path("copy")}), 0);
  EXPECT_THAT(out, testing::MatchesRegex("backup " + files.path("copy") + " [0-9]+ bytes, 0 events\n"));
  EXPECT_EQ(run({"restore", files.path("copy")}), 0);
  EXPECT_EQ(err, "");
  EXPECT_THAT(out,
              testing::ContainsRegex("restored .*headroom.db from .*copy: [0-9]+ bytes, 0 events, schema version"));
  EXPECT_THAT(out, testing::ContainsRegex("aside .*headroom.db.replaced-[0-9]+T[0-9]+Z"));
  EXPECT_THAT(out, HasSubstr("forgotten 0 events, 0 removals, 0 entries of the audit"));
  EXPECT_EQ(run({"migrate", "verify"}), 0);
}

// The table of the exit status, from each command that can come to it.
TEST_F(CliTest, ExitStatusOfWhatStandsInTheWay) {
  EXPECT_EQ(run({"migrate", "up"}), 0);
  EXPECT_EQ(run({"backup", files.path("copy")}), 0);
  files.write("text", std::string(5000, 'x'));
  std::string damaged = files.path("damaged");
  std::filesystem::copy_file(files.path("copy"), damaged);
  std::ofstream(damaged, std::ios::in | std::ios::out).seekp(4096 * 2) << std::string(4096 * 20, 'x');
  const auto with_database = [&](std::vector<std::string> command, const std::string& name) {
    command.insert(command.end(), {"--database.url", "sqlite:" + files.path(name)});
    return run(command);
  };
  // missing
  EXPECT_EQ(with_database({"backup", files.path("b1")}, "none"), 78);
  EXPECT_EQ(with_database({"migrate", "verify"}, "none"), 78);
  EXPECT_EQ(with_database({"migrate", "up"}, "none/headroom.db"), 78);
  EXPECT_EQ(run({"backup", files.path("none/b1")}), 78);
  EXPECT_EQ(run({"restore", files.path("none")}), 78);
  // not a database
  EXPECT_EQ(with_database({"backup", files.path("b1")}, "text"), 78);
  EXPECT_EQ(with_database({"migrate", "verify"}, "text"), 78);
  EXPECT_EQ(with_database({"migrate", "up"}, "text"), 78);
  EXPECT_EQ(run({"restore", files.path("text")}), 78);
  // another app's
  for (const char* command : {"up", "restore"}) {
    std::vector<std::string> arguments{command, "--chat.sdk_app_id", "5"};
    if (std::string(command) == "up") arguments.insert(arguments.begin(), "migrate");
    if (std::string(command) == "restore") arguments.insert(arguments.begin() + 1, files.path("copy"));
    EXPECT_EQ(run(arguments), 78);
    EXPECT_THAT(err, HasSubstr("1400000000"));
  }
  // damaged: at run time 1, as something to restore 78
  EXPECT_EQ(with_database({"migrate", "verify"}, "damaged"), 1);
  EXPECT_EQ(run({"restore", damaged}), 78);
  // in the way
  EXPECT_EQ(run({"backup", files.path("copy")}), 1);
  const DatabaseLock lock(database);
  EXPECT_EQ(run({"restore", files.path("copy")}), 75);
}

TEST_F(CliTest, AnotherAppsDatabaseGetsNoLock) {
  EXPECT_EQ(run({"migrate", "up"}), 0);
  std::filesystem::remove(database + ".lock");
  EXPECT_EQ(run({"migrate", "up", "--chat.sdk_app_id", "5"}), 78);
  EXPECT_EQ(run({"restore", files.path("none")}), 78);
  EXPECT_FALSE(std::filesystem::exists(database + ".lock"));
}

// Of a database beside which a killed daemon's log lies, too.
TEST_F(CliTest, ReadingCreatesNothingAndChangesNothing) {
  EXPECT_EQ(run({"migrate", "up"}), 0);
  test::write_and_be_killed(database, 3);
  const auto state = [&] {
    std::vector<std::pair<std::string, std::uintmax_t>> all;
    for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(database).parent_path())) {
      all.emplace_back(entry.path().string(), entry.file_size());
    }
    std::sort(all.begin(), all.end());
    return all;
  };
  const auto before = state();
  EXPECT_EQ(run({"migrate", "status"}), 0);
  EXPECT_EQ(run({"migrate", "verify"}), 0);
  EXPECT_EQ(state(), before);
  EXPECT_EQ(run({"backup", files.path("copy")}), 0);
  std::filesystem::remove(files.path("copy"));
  EXPECT_EQ(state(), before);
}

}  // namespace
}  // namespace headroom
