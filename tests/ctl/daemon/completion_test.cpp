// In the shells themselves.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/support/command_run.h"
#include "tests/support/places.h"
#include "tests/support/temp_dir.h"

namespace headroom::ctl {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class Completion : public testing::Test {
 protected:
  Completion() {
    const std::string program = test::headroomctl_program();
    environment_ = {{"PATH", program.substr(0, program.rfind('/')) + ":/usr/bin:/bin"},
                    {"HOME", folder_.path()},
                    {"TERM", "dumb"},
                    {"PS1", "> "},
                    {"LC_ALL", "C.UTF-8"}};
  }
  static bool has(const char* shell) {
    return ::access((std::string("/usr/bin/") + shell).c_str(), X_OK) == 0 ||
           ::access((std::string("/bin/") + shell).c_str(), X_OK) == 0;
  }
  static std::string made(const std::string& name) { return std::string(test::manual_folder()) + "/" + name; }
  // What fish offers behind that line.
  std::string fish(const std::string& line) const {
    return test::run_command(
               {"fish", "--no-config", "-c", "headroomctl completion fish | source; complete -C '" + line + "'"},
               environment_)
        .out;
  }
  const test::TempDir folder_{"completion"};
  test::Variables environment_;
};

TEST_F(Completion, OfBash) {
  test::TerminalProcess shell({"bash", "--norc", "--noprofile", "-i"}, environment_, 200);
  shell.type("bind 'set bell-style none'; eval \"$(headroomctl completion bash)\"; echo rea''dy\n");
  ASSERT_TRUE(shell.shows("ready\r\n")) << shell.screen();
  ASSERT_TRUE(shell.shows("> ")) << shell.screen();
  shell.type("headroomctl --url http://h appr\t1\x15");
  EXPECT_TRUE(shell.shows("approve 1")) << shell.screen();
  shell.type("headroomctl groups --state blo\t-\x15");
  EXPECT_TRUE(shell.shows("--state blocked -")) << shell.screen();
  shell.type("headroomctl groups --sort=old\t-\x15");
  EXPECT_TRUE(shell.shows("--sort=oldest -")) << shell.screen();
  shell.type("headroomctl exempt mem\tu1 --rea\t-\x15");
  EXPECT_TRUE(shell.shows("exempt member u1 --reason -")) << shell.screen();
  shell.type("headroomctl runs --li\t-\x15");
  EXPECT_TRUE(shell.shows("runs --limit -")) << shell.screen();
  shell.type("headroomctl group --sta\t-\x15");
  EXPECT_TRUE(shell.shows("group --sta-")) << "not an option of this command" << shell.screen();
  shell.type("headroomctl --token-file " + folder_.path().substr(0, folder_.path().size() - 2) + "\t-\x15");
  EXPECT_TRUE(shell.shows(folder_.path() + "/-")) << shell.screen();
  shell.type("exit\n");
  shell.wait();
}

TEST_F(Completion, OfZsh) {
  if (!has("zsh")) GTEST_SKIP() << "zsh is not installed";
  test::TerminalProcess shell({"zsh", "-f", "-i"}, environment_, 200);
  shell.type("autoload -U compinit; compinit -D -u; eval \"$(headroomctl completion zsh)\"; echo rea''dy\n");
  ASSERT_TRUE(shell.shows("ready\r\n")) << shell.screen();
  ASSERT_TRUE(shell.shows("\x1b[?2004h")) << "its line editor does not read yet" << shell.screen();
  shell.type("headroomctl --url http://h appr\t\x15");
  EXPECT_TRUE(shell.shows("http://h approve")) << shell.screen();
  shell.type("headroomctl groups --state blo\t\x15");
  EXPECT_TRUE(shell.shows("--state blocked")) << shell.screen();
  shell.type("headroomctl groups --sort=old\t\x15");
  EXPECT_TRUE(shell.shows("--sort=oldest")) << shell.screen();
  shell.type("headroomctl exempt mem\t\x15");
  EXPECT_TRUE(shell.shows("exempt member")) << shell.screen();
  shell.type("headroomctl exempt member u1 --rea\t\x15");
  EXPECT_TRUE(shell.shows("u1 --reason")) << shell.screen();
  shell.type("exit\n");
  EXPECT_GE(shell.wait(), 0);
}

TEST_F(Completion, OfFish) {
  if (!has("fish")) GTEST_SKIP() << "fish is not installed";
  EXPECT_THAT(fish("headroomctl --url http://h appr"), HasSubstr("approve\t"));
  EXPECT_THAT(fish("headroomctl groups --state blo"), HasSubstr("blocked"));
  EXPECT_THAT(fish("headroomctl groups --sort=old"), HasSubstr("--sort=oldest"));
  EXPECT_THAT(fish("headroomctl exempt "), AllOf(HasSubstr("member"), HasSubstr("group"), Not(HasSubstr("approve"))));
  EXPECT_THAT(fish("headroomctl exempt member "), Not(HasSubstr("member")));
  EXPECT_THAT(fish("headroomctl exempt member u1 --rea"), HasSubstr("--reason\t"));
  EXPECT_THAT(fish("headroomctl group --sta"), Not(HasSubstr("--state")));
  EXPECT_THAT(fish("headroomctl completion "), HasSubstr("fish"));
}

// headroomd's, as the build makes them for installation.
TEST_F(Completion, OfTheDaemonInBash) {
  test::TerminalProcess shell({"bash", "--norc", "--noprofile", "-i"}, environment_, 200);
  shell.type("source " + made("headroomd.bash") + "; echo rea''dy\n");
  ASSERT_TRUE(shell.shows("ready\r\n")) << shell.screen();
  ASSERT_TRUE(shell.shows("> ")) << shell.screen();
  shell.type("headroomd serve --scheduler.mo\tappro\t-\x15");
  EXPECT_TRUE(shell.shows("--scheduler.mode approve -")) << shell.screen();
  shell.type("headroomd migrate ver\t--dry\t-\x15");
  EXPECT_TRUE(shell.shows("migrate verify --dry-run -")) << shell.screen();
  shell.type("exit\n");
  EXPECT_GE(shell.wait(), 0);
}

TEST_F(Completion, OfTheDaemonInZshAndFish) {
  if (!has("zsh") || !has("fish")) GTEST_SKIP() << "zsh or fish is not installed";
  const auto fish =
      test::run_command({"fish", "--no-config", "-c",
                         "source " + made("headroomd.fish") + "; complete -C 'headroomd serve --log.level '"},
                        environment_);
  EXPECT_THAT(fish.out, AllOf(HasSubstr("debug"), HasSubstr("warning")));
  test::TerminalProcess shell({"zsh", "-f", "-i"}, environment_, 200);
  shell.type("autoload -U compinit; compinit -D -u; source " + made("headroomd.zsh") + "; echo rea''dy\n");
  ASSERT_TRUE(shell.shows("ready\r\n")) << shell.screen();
  ASSERT_TRUE(shell.shows("\x1b[?2004h")) << "its line editor does not read yet" << shell.screen();
  shell.type("headroomd check-c\t\x15");
  EXPECT_TRUE(shell.shows("headroomd check-config")) << shell.screen();
  shell.type("headroomd serve --scheduler.mode appro\t\x15");
  EXPECT_TRUE(shell.shows("--scheduler.mode approve")) << shell.screen();
  shell.type("exit\n");
  EXPECT_GE(shell.wait(), 0);
}

}  // namespace
}  // namespace headroom::ctl
