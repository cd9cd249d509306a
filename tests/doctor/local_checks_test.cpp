// config, secrets, database, disk, sqlite: each once in order, failed, and out of sight.
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "tests/doctor/examined.h"

namespace headroom::doctor {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::int64_t kGiB = 1024LL * 1024 * 1024;

class LocalChecks : public Examined {};

TEST_F(LocalChecks, AllIsInOrderAndNothingIsChanged) {
  const auto before = std::filesystem::last_write_time(database);
  const auto found = all();
  for (const char* name :
       {"config", "secrets", "database", "disk", "sqlite", "clock", "chat", "usersig", "permissions"}) {
    EXPECT_THAT(found.at(name), InOrder()) << name;
  }
  for (const char* name : {"dns", "tls", "webhook", "unit"}) EXPECT_THAT(found.at(name), NotSeen()) << name;
  EXPECT_EQ(found.size(), 13U);
  EXPECT_EQ(std::filesystem::last_write_time(database), before);
  for (const char* end : {"-wal", "-shm", ".lock"}) EXPECT_FALSE(std::filesystem::exists(database + end)) << end;
  for (const auto& call : chat.calls()) {
    EXPECT_THAT(call.api, testing::AnyOf("get_group_info", "get_appid_group_list", "query_online_status"));
  }
}

TEST_F(LocalChecks, TheOrderIsTheContracts) {
  EXPECT_THAT(check_names(), ElementsAre("config", "secrets", "database", "disk", "sqlite", "clock", "dns", "tls",
                                         "chat", "usersig", "permissions", "webhook", "unit"));
  request.only = {"chat", "config", "chat"};
  std::vector<std::string> made;
  examine(load(), request, around, [&](const CheckResult& result) { made.emplace_back(result.name); });
  EXPECT_THAT(made, ElementsAre("config", "chat"));
}

TEST_F(LocalChecks, ConfigFailsOnAValueOutOfItsRange) {
  set("scheduler.concurrency", "65");
  const Finding found = look("config");
  EXPECT_THAT(found, HasFailed());
  EXPECT_THAT(found.detail, HasSubstr("scheduler.concurrency"));
  EXPECT_THAT(look("database"), InOrder()) << "what does not hang on it is looked at";
}

TEST_F(LocalChecks, ConfigFailsOnAnUnknownKeyAndSaysWarnings) {
  set("policy.inactive_for", "6m");
  EXPECT_THAT(look("config"), Warned());
  config_file = files.write("unknown.conf", "[chat]\nbase_ulr = x\n");
  EXPECT_THAT(look("config"), HasFailed());
  EXPECT_THAT(look("chat"), NotSeen()) << "who knows whom it would ask";
}

TEST_F(LocalChecks, WithoutAConfigurationNothingIsLookedAt) {
  config_file = files.path("missing.conf");
  const ConfigResult config = load();
  EXPECT_TRUE(is_unreadable(config));
  for (const auto& [name, finding] : examine_with(config)) {
    EXPECT_THAT(finding, IsStatus(name == "config" ? CheckStatus::kFailed : CheckStatus::kSkipped)) << name;
  }
  EXPECT_TRUE(chat.calls().empty());
  config_file = files.write("broken.conf", "[chat\nsdk_app_id\n");
  EXPECT_TRUE(is_unreadable(load()));
}

TEST_F(LocalChecks, SecretsFailWhenOneIsMissing) {
  unset("chat.secret_key_file");
  const Finding found = look("secrets");
  EXPECT_THAT(found, HasFailed());
  EXPECT_THAT(found.detail, HasSubstr("chat.secret_key_file"));
  set("chat.secret_key_file", files.path("nowhere"));
  EXPECT_THAT(look("secrets"), HasFailed());
  set("chat.secret_key_file", files.write("empty", ""));
  EXPECT_THAT(look("secrets"), HasFailed());
}

TEST_F(LocalChecks, SecretsComeFromTheStoreToo) {
  unset("chat.secret_key_file");
  std::filesystem::create_directory(files.path("credstore"));
  files.write("credstore/headroom.chat-secret-key", kKey);
  EXPECT_THAT(look("secrets"), InOrder());
}

TEST_F(LocalChecks, SecretsThatOthersMayReadAreAWarning) {
  files.write("key", kKey, 0644);
  EXPECT_THAT(look("secrets"), Warned());
  EXPECT_THAT(look("config"), InOrder()) << "said once";
}

TEST_F(LocalChecks, SecretsWarnOfWhatIsNotSigned) {
  unset("webhook.token_file");
  EXPECT_THAT(look("secrets"), Warned());
  set("scheduler.mode", "prune");
  EXPECT_THAT(look("secrets"), HasFailed());
}

TEST_F(LocalChecks, SecretsWarnWithoutAnAdminToken) {
  unset("admin.token_file");
  EXPECT_THAT(look("secrets"), Warned());
}

TEST_F(LocalChecks, SecretsOutOfSightAreNoFinding) {
  ConfigResult config = load();
  config.config.chat.secret_key.reset();
  config.warnings.push_back({{"/etc/credstore/headroom.chat-secret-key", std::nullopt},
                             "chat.secret_key_file",
                             std::nullopt,
                             "",
                             "can not be read: Permission denied",
                             true});
  auto found = examine_with(config);
  EXPECT_THAT(found["secrets"], NotSeen());
  EXPECT_THAT(found["usersig"], NotSeen());
  EXPECT_THAT(found["permissions"], NotSeen());
  EXPECT_THAT(found["chat"], InOrder()) << "that Chat answers is seen without a key";
}

TEST_F(LocalChecks, DatabaseFailsWhenThereIsNone) {
  set("database.url", "sqlite:" + files.path("none.db"));
  EXPECT_THAT(look("database"), HasFailed());
  EXPECT_THAT(look("sqlite"), NotSeen());
  EXPECT_FALSE(std::filesystem::exists(files.path("none.db")));
  set("database.url", "sqlite:" + files.path("no-folder/none.db"));
  EXPECT_THAT(look("database"), HasFailed());
}

TEST_F(LocalChecks, DatabaseFailsWhenItIsBehindOrAnotherApps) {
  const std::string behind = files.path("behind.db");
  Migrator(behind).up({.to = 3, .sdk_app_id = 1400000000, .now = 1});
  set("database.url", "sqlite:" + behind);
  const Finding found = look("database");
  EXPECT_THAT(found, HasFailed());
  EXPECT_THAT(found.remedy, HasSubstr("headroomd migrate up"));
  const std::string foreign = files.path("foreign.db");
  Migrator(foreign).up({.sdk_app_id = 1400000001, .now = 1});
  set("database.url", "sqlite:" + foreign);
  EXPECT_THAT(look("database"), HasFailed());
  set("database.url", "sqlite:" + files.write("text.db", "no database, but long enough to be looked at as one"));
  EXPECT_THAT(look("database"), HasFailed());
}

// Root sees everything, so it looks as somebody else.
class OutOfSight {
 public:
  explicit OutOfSight(const std::string& file) : root_(::geteuid() == 0) {
    if (root_ ? ::seteuid(65534) != 0 : ::chmod(file.c_str(), 0) != 0) throw std::runtime_error("still in sight");
  }
  ~OutOfSight() {
    if (root_ && ::seteuid(0) != 0) std::abort();
  }

 private:
  const bool root_;
};

TEST_F(LocalChecks, DatabaseOutOfSightIsSkipped) {
  const ConfigResult config = load();
  const OutOfSight hidden(database);
  auto found = examine_with(config);
  EXPECT_THAT(found["database"], NotSeen());
  EXPECT_THAT(found["sqlite"], NotSeen());
}

TEST_F(LocalChecks, SecretsInAFolderOutOfSightAreSkipped) {
  std::filesystem::create_directory(files.path("credstore"));
  files.write("credstore/headroom.chat-secret-key", kKey);
  ::chmod(files.path("credstore").c_str(), 0700);
  unset("chat.secret_key_file");
  unset("webhook.token_file");
  unset("admin.token_file");
  set("webhook.allow_from", "127.0.0.1");
  config_file = files.write("public.conf", "", 0644);
  ::chmod(std::filesystem::path(database).parent_path().c_str(), 0711);
  const OutOfSight hidden(files.path("credstore/headroom.chat-secret-key"));
  const ConfigResult config = load();
  auto found = examine_with(config);
  EXPECT_THAT(found["config"], InOrder());
  EXPECT_THAT(found["secrets"], NotSeen());
  EXPECT_THAT(found["usersig"], NotSeen());
}

TEST_F(LocalChecks, DatabaseOfAnotherOwnerIsFound) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give files away";
  ASSERT_EQ(::chown(std::filesystem::path(database).parent_path().c_str(), 12345, 12345), 0);
  const Finding found = look("database");
  EXPECT_THAT(found, HasFailed());
  EXPECT_THAT(found.remedy, HasSubstr("chown"));
}

TEST_F(LocalChecks, DiskWarnsWhenLittleIsFreeAndFailsWithoutRoomForOneWebhook) {
  DiskSpace space = disk(10, 9);
  around.disk_space = [&](const std::string& folder) {
    EXPECT_EQ(folder, std::filesystem::path(database).parent_path());
    return space;
  };
  EXPECT_THAT(look("disk"), InOrder());
  space.free_bytes = kGiB - 1;
  EXPECT_THAT(look("disk"), Warned()) << "under 1 GiB";
  space = disk(1000, 49);
  EXPECT_THAT(look("disk"), Warned()) << "under 5 %";
  space = disk(1000, 50);
  EXPECT_THAT(look("disk"), InOrder());
  set("webhook.max_body", "2MiB");
  space.free_bytes = 3 * 1024 * 1024;
  EXPECT_THAT(look("disk"), Warned());
  space.free_bytes -= 1;
  EXPECT_THAT(look("disk"), HasFailed());
  space = disk(10, 9);
  space.free_files = 0;
  EXPECT_THAT(look("disk"), HasFailed());
  space = disk(10, 9);
  space.read_only = true;
  EXPECT_THAT(look("disk"), HasFailed());
  space = disk(10, 9);
  space.remote = true;
  EXPECT_THAT(look("disk"), Warned());
}

TEST_F(LocalChecks, DiskOutOfSightIsSkipped) {
  around.disk_space = machine(clock).disk_space;
  set("database.url", "sqlite:" + files.path("no-folder/headroom.db"));
  EXPECT_THAT(look("disk"), NotSeen());
}

TEST_F(LocalChecks, SqliteFailsOnADamagedFile) {
  std::fstream file(database, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(0, std::ios::end);
  const auto size = static_cast<std::int64_t>(file.tellp());
  for (std::int64_t at = 4096 + 100; at < size; at += 4096) {
    file.seekp(at);
    file << "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff";
  }
  file.close();
  const Finding found = look("sqlite");
  EXPECT_THAT(found, HasFailed());
  EXPECT_THAT(found.remedy, HasSubstr("restore"));
}

TEST_F(LocalChecks, SqliteFailsOnARowWithoutItsParent) {
  sqlite3* handle = nullptr;
  ASSERT_EQ(sqlite3_open(database.c_str(), &handle), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(handle,
                         "PRAGMA foreign_keys=OFF; CREATE TABLE child (p INTEGER REFERENCES setting (key));"
                         "INSERT INTO child VALUES (77)",
                         nullptr, nullptr, nullptr),
            SQLITE_OK);
  sqlite3_close(handle);
  EXPECT_THAT(look("sqlite"), HasFailed());
}

}  // namespace
}  // namespace headroom::doctor
