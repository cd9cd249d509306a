#include <gmock/gmock.h>

#include "config/keys.h"
#include "tests/config/config_fixture.h"

namespace headroom {
namespace {

using test::ConfigTest;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::UnorderedElementsAre;

TEST_F(ConfigTest, DefaultsOfTheTableAreThoseOfTheValues) {
  for (const ConfigKey& key : config_keys()) {
    if (key.fallback.empty()) continue;
    Config config;
    EXPECT_TRUE(key.assign(config, key.fallback)) << key.name;
    EXPECT_EQ(config, Config()) << key.name;
    EXPECT_EQ(key.show(config), key.fallback == "24h" ? "1d" : key.fallback == "60s" ? "1m" : key.fallback) << key.name;
  }
}

TEST_F(ConfigTest, SmallestFile) {
  const ConfigResult result = load(kSmallest);
  EXPECT_THAT(messages(result.errors), IsEmpty());
  EXPECT_THAT(messages(result.warnings), ElementsAre(HasSubstr("anybody may send webhooks")));
  EXPECT_EQ(result.config.chat.sdk_app_id, 1400000000u);
  EXPECT_EQ(result.config.chat.base_url, "https://console.tim.qq.com");
  EXPECT_EQ(result.config.policy, default_policy());
}

TEST_F(ConfigTest, StrongerSourcesWin) {
  const std::string text =
      std::string(kSmallest) + "[policy]\nmax_removals_per_run = 1\nreader_backlog = 1\nreason = a\n";
  sources.environment = {{"HEADROOM_POLICY_READER_BACKLOG", "2"}, {"HEADROOM_POLICY_REASON", "b"}, {"HOME", "/"}};
  sources.command_line = {{"policy.reason", "c"}};
  const ConfigResult result = load(text);
  EXPECT_THAT(messages(result.errors), IsEmpty());
  EXPECT_EQ(result.config.policy.max_removals_per_run, 1);
  EXPECT_EQ(result.config.policy.reader_backlog, 2);
  EXPECT_EQ(result.config.policy.reason, "c");
}

TEST_F(ConfigTest, MissingFileIsTheOnlyErrorOfItsKind) {
  sources.file = files.path("none.conf");
  EXPECT_THAT(messages(load_config(sources).errors), ElementsAre(HasSubstr("none.conf")));
  sources.file = files.path("");
  EXPECT_THAT(messages(load_config(sources).errors), SizeIs(1));
  EXPECT_THAT(messages(load(std::string(1024 * 1024 + 1, '#')).errors), ElementsAre(HasSubstr("1 MiB")));
}

TEST_F(ConfigTest, RequiredValues) {
  EXPECT_THAT(messages(load("").errors),
              UnorderedElementsAre(HasSubstr("chat.sdk_app_id"), HasSubstr("chat.secret_key_file")));
  sources.needs = {.sdk_app_id = false, .secrets = false};
  EXPECT_THAT(messages(load("").errors), IsEmpty());
  sources.needs = {.sdk_app_id = true, .secrets = false, .secret_key_always = true};
  EXPECT_THAT(messages(load(kSmallest).errors), ElementsAre(HasSubstr("chat.secret_key_file")));
}

TEST_F(ConfigTest, ASectionHasAName) {
  EXPECT_THAT(messages(load(std::string(kSmallest) + " [] # none\n").errors),
              ElementsAre(HasSubstr(":5: is neither [section]")));
}

TEST_F(ConfigTest, NamesAreNeverGuessed) {
  EXPECT_THAT(errors_of("chat.reg", "china"), SizeIs(1));
  EXPECT_THAT(errors_of("region", "china"), SizeIs(1));
  EXPECT_THAT(errors_of("Chat.region", "china"), SizeIs(1));
}

TEST_F(ConfigTest, Ranges) {
  const struct {
    const char* key;
    std::vector<const char*> allowed, refused;
  } kRows[] = {
      {"chat.sdk_app_id", {"1", "4294967295"}, {"0", "4294967296", "-1", "1.0", "0x1", ""}},
      {"chat.admin_identifier", {"a"}, {""}},
      {"chat.region", {"singapore", "silicon-valley"}, {"China", ""}},
      {"chat.request_timeout", {"3001ms", "60s"}, {"3s", "61s", "0"}},
      {"chat.calls_per_second", {"1", "2000"}, {"0", "2001"}},
      {"chat.delete_batch", {"1", "100"}, {"0", "101"}},
      {"chat.add_batch", {"1", "300"}, {"0", "301"}},
      {"chat.member_page", {"1", "200"}, {"0", "201"}},
      {"webhook.path", {"/", "/a/b"}, {"", "a", "/a?b", "/a b", "/%41"}},
      {"webhook.request_time_window", {"0", "1d"}, {"25h"}},
      {"webhook.allow_from", {"", "10.0.0.0/8"}, {"10.0.0.0/99"}},
      {"webhook.allow_unsigned", {"true", "false"}, {"yes", ""}},
      {"webhook.max_body", {"1KiB", "1024", "8MiB"}, {"1023", "9MiB", "8388609"}},
      {"webhook.threads", {"1", "16"}, {"0", "17"}},
      {"webhook.max_connections", {"16", "65536"}, {"15", "65537"}},
      {"webhook.queue", {"16", "1000000"}, {"15", "1000001"}},
      {"database.url", {"sqlite:x", "postgresql://x"}, {"mysql://x", "postgresql://", ""}},
      {"database.commit_deadline", {"50ms", "1200ms"}, {"49ms", "1201ms"}},
      {"database.require_synchronous", {"true", "false"}, {"1", ""}},
      {"spool.max", {"1", "1000000000"}, {"0", "1000000001"}},
      {"node.name", {"a", "gateway-2"}, {"", "\x01"}},
      {"database.auto_migrate", {"true", "false"}, {"yes", "1", "TRUE", ""}},
      {"scheduler.mode", {"observe"}, {"Observe", "delete"}},
      {"scheduler.stale_after", {"0", "365d"}, {"366d", "10"}},
      {"scheduler.tick", {"10ms", "1h"}, {"9ms", "2h"}},
      {"scheduler.cooldown", {"0", "30d"}, {"31d"}},
      {"scheduler.concurrency", {"1", "64"}, {"0", "65"}},
      {"scheduler.retry_base", {"100ms", "7d"}, {"99ms", "8d"}},
      {"scheduler.retry_max", {"100ms", "7d"}, {"99ms", "8d"}},
      {"scheduler.approval_ttl", {"1s", "30d"}, {"0", "31d"}},
      {"scheduler.sweep_interval", {"0", "1h"}, {"-1h"}},
      {"scheduler.lease", {"10s", "10m"}, {"9s", "11m"}},
      {"policy.inactive_for", {"1m", "3650d"}, {"59s", "3651d"}},
      {"policy.newcomer_grace", {"0", "3650d"}, {"3651d"}},
      {"policy.target_headroom", {"1", "5%", "0.5%", "100%"}, {"0", "0%", "101%", "-5", "five"}},
      {"policy.max_removals_per_run", {"1", "100000"}, {"0", "100001"}},
      {"policy.max_removals_per_day", {"0", "5"}, {"-1"}},
      {"policy.max_removals_per_group_day", {"0", "5"}, {"-1"}},
      {"policy.max_removed_share", {"0.01%", "100%"}, {"0%", "101%", "5"}},
      {"policy.reader_backlog", {"0"}, {"-1"}},
      {"policy.reason", {"", "x"}, {"\x01"}},
      {"calendar.time_zone", {"UTC", "Asia/Shanghai", "Europe/Berlin"}, {"", "Shanghai", "+08:00"}},
      {"calendar.hours", {"", "Mon-Fri 09:00-18:00, Sat 22:00-06:00"}, {"09:00-18:00", "Mon-Fri 9-18", "Mon 09:00-"}},
      {"calendar.freeze", {"", "2027-05-01", "2027-01-28..2027-02-06 Spring Festival"}, {"2027-02-30", "May"}},
      {"retention.events", {"0", "1s"}, {"x"}},
      {"log.format", {"text", "json"}, {"xml"}},
      {"log.level", {"debug", "info", "warning", "error"}, {"INFO", "warn", "err"}},
  };
  for (const auto& row : kRows) {
    for (const char* value : row.allowed) EXPECT_THAT(errors_of(row.key, value), IsEmpty()) << row.key << value;
    for (const char* value : row.refused) EXPECT_THAT(errors_of(row.key, value), SizeIs(1)) << row.key << value;
  }
}

TEST_F(ConfigTest, SecretsComeFromFilesOrCredentials) {
  const std::string key = files.write("key", "from-file\n");
  files.write("chat-secret-key", "from-credential\n");
  files.write("webhook-token", "token\n");
  files.write("admin-token", "ann:viewer:t\n");
  sources.credentials_directory = files.path("");
  const ConfigResult result = load("[chat]\nsdk_app_id = 1\nsecret_key_file = " + key + "\n");
  EXPECT_THAT(messages(result.errors), IsEmpty());
  EXPECT_EQ(result.config.chat.secret_key, Secret("from-file"));
  EXPECT_THAT(result.config.webhook.tokens, ElementsAre(Secret("token")));
  EXPECT_THAT(result.config.admin.tokens, ElementsAre(AdminToken{"ann", AdminRole::kViewer, Secret("t")}));
  EXPECT_EQ(load("[chat]\nsdk_app_id = 1\n").config.chat.secret_key, Secret("from-credential"));
}

TEST_F(ConfigTest, APasswordOfTheDatabaseIsNeverShown) {
  const std::string base = std::string(kSmallest) + "\n[database]\n";
  const ConfigResult result = load(base + "url = postgresql://me:hush@db/x\n");
  ASSERT_THAT(messages(result.errors), ElementsAre(HasSubstr("database.password_file")));
  EXPECT_THAT(messages(result.errors), ElementsAre(Not(HasSubstr("hush"))));
  EXPECT_EQ(result.errors[0].value, std::nullopt);
  files.write("database-password", "sesame\n");
  sources.credentials_directory = files.path("");
  const ConfigResult fine = load(base + "url = postgresql://me@db/x\n");
  EXPECT_THAT(messages(fine.errors), IsEmpty());
  EXPECT_EQ(fine.config.database.password, Secret("sesame"));
  EXPECT_EQ(load(base + "url = sqlite:x.db\n").config.database.password, std::nullopt);
}

// A credential with a mistyped name is none: that must not turn the check of Sign off in silence.
TEST_F(ConfigTest, WhoRemovesMembersTakesNoUnsignedWebhooks) {
  const std::string base = "[chat]\nsdk_app_id = 1\nsecret_key_file = " + files.write("key", "k") + "\n";
  files.write("webhook-tokn", "token\n");
  sources.credentials_directory = files.path("");
  for (const char* mode : {"approve", "prune"}) {
    const std::string text = base + "[scheduler]\nmode = " + mode + "\n";
    EXPECT_THAT(messages(load(text).errors), ElementsAre(HasSubstr("webhook.allow_unsigned"))) << mode;
    EXPECT_THAT(messages(load(text + "[webhook]\nallow_unsigned = true\n").errors), IsEmpty());
    EXPECT_THAT(messages(load(text + "[webhook]\nallow_unsigned = true\n").warnings),
                ElementsAre(HasSubstr("anybody")));
    EXPECT_THAT(messages(load(text + "[webhook]\nallow_from = 203.0.113.0/24\n").errors), IsEmpty());
    EXPECT_THAT(messages(load(text + "[webhook]\ntoken_file = " + files.path("webhook-tokn") + "\n").errors),
                IsEmpty());
  }
  for (const char* mode : {"observe", "plan"}) {
    const ConfigResult result = load(base + "[scheduler]\nmode = " + mode + "\n");
    EXPECT_THAT(messages(result.errors), IsEmpty()) << mode;
    EXPECT_THAT(messages(result.warnings), ElementsAre(HasSubstr("anybody may send webhooks"))) << mode;
  }
  sources.needs = {.sdk_app_id = true, .secrets = false, .secret_key_always = false};
  EXPECT_THAT(messages(load(base + "[scheduler]\nmode = prune\n").errors), IsEmpty());
}

TEST_F(ConfigTest, BadSecrets) {
  files.write("admin-token", "x:root:t\n");
  files.write("webhook-token", "\n");
  sources.credentials_directory = files.path("");
  const std::string loose = files.write("key", "k", 0644);
  const ConfigResult result = load("[chat]\nsdk_app_id = 1\nsecret_key_file = " + loose + "\n");
  EXPECT_THAT(messages(result.errors), UnorderedElementsAre(HasSubstr("webhook-token"), HasSubstr("admin.token_file")));
  EXPECT_THAT(messages(result.warnings), ElementsAre(HasSubstr("chat.secret_key_file")));
  EXPECT_THAT(messages(load("[chat]\nsdk_app_id = 1\nsecret_key_file = /none\n").errors),
              testing::Contains(HasSubstr("/none")));
}

TEST_F(ConfigTest, AbsentCredentialsAreNoError) {
  sources.credentials_directory = files.path("");
  const ConfigResult result = load(kSmallest);
  EXPECT_THAT(messages(result.errors), IsEmpty());
  EXPECT_THAT(result.config.webhook.tokens, IsEmpty());
  EXPECT_THAT(result.config.admin.tokens, IsEmpty());
}

TEST_F(ConfigTest, BackOffThatNeverGrowsIsAWarning) {
  sources.command_line = {{"scheduler.retry_base", "2h"}, {"webhook.allow_from", "203.0.113.1"}};
  EXPECT_THAT(messages(load(kSmallest).warnings), ElementsAre(HasSubstr("scheduler.retry_base")));
}

TEST_F(ConfigTest, CanBeReadAgain) {
  const ConfigResult first = load(kSmallest);
  files.write("headroomd.conf", std::string(kSmallest) + "[log]\nlevel = error\n");
  const ConfigResult second = load_config(first.config.sources);
  EXPECT_EQ(second.config.log.level, LogLevel::kError);
}

TEST_F(ConfigTest, HostileFiles) {
  for (const std::string& text : {std::string("[", 1), std::string("]["), std::string("=\n"), std::string("[]\n=1"),
                                  std::string("\0\0=\0", 4), std::string("\xff\xfe=x"), std::string(100000, '='),
                                  std::string("[chat\nsdk_app_id=1"), std::string("a=b\r\n\r\n[x]\r\n")}) {
    EXPECT_FALSE(load(text).ok());
  }
}

}  // namespace
}  // namespace headroom
