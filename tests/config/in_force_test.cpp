#include "config/in_force.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "config/keys.h"

namespace headroom {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Configuration::Key key_of(const Configuration& shown, std::string_view name) {
  const auto found =
      std::find_if(shown.keys.begin(), shown.keys.end(), [&](const auto& key) { return key.name == name; });
  return found == shown.keys.end() ? Configuration::Key() : *found;
}

TEST(ConfigInForce, EveryKeyIsShownAsInTheFile) {
  Config config;
  config.sources.file = "/etc/x.conf";
  config.policy.inactive_for = 45 * kDayMs;
  const Configuration shown = configuration_in_force(config, config);
  EXPECT_EQ(shown.file, "/etc/x.conf");
  ASSERT_EQ(shown.keys.size(), config_keys().size());
  for (std::size_t i = 0; i < shown.keys.size(); ++i) EXPECT_EQ(shown.keys[i].name, config_keys()[i].name);
  EXPECT_EQ(key_of(shown, "policy.inactive_for"), (Configuration::Key{"policy.inactive_for", "45d", "90d", true}));
  EXPECT_EQ(key_of(shown, "webhook.listen"),
            (Configuration::Key{"webhook.listen", "127.0.0.1:8080", "127.0.0.1:8080", false}));
  EXPECT_EQ(key_of(shown, "webhook.token_file"), (Configuration::Key{"webhook.token_file", "", "", true}));
}

// What a reload could not take over is not in force, whatever the file says.
TEST(ConfigInForce, AfterAReloadSomeKeysAreStillThoseOfTheStart) {
  Config started;
  Config reloaded = started;
  reloaded.scheduler.mode = SchedulerMode::kPrune;
  reloaded.scheduler.concurrency = 3;
  reloaded.chat.delete_batch = 7;
  const Configuration shown = configuration_in_force(started, reloaded);
  EXPECT_EQ(key_of(shown, "scheduler.mode").value, "prune");
  EXPECT_EQ(key_of(shown, "scheduler.concurrency").value, "8");
  EXPECT_EQ(key_of(shown, "chat.delete_batch").value, "20");
  EXPECT_THAT(shown.needs_restart, ElementsAre("chat.delete_batch", "scheduler.concurrency"));
  EXPECT_THAT(configuration_in_force(started, started).needs_restart, IsEmpty());
}

TEST(ConfigInForce, OfSecretsThereIsNothingButWhetherTheyAreThere) {
  Config started;
  started.chat.secret_key = Secret("s3cret-key");
  Config reloaded = started;
  reloaded.chat.secret_key.reset();  // a restart would be without it; this daemon is not
  reloaded.webhook.tokens = {Secret("s3cret-sign")};
  reloaded.admin.tokens = {{"ops", AdminRole::kOperator, Secret("s3cret-token")}};
  const Configuration shown = configuration_in_force(started, reloaded);
  EXPECT_THAT(shown.secrets, ElementsAre(Configuration::SecretKept{"chat-secret-key", true},
                                         Configuration::SecretKept{"webhook-token", true},
                                         Configuration::SecretKept{"admin-token", true}));
  for (const Configuration::Key& key : shown.keys) {
    EXPECT_EQ(key.value.find("s3cret"), std::string::npos) << key.name;
  }
  const Configuration without = configuration_in_force({}, {});
  for (const Configuration::SecretKept& secret : without.secrets) EXPECT_FALSE(secret.in_force) << secret.name;
}

}  // namespace
}  // namespace headroom
