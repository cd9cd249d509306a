// What is wrong with a configuration: all of it at once, each error with its place and parts, and none with a secret.
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "tests/config/config_fixture.h"

namespace headroom {
namespace {

using test::ConfigTest;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;
using testing::UnorderedElementsAre;

TEST_F(ConfigTest, EveryErrorAtOnceWithItsPlace) {
  sources.environment = {{"HEADROOM_LOG_LEVEL", "loud"}, {"HEADROOM_LOG_LEVLE", "info"}};
  sources.command_line = {{"webhook.threads", "17"}, {"webhook.thread", "1"}};
  const ConfigResult result = load(
      "# a comment\n[chat]\nsdk_app_id = 0   # too small\nregion=mars\n\n[policy]\nnonsense\nreader_backlog = 1\n"
      "reader_backlog = 2\ninactive = 3d\n[scheduler]\nmode = observe\n");
  const std::string file = sources.file;
  EXPECT_THAT(
      messages(result.errors),
      UnorderedElementsAre(
          AllOf(HasSubstr(file + ":3:"), HasSubstr("chat.sdk_app_id"), HasSubstr("\"0\""), HasSubstr("1..4294967295")),
          AllOf(HasSubstr(file + ":4:"), HasSubstr("chat.region"), HasSubstr("mars"), HasSubstr("riyadh")),
          HasSubstr(file + ":7:"), AllOf(HasSubstr(file + ":9:"), HasSubstr("policy.reader_backlog")),
          AllOf(HasSubstr(file + ":10:"), HasSubstr("policy.inactive")),
          AllOf(HasSubstr("HEADROOM_LOG_LEVEL:"), HasSubstr("log.level"), HasSubstr("loud"), HasSubstr("debug")),
          HasSubstr("HEADROOM_LOG_LEVLE"), AllOf(HasSubstr("--webhook.threads"), HasSubstr("17"), HasSubstr("1..16")),
          HasSubstr("webhook.thread\"")));
}

TEST_F(ConfigTest, ErrorsAreOneLineAndNoSecretIsRepeated) {
  sources.environment = {{"HEADROOM_POLICY_REASON", "two\nlines"}};
  const ConfigResult result = load(std::string(kSmallest) + "[webhook]\ntoken = s3cret\ns3cret\n");
  ASSERT_THAT(messages(result.errors), SizeIs(3));
  for (const std::string& error : messages(result.errors)) {
    EXPECT_EQ(error.find('\n'), std::string::npos);
    EXPECT_EQ(error.find("s3cret"), std::string::npos);
  }
}

// "source line key value allowed", - for what there is not.
std::vector<std::string> parts(const std::vector<ConfigProblem>& problems) {
  const auto word = [](const std::string& text) { return " " + (text.empty() ? "-" : text); };
  std::vector<std::string> all;
  for (const ConfigProblem& problem : problems) {
    all.push_back(problem.place.source + " " + (problem.place.line ? std::to_string(*problem.place.line) : "-") +
                  word(problem.key) + word(problem.value.value_or("")) + word(problem.allowed));
  }
  return all;
}

TEST_F(ConfigTest, EachErrorHasItsParts) {
  sources.environment = {{"HEADROOM_WEBHOOK_THREADS", "0"}, {"HEADROOM_LOG_LEVLE", "info"}};
  sources.command_line = {{"policy.reader_backlog", "-1"}, {"policy.inactive", "3d"}};
  const ConfigResult result =
      load("[chat]\nregion = mars\nregion = china\nnonsense\nsecret = s3cret\n[scheduler]\nmode = observe\n");
  const std::string file = sources.file + " ";
  EXPECT_THAT(parts(result.errors),
              UnorderedElementsAre(
                  file + "2 chat.region mars china singapore seoul tokyo frankfurt silicon-valley jakarta riyadh",
                  file + "3 chat.region china -", file + "4 - - -", file + "5 chat.secret - -",
                  "environment - webhook.threads 0 1..16", "environment - HEADROOM_LOG_LEVLE - -",
                  "command line - policy.reader_backlog -1 0..1000000000", "command line - policy.inactive - -",
                  file + "- chat.sdk_app_id - 1..4294967295"));
}

TEST_F(ConfigTest, ErrorsOfSecretFilesHaveTheirParts) {
  files.write("admin-token", "ann:viewer:t\nx:root:s3cret\n");
  files.write("webhook-token", "\n");
  sources.credentials_directory = files.path("");
  const std::string loose = files.write("key", "k", 0644);
  sources.command_line = {{"chat.secret_key_file", loose}};
  const ConfigResult result = load("[chat]\nsdk_app_id = 1\nsecret_key_file = /none\n");
  const std::string folder = files.path("") + "/";
  EXPECT_THAT(parts(result.errors),
              UnorderedElementsAre(folder + "webhook-token - webhook.token_file " + folder + "webhook-token -",
                                   folder + "admin-token 2 admin.token_file - -"));
  EXPECT_THAT(parts(result.warnings), ElementsAre("command line - chat.secret_key_file " + loose + " -"));
  sources.command_line.clear();
  EXPECT_THAT(parts(load("[chat]\nsdk_app_id = 1\nsecret_key_file = /none\n").errors),
              testing::Contains(sources.file + " 3 chat.secret_key_file /none -"));
}

// The key itself, where its file's path belongs.
TEST_F(ConfigTest, ASecretInPlaceOfItsPathIsNotShown) {
  for (const char* secret : {"s3cret", "s3cret/with+slash==", "s3cret\nof lines"}) {
    for (const char* key : {"chat.secret_key_file", "webhook.token_file", "admin.token_file"}) {
      sources.command_line = {{key, secret}};
      const ConfigResult result = load(kSmallest);
      ASSERT_THAT(result.errors, SizeIs(1)) << key;
      EXPECT_EQ(result.errors[0].key, key);
      EXPECT_EQ(result.errors[0].value, std::nullopt);
      EXPECT_THAT(result.errors[0].message, Not(HasSubstr("s3cret")));
    }
  }
}

}  // namespace
}  // namespace headroom
