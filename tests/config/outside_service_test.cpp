// What check-config says of secrets that only the service may see.
#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "tests/config/advice_fixture.h"

namespace headroom {
namespace {

using test::ConfigAdvice;
using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// As who runs check-config sees it, not as the service does.
class OutsideTheService : public ConfigAdvice {
 protected:
  OutsideTheService() {
    sources.credentials_directory.clear();
    sources.credential_stores = {files.path("etc"), files.path("")};
  }
  static constexpr char kPlan[] = "[chat]\nsdk_app_id = 1400000000\n";
};

TEST_F(OutsideTheService, SecretsStandInTheCredentialStore) {
  files.write("headroom.chat-secret-key", "the-key\n");
  files.write("headroom.admin-token", "0123456789abcdef\n");
  const ConfigResult result = load(kPlan);
  EXPECT_THAT(messages(result.errors), IsEmpty());
  EXPECT_EQ(result.config.chat.secret_key, Secret("the-key"));
  EXPECT_EQ(result.config.admin.tokens.size(), 1u);
}

TEST_F(OutsideTheService, ASecretThatIsNotSeenIsAWarning) {
  const ConfigResult result = load(kPlan);
  EXPECT_THAT(messages(result.errors), IsEmpty());
  EXPECT_THAT(messages(result.warnings),
              Contains(AllOf(HasSubstr("chat-secret-key"), HasSubstr("not seen from here"))));
  sources.needs = {.sdk_app_id = true, .secrets = false, .secret_key_always = true};  // usersig can do nothing without
  EXPECT_THAT(messages(load(kPlan).errors), ElementsAre(HasSubstr("headroom.chat-secret-key")));
}

// As ExecReload= runs it, which must not fail: the daemon itself sees its token.
TEST_F(OutsideTheService, AWebhookTokenThatIsNotSeenIsAWarningInEachMode) {
  files.write("headroom.chat-secret-key", "the-key\n");
  std::filesystem::remove(files.path("webhook-token"));
  for (const std::string mode : {"observe", "plan", "approve", "prune"}) {
    const std::string text = kPlan + ("[scheduler]\nmode = " + mode + "\n");
    const ConfigResult result = load(text);
    EXPECT_THAT(messages(result.errors), IsEmpty()) << mode;
    EXPECT_THAT(messages(result.warnings),
                ElementsAre(AllOf(HasSubstr("not seen from here"), HasSubstr("etc/headroom.webhook-token"),
                                  HasSubstr("anybody may send webhooks"))))
        << mode;
    EXPECT_THAT(messages(load(text + "[webhook]\nallow_from = 192.0.2.1\n").warnings), IsEmpty());
  }
  // What is seen is certain: a file without a token, and the service without its credential.
  const std::string prune = kPlan + std::string("[scheduler]\nmode = prune\n");
  const std::string empty = files.write("empty", "\n");
  EXPECT_THAT(messages(load(prune + "[webhook]\ntoken_file = " + empty + "\n").errors),
              ElementsAre(HasSubstr("empty")));
  sources.credentials_directory = files.path("credentials");
  EXPECT_THAT(messages(load(prune).errors), Contains(HasSubstr("anybody may send webhooks")));
}

TEST_F(OutsideTheService, TheFirstStoreThatHasItCounts) {
  std::filesystem::create_directory(files.path("etc"));
  files.write("headroom.chat-secret-key", "of-run\n");
  EXPECT_EQ(load(kPlan).config.chat.secret_key, Secret("of-run"));
  files.write("etc/headroom.chat-secret-key", "of-etc\n");
  EXPECT_EQ(load(kPlan).config.chat.secret_key, Secret("of-etc"));
}

TEST_F(OutsideTheService, ASecretThatMayNotBeReadIsAWarning) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may read everything";
  for (const char* name : {"headroom.chat-secret-key", "headroom.webhook-token", "headroom.admin-token"}) {
    files.write(name, "x", 0);
  }
  const ConfigResult result = load(kPlan);
  EXPECT_THAT(messages(result.errors), IsEmpty());
  EXPECT_THAT(messages(result.warnings), testing::SizeIs(3));
  EXPECT_THAT(messages(result.warnings), Each(HasSubstr("Permission denied")));
}

TEST_F(OutsideTheService, WithinItTheStoreDoesNotCount) {
  files.write("headroom.chat-secret-key", "the-key\n");
  sources.credentials_directory = files.path("none");
  EXPECT_THAT(messages(load(kPlan).errors), ElementsAre(HasSubstr("chat.secret_key_file is required")));
}

}  // namespace
}  // namespace headroom
