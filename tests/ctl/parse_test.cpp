#include "ctl/parse.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "ctl/commands.h"
#include "ctl/help.h"

namespace headroom::ctl {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// As somebody who wants it to be done right would type it.
std::vector<std::string> line_for(const Command& command) {
  std::vector<std::string> line{std::string(command.name)};
  for (const Word& word : command.words) line.emplace_back(word.choices.empty() ? "x" : word.choices.front());
  for (const Option& option : command.options) {
    line.push_back("--" + std::string(option.name));
    if (!option.value.empty()) line.emplace_back("1");
  }
  return line;
}

TEST(Commands, AreThoseOfTheContract) {
  std::set<std::string> names;
  for (const Command& command : commands()) names.emplace(command.name);
  EXPECT_EQ(names, (std::set<std::string>{
                       "status",   "groups",     "group",   "events",  "runs",    "run",     "plans",  "why",
                       "removals", "plan",       "prune",   "approve", "reject",  "restore", "exempt", "unexempt",
                       "pause",    "exemptions", "resume",  "sweep",   "sweeps",  "audit",   "watch",  "version",
                       "help",     "completion", "filling", "silent",  "what-if", "raise",   "nodes"}));
  EXPECT_EQ(names.size(), commands().size());
}

TEST(Commands, EachIsParsedWithAllThatItTakes) {
  for (const Command& command : commands()) {
    const Parsed parsed = parse(line_for(command));
    EXPECT_THAT(parsed.errors, IsEmpty()) << command.name;
    EXPECT_EQ(parsed.line.command, &command);
    EXPECT_EQ(parsed.line.words.size(), command.words.size());
    EXPECT_EQ(parsed.line.options.size(), command.options.size());
  }
}

TEST(Commands, EachHasAHelpThatNamesAllThatItTakes) {
  for (const Command& command : commands()) {
    EXPECT_THAT(help_text(), HasSubstr("\n  " + std::string(command.name) + " "));
    const std::string help = help_text(command);
    EXPECT_THAT(help, HasSubstr("headroomctl " + synopsis(command) + "\n"));
    for (const Option& option : command.options) EXPECT_THAT(help, HasSubstr("--" + std::string(option.name)));
  }
}

TEST(Commands, ListsTakeALimitAndChangesAReason) {
  for (const char* name :
       {"groups", "events", "runs", "plans", "removals", "exemptions", "sweeps", "audit", "filling", "nodes"}) {
    EXPECT_NE(find_option(find_command(name)->options, "limit"), nullptr) << name;
  }
  for (const char* name :
       {"plan", "prune", "raise", "approve", "reject", "restore", "exempt", "unexempt", "pause", "resume", "sweep"}) {
    const Option* reason = find_option(find_command(name)->options, "reason");
    ASSERT_NE(reason, nullptr) << name;
    EXPECT_EQ(reason->required, std::string(name) == "pause" || std::string(name) == "exempt") << name;
  }
  for (const char* name : {"sweep", "approve", "prune", "raise", "restore"}) {
    EXPECT_NE(find_option(find_command(name)->options, "wait"), nullptr) << name;
  }
}

TEST(Parse, OptionsStandBeforeAndBehindTheCommand) {
  for (const std::vector<std::string>& line :
       std::vector<std::vector<std::string>>{{"--json", "--url", "http://h", "run", "12"},
                                             {"run", "--json", "12", "--url=http://h"},
                                             {"run", "12", "--url", "http://h", "--json"}}) {
    const Parsed parsed = parse(line);
    EXPECT_THAT(parsed.errors, IsEmpty());
    ASSERT_NE(parsed.line.command, nullptr);
    EXPECT_EQ(parsed.line.command->name, "run");
    EXPECT_THAT(parsed.line.words, ElementsAre("12"));
    EXPECT_TRUE(parsed.line.has("json"));
    EXPECT_EQ(parsed.line.value("url"), "http://h");
  }
  // Those of a command, too.
  EXPECT_THAT(parse({"--limit", "5", "groups"}).errors, IsEmpty());
}

TEST(Parse, AWordMayLookLikeAnything) {
  const Parsed parsed = parse({"group", "--", "--json"});
  EXPECT_THAT(parsed.errors, IsEmpty());
  EXPECT_THAT(parsed.line.words, ElementsAre("--json"));
  EXPECT_EQ(parse({"exemptions", "--import", "-"}).line.value("import"), "-");
  EXPECT_EQ(parse({"groups", "--search", "--stale"}).line.value("search"), "--stale");
  EXPECT_EQ(parse({"groups", "--search="}).line.value("search"), "");
  EXPECT_THAT(parse({"approve", "1", "2", "3"}).line.words, ElementsAre("1", "2", "3"));
}

void expect_usage(const std::vector<std::string>& line, const std::string& error) {
  EXPECT_THAT(parse(line).errors, Contains(HasSubstr(error))) << testing::PrintToString(line);
}

TEST(Parse, WhatIsNoCommandLine) {
  expect_usage({}, "no command");
  expect_usage({"--json"}, "no command");
  expect_usage({"aprove", "1"}, "unknown command 'aprove'; did you mean approve?");
  expect_usage({""}, "unknown command ''");
  expect_usage({"status", "--lim", "5"}, "status takes no '--lim'");
  expect_usage({"groups", "--lim", "5"}, "did you mean --limit?");
  expect_usage({"--tok", "x", "status"}, "'--tok'");
  expect_usage({"-j", "status"}, "unknown option '-j'");
  expect_usage({"status", "--stale"}, "status takes no '--stale'");
  expect_usage({"--stale", "status"}, "status takes no '--stale'");
  expect_usage({"groups", "--limit"}, "--limit needs N");
  expect_usage({"groups", "--limit", "1", "--limit", "2"}, "--limit is given twice");
  expect_usage({"groups", "--stale=yes"}, "--stale takes no value");
  expect_usage({"group"}, "group needs ID");
  expect_usage({"group", ""}, "takes no empty word");
  expect_usage({"group", "a", "b"}, "unexpected 'b' behind group");
  expect_usage({"approve"}, "approve needs ID");
  expect_usage({"status", "now"}, "unexpected 'now'");
  expect_usage({"exempt", "grop", "x", "--reason", "y"}, "'grop' is none of group, member; did you mean group?");
  expect_usage({"exempt", "group", "x"}, "exempt needs --reason R");
  expect_usage({"pause"}, "pause needs --reason R");
  expect_usage({"pause", "--reason", ""}, "pause needs --reason R");
  expect_usage({"completion", "tcsh"}, "'tcsh' is none of bash, zsh, fish");
}

TEST(Parse, HelpAndVersionNeedNothingElse) {
  for (const char* option : {"--help", "-h", "--version"}) {
    EXPECT_THAT(parse({option}).errors, IsEmpty());
    EXPECT_THAT(parse({"pause", option}).errors, IsEmpty());
  }
}

}  // namespace
}  // namespace headroom::ctl
