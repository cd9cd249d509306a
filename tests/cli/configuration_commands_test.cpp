// check-config and usersig.
#include <algorithm>
#include <filesystem>
#include <utility>

#include "chat/user_sig.h"
#include "tests/cli/cli_fixture.h"

namespace headroom {
namespace {

using testing::HasSubstr;

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

}  // namespace
}  // namespace headroom
