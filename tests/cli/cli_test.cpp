#include "cli/cli.h"

#include <algorithm>
#include <stdexcept>
#include <system_error>

#include "cli/parse.h"
#include "config/keys.h"
#include "headroom/storage.h"
#include "stored/database_problem.h"
#include "tests/cli/cli_fixture.h"

namespace headroom {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

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
