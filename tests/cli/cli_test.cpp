#include "cli/cli.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <system_error>

#include "chat/user_sig.h"
#include "cli/parse.h"
#include "config/keys.h"
#include "headroom/storage.h"
#include "sqlite/database_lock.h"
#include "stored/database_problem.h"
#include "tests/config/config_files.h"
#include "tests/sqlite/killed_writer.h"

namespace headroom {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

constexpr char kKey[] = "5bd2850fff3ecb11d7c805251c51ee463a25727bddc2385f3fa8bfee1bb93b5e";

class CliTest : public testing::Test {
 protected:
  CliTest() {
    database = files.path("headroom.db");
    config = files.write("headroomd.conf",
                         "[chat]\nsdk_app_id = 1400000000\nsecret_key_file = " + files.write("key", kKey) +
                             "\n[webhook]\nallow_from = 203.0.113.1\n[database]\nurl = sqlite:" + database + "\n");
  }

  // With the test's configuration file.
  int run(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--config", config});
    return run_plain(arguments);
  }
  int run_plain(const std::vector<std::string>& arguments) {
    std::ostringstream out_stream, err_stream;
    const int status = run_cli(arguments, {environment, out_stream, err_stream, serve, {files.path("credstore")}});
    out = out_stream.str();
    err = err_stream.str();
    std::istringstream lines(err);
    for (std::string line; std::getline(lines, line);) EXPECT_THAT(line, StartsWith("headroomd: "));
    EXPECT_THAT(out + err, Not(HasSubstr(kKey)));
    return status;
  }
  rapidjson::Document json() const {
    rapidjson::Document document;
    document.Parse(out.c_str());
    EXPECT_FALSE(document.HasParseError()) << out;
    EXPECT_EQ(out.find('\n'), out.size() - 1);
    return document;
  }

  ConfigFiles files;
  std::string database, config, out, err;
  std::map<std::string, std::string> environment;
  std::function<int(const ConfigResult&)> serve = [](const ConfigResult&) { return 0; };
};

TEST_F(CliTest, UsageErrors) {
  const std::vector<std::vector<std::string>> kWrong{
      {},
      {"unknown"},
      {"serv"},
      {"serve", "extra"},
      {"serve", "--unknown"},
      {"serve", "--conf", config},
      {"serve", "-x"},
      {"serve", "--json"},
      {"serve", "--chat.unknown", "1"},
      {"serve", "--config"},
      {"serve", "--config", config, "--config", config},
      {"serve", "--log.level", "info", "--log.level=info"},
      {"check-config", "--json=yes", "--config", config},
      {"migrate"},
      {"migrate", "down"},
      {"migrate", "up", "up"},
      {"migrate", "up", "--expire", "1h"},
      {"backup"},
      {"backup", "a", "b"},
      {"backup", "-"},
      {"restore"},
      {"restore", "-"},
      {"restore", "a", "b"},
      {"spool"},
      {"spool", "export"},
      {"spool", "empty", "a"},
      {"spool", "import", "a", "b"},
      {"spool", "import", ""},
      {"usersig", "--to", "1"},
      {"help", "unknown"},
      {"help", "serve", "serve"},
      {"--json"},
  };
  for (const auto& arguments : kWrong) {
    EXPECT_EQ(run_plain(arguments), 64) << testing::PrintToString(arguments);
    EXPECT_NE(err, "");
    EXPECT_EQ(out, "");
  }
}

TEST_F(CliTest, HelpAndVersion) {
  EXPECT_EQ(run_plain({"--version"}), 0);
  EXPECT_THAT(out, testing::MatchesRegex("headroomd [0-9.]+\n"));
  for (const auto& arguments :
       std::vector<std::vector<std::string>>{{"--help"}, {"-h"}, {"help"}, {"help", "--help"}}) {
    EXPECT_EQ(run_plain(arguments), 0);
    for (const CliCommand& command : cli_commands()) EXPECT_THAT(out, HasSubstr(std::string(command.name)));
  }
  EXPECT_EQ(run_plain({"help", "migrate"}), 0);
  EXPECT_THAT(out, HasSubstr("--dry-run"));
  EXPECT_EQ(run_plain({"migrate", "--help"}), 0);
  EXPECT_THAT(out, HasSubstr("--dry-run"));
  EXPECT_EQ(run_plain({"help", "serve"}), 0);
  for (const ConfigKey& key : config_keys()) EXPECT_THAT(out, HasSubstr(std::string(key.name)));
}

TEST_F(CliTest, EveryUnknownOptionIsReported) {
  EXPECT_EQ(run_plain({"serve", "--scheduler.stale", "5m"}), 64);
  EXPECT_THAT(err, HasSubstr("did you mean --scheduler.stale_after?"));
  EXPECT_EQ(run_plain({"serve", "--one", "--two=2"}), 64);
  EXPECT_THAT(err, HasSubstr("--one"));
  EXPECT_THAT(err, HasSubstr("--two"));
}

TEST_F(CliTest, BadValuesAreConfiguration) {
  EXPECT_EQ(run({"serve", "--log.level", "loud", "--webhook.threads=0", "--scheduler.concurrency", "-1"}), 78);
  for (const char* part : {"--log.level", "loud", "--webhook.threads", "--scheduler.concurrency", "\"-1\""}) {
    EXPECT_THAT(err, HasSubstr(part));
  }
  EXPECT_EQ(run({"serve", "--chat.region="}), 78);
  EXPECT_EQ(run({"migrate", "up", "--to", "x"}), 78);
  EXPECT_EQ(run({"migrate", "up", "--to", "99999999999"}), 78);
  EXPECT_EQ(run({"usersig", "--expire", "0"}), 78);
  EXPECT_EQ(run({"usersig", "--expire", "366d"}), 78);
  EXPECT_EQ(run({"usersig", "--identifier", ""}), 78);
  EXPECT_EQ(run_plain({"serve", "--config", files.path("none")}), 78);
  environment["HEADROOM_LOG_NONSENSE"] = "1";
  EXPECT_EQ(run({"check-config"}), 78);
  EXPECT_THAT(err, HasSubstr("HEADROOM_LOG_NONSENSE"));
}

TEST_F(CliTest, ServeGetsTheConfiguration) {
  serve = [&](const ConfigResult& loaded) {
    const Config& given = loaded.config;
    EXPECT_EQ(given.chat.secret_key, Secret(kKey));
    EXPECT_EQ(given.policy.reason, "");
    EXPECT_EQ(given.database.path(), database);
    EXPECT_EQ(given.sources.file, config);
    return 42;
  };
  EXPECT_EQ(run({"serve", "--policy.reason="}), 42);
}

TEST_F(CliTest, WhatServeThrows) {
  const struct {
    std::function<void()> fail;
    int status;
  } kRows[] = {
      {[] { throw DatabaseProblem(DatabaseProblem::Kind::kLocked, "held"); }, 75},
      {[] { throw DatabaseProblem(DatabaseProblem::Kind::kBehind, "behind"); }, 78},
      {[] { throw DatabaseProblem(DatabaseProblem::Kind::kCorrupt, "corrupt"); }, 1},
      {[] { throw DatabaseProblem(DatabaseProblem::Kind::kFull, "full"); }, 1},
      {[] { throw StorageError(StorageError::Kind::kFatal, "disk"); }, 1},
      {[] { throw std::system_error(std::make_error_code(std::errc::address_in_use), "127.0.0.1:80"); }, 1},
      {[] { throw std::logic_error("bug"); }, 70},
      {[] { throw 5; }, 70},
  };
  for (const auto& row : kRows) {
    serve = [&](const ConfigResult&) {
      row.fail();
      return 0;
    };
    EXPECT_EQ(run({"serve"}), row.status);
    EXPECT_EQ(std::count(err.begin(), err.end(), '\n'), 1);
  }
}

TEST_F(CliTest, CheckConfig) {
  EXPECT_EQ(run({"check-config"}), 0);
  EXPECT_EQ(err, "");
  EXPECT_EQ(run({"check-config", "--json"}), 0);
  const auto good = json();
  EXPECT_TRUE(good["valid"].GetBool());
  EXPECT_STREQ(good["config"]["policy.target_headroom"].GetString(), "5%");
  EXPECT_TRUE(good["config"]["webhook.token_file"].IsNull());
  EXPECT_TRUE(good["secrets"]["chat-secret-key"].GetBool());
  EXPECT_EQ(run({"check-config", "--json", "--webhook.queue", "1", "--log.level", "x"}), 78);
  const auto bad = json();
  EXPECT_FALSE(bad["valid"].GetBool());
  EXPECT_FALSE(bad.HasMember("config"));
  ASSERT_EQ(bad["errors"].Size(), 2u);
  EXPECT_EQ(bad["warnings"].Size(), 0u);
  const auto& first = bad["errors"][0];
  EXPECT_STREQ(first["source"].GetString(), "command line");
  EXPECT_TRUE(first["line"].IsNull());
  EXPECT_STREQ(first["key"].GetString(), "webhook.queue");
  EXPECT_STREQ(first["value"].GetString(), "1");
  EXPECT_STREQ(first["allowed"].GetString(), "16..1000000");
  EXPECT_STREQ(bad["errors"][1]["key"].GetString(), "log.level");
  for (const auto& error : bad["errors"].GetArray()) {
    EXPECT_THAT(err, HasSubstr("headroomd: " + std::string(error["message"].GetString()) + "\n"));
  }
}

TEST_F(CliTest, CheckConfigOfAFileHasLinesAndIsJsonWhateverStandsInIt) {
  config = files.write("bad.conf", "[chat]\nsdk_app_id = \xff\nnonsense\n[policy]\nreason = a\x01\"\n");
  EXPECT_EQ(run({"check-config", "--json"}), 78);
  const auto bad = json();
  ASSERT_EQ(bad["errors"].Size(), 3u);
  EXPECT_EQ(bad["warnings"].Size(), 2u);  // the secret key is not seen, and webhooks are not signed
  std::vector<std::pair<std::string, unsigned>> places;
  for (const auto& error : bad["errors"].GetArray()) {
    EXPECT_EQ(error["source"].GetString(), config);
    const bool has_key = error["key"].IsString();
    places.emplace_back(has_key ? error["key"].GetString() : "", error["line"].IsNull() ? 0 : error["line"].GetUint());
  }
  EXPECT_THAT(places, testing::UnorderedElementsAre(std::pair("chat.sdk_app_id", 2u), std::pair("", 3u),
                                                    std::pair("policy.reason", 5u)));
}

TEST_F(CliTest, Usersig) {
  EXPECT_EQ(run({"usersig"}), 0);
  auto sig = decode_user_sig(out.substr(0, out.size() - 1));
  ASSERT_TRUE(sig);
  EXPECT_EQ(sig->identifier, "administrator");
  EXPECT_EQ(sig->sdk_app_id, 1400000000u);
  EXPECT_EQ(sig->expire_s, 3600);
  EXPECT_TRUE(is_signed_with(*sig, kKey));
  EXPECT_EQ(run({"usersig", "--identifier", "ann", "--expire", "2d"}), 0);
  sig = decode_user_sig(out.substr(0, out.size() - 1));
  ASSERT_TRUE(sig);
  EXPECT_EQ(sig->identifier, "ann");
  EXPECT_EQ(sig->expire_s, 172800);
  EXPECT_EQ(run({"usersig", "--chat.secret_key_file", files.path("none"), "--scheduler.mode", "observe"}), 78);
}

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

TEST_F(CliTest, EveryCommandTakesTheConfiguration) {
  EXPECT_EQ(run({"migrate", "up"}), 0);
  const std::string copy = files.path("copy");
  int n = 0;
  for (const std::vector<std::string>& command : std::vector<std::vector<std::string>>{{"serve"},
                                                                                       {"migrate", "status"},
                                                                                       {"migrate", "up"},
                                                                                       {"migrate", "verify"},
                                                                                       {"check-config"},
                                                                                       {"usersig"},
                                                                                       {"backup", copy},
                                                                                       {"restore", copy}}) {
    std::vector<std::string> arguments = command;
    arguments.insert(arguments.end(), {"--log.level", "error", "--policy.reason=x"});
    EXPECT_EQ(run(arguments), 0) << testing::PrintToString(command) << err;
    ++n;
  }
  EXPECT_EQ(n, 8);
}

TEST_F(CliTest, CheckConfigOfACorrectInstallSucceeds) {
  config = files.write("installed.conf", "[chat]\nsdk_app_id = 1400000000\n");
  EXPECT_EQ(run({"check-config"}), 0);
  EXPECT_THAT(err, HasSubstr("warning: "));
  EXPECT_THAT(err, HasSubstr("chat-secret-key"));
  EXPECT_EQ(run({"usersig"}), 78);
  std::filesystem::create_directory(files.path("credstore"));
  files.write("credstore/headroom.chat-secret-key", kKey);
  EXPECT_EQ(run({"check-config", "--json"}), 0);
  EXPECT_TRUE(json()["secrets"]["chat-secret-key"].GetBool());
  EXPECT_EQ(run({"usersig"}), 0);
  EXPECT_EQ(run({"serve"}), 78);  // the daemon has what systemd gives it
}

TEST_F(CliTest, LostOutputIsAFailure) {
  std::ostringstream err_stream;
  std::ostream closed(nullptr);
  EXPECT_EQ(run_cli({"--version"}, {environment, closed, err_stream, serve}), 1);
}

TEST(CliParse, ValuesMayFollowOrBeAttached) {
  const CliParse parsed =
      parse_command_line({"--log.level", "info", "backup", "--policy.reason=a=b", "x", "--config=c"});
  EXPECT_THAT(parsed.errors, IsEmpty());
  EXPECT_EQ(parsed.invocation.command, "backup");
  EXPECT_THAT(parsed.invocation.words, testing::ElementsAre("x"));
  EXPECT_EQ(parsed.invocation.config_file, "c");
  EXPECT_THAT(parsed.invocation.settings,
              testing::ElementsAre(std::pair{"log.level", "info"}, std::pair{"policy.reason", "a=b"}));
}

}  // namespace
}  // namespace headroom
