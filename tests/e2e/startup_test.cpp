#include <gmock/gmock.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <utility>

#include "tests/e2e/fixture.h"

namespace headroom::e2e {
namespace {

using testing::HasSubstr;

// Each bad start as an operator meets it: the status, and one line that names the thing.
class Startup : public E2e {
 protected:
  Startup() { settings_["scheduler.mode"] = "plan"; }

  void migrate() {
    const auto done = run_headroomd(arguments({"migrate", "up"}));
    ASSERT_EQ(done.status, 0) << done.err;
  }
  Finished serve() { return run_headroomd(arguments({"serve"})); }
  void expect_refusal(const Finished& finished, int status, const std::string& text) {
    EXPECT_EQ(finished.status, status) << finished.err;
    EXPECT_THAT(finished.err, HasSubstr(text));
    EXPECT_THAT(finished.err, testing::StartsWith("headroomd: "));
  }
  std::int64_t number(const std::string& name, const std::string& query) {
    sqlite3* db = nullptr;
    EXPECT_EQ(sqlite3_open_v2(file(name).c_str(), &db, SQLITE_OPEN_READONLY, nullptr), SQLITE_OK);
    sqlite3_stmt* statement = nullptr;
    EXPECT_EQ(sqlite3_prepare_v2(db, query.c_str(), -1, &statement, nullptr), SQLITE_OK);
    EXPECT_EQ(sqlite3_step(statement), SQLITE_ROW);
    const std::int64_t value = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return value;
  }
  void sql(const std::string& statement) {
    sqlite3* db = nullptr;
    ASSERT_EQ(sqlite3_open(file("headroom.db").c_str(), &db), SQLITE_OK);
    char* error = nullptr;
    EXPECT_EQ(sqlite3_exec(db, statement.c_str(), nullptr, nullptr, &error), SQLITE_OK) << (error ? error : "");
    sqlite3_close(db);
  }
};

TEST_F(Startup, MissingConfiguration) {
  expect_refusal(run_headroomd({"serve", "--config", file("none.conf")}), 78, "none.conf");
}

TEST_F(Startup, EveryMistakeOfTheConfigurationAtOnce) {
  write_file("headroomd.conf", "[chat]\nregoin = china\n[scheduler]\nmode = fast\n[policy]\ninactive_for = 1y\n");
  settings_.erase("scheduler.mode");
  const auto finished = serve();
  EXPECT_EQ(finished.status, 78);
  EXPECT_THAT(finished.err, HasSubstr("headroomd.conf:2"));
  EXPECT_THAT(finished.err, HasSubstr("chat.regoin"));
  EXPECT_THAT(finished.err, HasSubstr("headroomd.conf:4"));
  EXPECT_THAT(finished.err, HasSubstr("observe"));
  EXPECT_THAT(finished.err, HasSubstr("policy.inactive_for"));
}

TEST_F(Startup, UnknownCommandAndOption) {
  expect_refusal(run_headroomd({"sevre"}), 64, "sevre");
  expect_refusal(run_headroomd({"serve", "--chat.sdk_app", "1"}), 64, "chat.sdk_app");
}

TEST_F(Startup, ABadValueOfTheEnvironment) {
  expect_refusal(run_headroomd(arguments({"serve"}), {{"HEADROOM_SCHEDULER_CONCURRENCY", "65"}}), 78,
                 "HEADROOM_SCHEDULER_CONCURRENCY");
}

TEST_F(Startup, ADatabaseThatIsNotThere) { expect_refusal(serve(), 78, "headroomd migrate up"); }

TEST_F(Startup, ADatabaseThatIsBehind) {
  migrate();
  sql("DELETE FROM schema_migration WHERE version = (SELECT max(version) FROM schema_migration)");
  expect_refusal(serve(), 78, "migrate up");
}

TEST_F(Startup, ADatabaseOfANewerVersion) {
  migrate();
  sql("INSERT INTO schema_migration (version, name, checksum, applied_at) SELECT max(version) + 1, 'future', 'x', 1 "
      "FROM schema_migration");
  expect_refusal(serve(), 78, "knows versions up to");
  expect_refusal(run_headroomd(arguments({"migrate", "up"})), 78, "knows versions up to");
}

TEST_F(Startup, AnAlteredMigration) {
  migrate();
  sql("UPDATE schema_migration SET checksum = 'other' WHERE version = 1");
  expect_refusal(serve(), 78, "is not the one of this headroomd");
  EXPECT_NE(run_headroomd(arguments({"migrate", "verify"})).status, 0);
}

TEST_F(Startup, AnotherAppsDatabase) {
  migrate();
  settings_["chat.sdk_app_id"] = "1400000001";
  expect_refusal(serve(), 78, "1400000000");
}

TEST_F(Startup, NoDatabaseAtAll) {
  write_file("headroom.db", "This is a letter to my grandmother, and no database whatsoever.\n");
  expect_refusal(serve(), 78, "headroom.db");
  expect_refusal(run_headroomd(arguments({"migrate", "up"})), 78, "headroom.db");
}

TEST_F(Startup, ADatabaseThatAnotherDaemonHolds) {
  start();
  expect_refusal(serve(), 75, "headroom.db");
  expect_refusal(run_headroomd(arguments({"migrate", "up"})), 75, "headroom.db");
  // What only reads works beside it.
  EXPECT_EQ(run_headroomd(arguments({"migrate", "status"})).status, 0);
  EXPECT_EQ(run_headroomd(arguments({"migrate", "verify"})).status, 0);
  const auto backup = run_headroomd(arguments({"backup", file("copy.db")}));
  EXPECT_EQ(backup.status, 0) << backup.err;
  struct stat info {};
  ASSERT_EQ(::stat(file("copy.db").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
  EXPECT_EQ(run_headroomd(arguments({"backup", file("copy.db")})).status, 1);
  kill_it();
  start();  // a killed one leaves nothing behind
  stop();
}

TEST_F(Startup, NoPermission) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may do everything";
  migrate();
  ::chmod(file("headroom.db").c_str(), 0);
  expect_refusal(serve(), 78, "ermission");
}

TEST_F(Startup, ATakenPortNamesItsKeyMigratesNothingAndBeginsNothing) {
  start();
  settings_["database.url"] = "sqlite:" + file("other.db");
  settings_["scheduler.sweep_interval"] = "1h";
  for (const std::string name : {"webhook", "admin"}) {
    const std::string key = name + ".listen";
    const std::string free = std::exchange(settings_[key], daemon_->listening(name));
    settings_["database.auto_migrate"] = "true";
    expect_refusal(serve(), 1, key + ": can not listen on " + settings_[key]);
    EXPECT_FALSE(std::filesystem::exists(file("other.db")));
    settings_[key] = free;
  }
  migrate();
  settings_["webhook.listen"] = daemon_->listening("webhook");
  expect_refusal(serve(), 1, "webhook.listen");
  EXPECT_EQ(number("other.db", "SELECT count(*) FROM sweep"), 0);
}

TEST_F(Startup, APortThatNeedsAPermission) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may listen everywhere";
  migrate();
  settings_["webhook.listen"] = "127.0.0.1:80";
  expect_refusal(serve(), 78, "webhook.listen: can not listen on 127.0.0.1:80");
}

TEST_F(Startup, TheFirstLineSaysWhatStarted) {
  migrate();
  settings_["log.level"] = "error";
  settings_["policy.inactive_for"] = "6m";  // a warning comes later
  daemon_ = std::make_unique<DaemonProcess>(arguments({"serve"}));
  EXPECT_FALSE(daemon_->listening("webhook").empty()) << daemon_->stderr_text();
  stop();
  const std::string text = daemon_->stderr_text();
  const std::string first = text.substr(0, text.find('\n'));
  EXPECT_THAT(first, testing::ContainsRegex("started version=[0-9.]+ mode=plan app=1400000000 database=" +
                                            file("headroom.db") + " schema=[0-9]+ webhook_auth=off$"));
}

// kill -9, `cp backup headroom.db`: the old log beside it would be read on top of the backup.
TEST_F(Startup, ABackupCopiedBesideTheOldLogIsRefusedAndRestoreIsTheWay) {
  create(full_group("g", 40));
  start();
  EXPECT_EQ(run_headroomd(arguments({"backup", file("copy.db")})).status, 0);
  knock("g");
  ASSERT_TRUE(eventually([&] { return get("/api/v1/events").json["items"].Size() == 1; }));
  kill_it();
  std::filesystem::copy_file(file("copy.db"), file("headroom.db"), std::filesystem::copy_options::overwrite_existing);
  expect_refusal(serve(), 78, "headroomd restore");
  expect_refusal(run_headroomd(arguments({"migrate", "up"})), 78, "headroomd restore");
  const auto restored = run_headroomd(arguments({"restore", file("copy.db")}));
  ASSERT_EQ(restored.status, 0) << restored.err;
  EXPECT_THAT(restored.out, HasSubstr(".replaced-"));
  start();
  EXPECT_EQ(get("/api/v1/events").json["items"].Size(), 0u);
  expect_refusal(run_headroomd(arguments({"restore", file("copy.db")})), 75, "headroom.db");
  stop();
}

TEST_F(Startup, AutoMigrate) {
  settings_["database.auto_migrate"] = "true";
  daemon_ = std::make_unique<DaemonProcess>(arguments({"serve"}));
  EXPECT_FALSE(daemon_->listening("webhook").empty()) << daemon_->stderr_text();
  stop();
}

TEST_F(Startup, AMigrationBacksUpWhatHoldsData) {
  migrate();
  const auto again = run_headroomd(arguments({"migrate", "up"}));
  EXPECT_EQ(again.status, 0);
  for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
    EXPECT_THAT(entry.path().string(), testing::Not(HasSubstr(".bak")));  // nothing to do, nothing to back up
  }
}

TEST_F(Startup, SecretsNeverReachTheLog) {
  settings_["log.level"] = "debug";
  create(full_group("g", 40));
  settings_["scheduler.mode"] = "prune";
  start();
  knock("g");
  ASSERT_TRUE(reaches("g", "has_room"));
  stop();
  EXPECT_THAT(daemon_->stderr_text(), testing::Not(HasSubstr(chatsim::ChatSimOptions().secret_key)));
  EXPECT_THAT(daemon_->stderr_text(), testing::Not(HasSubstr("usersig")));
  EXPECT_THAT(daemon_->stderr_text(), testing::Not(HasSubstr("0123456789abcdef0123456789abcdef")));
}

// By a path that its lock does not cover, say a hard link.
TEST_F(Startup, WhenAnotherProcessLeadsOverItsDatabaseItRemovesNobodyAndSaysSo) {
  set("scheduler.mode", "prune");
  create(full_group("before", 100));
  create(full_group("g", 100));
  start();
  knock("before");
  ASSERT_TRUE(reaches("before", "has_room"));
  sql("UPDATE lease SET holder = 'another', fence = fence + 1");
  knock("g");
  EXPECT_TRUE(logged("lease_lost"));
  EXPECT_THAT(removed("g"), testing::IsEmpty());
  EXPECT_EQ(get("/api/v1/groups/g/events").json["items"].Size(), 1U) << "what it is told is stored all the same";
  stop();
  EXPECT_THAT(removed("g"), testing::IsEmpty());
  start();  // and leads again
  EXPECT_TRUE(reaches("g", "has_room"));
  stop();
}

}  // namespace
}  // namespace headroom::e2e
