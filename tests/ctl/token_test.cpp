#include "ctl/token.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "ctl/exit.h"
#include "tests/support/temp_dir.h"

namespace headroom::ctl {
namespace {

using testing::HasSubstr;
using testing::Not;

class Tokens : public testing::Test {
 protected:
  std::string write(const std::string& name, const std::string& text) const {
    const std::string path = folder_.file(name);
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    std::ofstream(path) << text;
    return path;
  }
  std::string found(const std::optional<std::string>& named, const Environment& environment) const {
    return find_token(named, environment).expose();
  }
  // What is said when there is no access.
  std::string refusal(const std::optional<std::string>& named, const Environment& environment) const {
    try {
      find_token(named, environment);
    } catch (const Failure& failure) {
      EXPECT_EQ(failure.status(), exit_status::kNoAccess);
      return failure.what();
    }
    return "found";
  }
  const test::TempDir folder_;
};

TEST_F(Tokens, TheFirstThatIsNamedOrExistsIsTaken) {
  const std::string option = write("option", "by-option"), variable = write("variable", "by-variable");
  write("credentials/admin-token", "by-credential");
  write("config/headroom/token", "by-config");
  write("home/.config/headroom/token", "by-home");
  Environment all = {{"HEADROOMCTL_TOKEN_FILE", variable},
                     {"CREDENTIALS_DIRECTORY", folder_.file("credentials")},
                     {"XDG_CONFIG_HOME", folder_.file("config")},
                     {"HOME", folder_.file("home")}};
  EXPECT_EQ(found(option, all), "by-option");
  EXPECT_EQ(found(std::nullopt, all), "by-variable");
  all["HEADROOMCTL_TOKEN_FILE"] = "";
  EXPECT_EQ(found(std::nullopt, all), "by-credential");
  all.erase("CREDENTIALS_DIRECTORY");
  if (std::filesystem::exists("/etc/credstore/headroom.admin-token")) return;
  EXPECT_EQ(found(std::nullopt, all), "by-config");
  all.erase("XDG_CONFIG_HOME");
  EXPECT_EQ(found(std::nullopt, all), "by-home");
  EXPECT_THAT(refusal(std::nullopt, {}), HasSubstr("--token-file"));
}

TEST_F(Tokens, OneThatIsNamedIsNotPassedOver) {
  const Environment all = {{"HEADROOMCTL_TOKEN_FILE", write("variable", "by-variable")},
                           {"HOME", folder_.file("home")}};
  write("home/.config/headroom/token", "by-home");
  EXPECT_THAT(refusal(folder_.file("missing"), all), HasSubstr("No such file"));
  EXPECT_THAT(refusal(std::nullopt, {{"HEADROOMCTL_TOKEN_FILE", folder_.path()}, {"HOME", folder_.file("home")}}),
              HasSubstr("not a regular file"));
  EXPECT_THAT(refusal(write("empty", "\n"), all), HasSubstr("is empty"));
}

TEST_F(Tokens, OfManyTheFirstOperatorsIsTaken) {
  EXPECT_EQ(found(write("a",
                        "\xEF\xBB\xBF"
                        "look:viewer:v1\r\n# a line\r\ndo:operator:o1\r\ntoo:operator:o2\r\n"),
                  {}),
            "o1");
  EXPECT_EQ(found(write("b", "look:viewer:v1\nsee:viewer:v2\n"), {}), "v1");
  EXPECT_EQ(found(write("c",
                        "\xEF\xBB\xBF"
                        "bare-token \r\n"),
                  {}),
            "bare-token");
}

TEST_F(Tokens, WhatIsWrongIsSaidWithoutTheSecret) {
  const std::string said = refusal(write("bad", "a:operator:s3cret\nb:chief:s3cret2\n"), {});
  EXPECT_THAT(said, HasSubstr("line 2 has a role"));
  EXPECT_THAT(said, Not(HasSubstr("s3cret")));
}

}  // namespace
}  // namespace headroom::ctl
