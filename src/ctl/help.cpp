#include "ctl/help.h"

#include <algorithm>

#include "ctl/commands.h"
#include "ctl/exit.h"
#include "ctl/views.h"

namespace headroom::ctl {

const std::string_view kTokenText =
    "The token is read from a file, never from the command line: --token-file, HEADROOMCTL_TOKEN_FILE,\n"
    "$CREDENTIALS_DIRECTORY/admin-token, /etc/credstore/headroom.admin-token, $XDG_CONFIG_HOME/headroom/token\n"
    "(~/.config/headroom/token): the first that is named or exists. Of lines name:role:token it is the first\n"
    "operator's, else the first.\n";
const std::string_view kMomentText =
    "T is an RFC 3339 time (2026-01-31T12:00:00Z), a date (2026-01-31) or a duration (90m, 2h, 7d): back from now,\n"
    "ahead with --until.\n";
const std::string_view kExitText =
    "Exit status: 0 done, 1 the daemon refused, or a run or sweep that was waited for failed, 64 usage, 69 the daemon\n"
    "can not be reached or does not answer within 30 s, 77 no token, a wrong one, or a role that may not.\n";

namespace {

std::string shown(const Option& option) {
  return "--" + std::string(option.name) + (option.value.empty() ? "" : " " + std::string(option.value));
}

std::string shown(const Word& word) {
  std::string text;
  for (const std::string_view choice : word.choices) text.append(text.empty() ? "" : "|").append(choice);
  if (text.empty()) text = word.name;
  if (word.repeated) text += "...";
  return word.optional ? "[" + text + "]" : text;
}

std::string list_of(const std::vector<Option>& options) {
  std::size_t widest = 0;
  for (const Option& option : options) widest = std::max(widest, shown(option).size());
  std::string text;
  for (const Option& option : options) {
    const std::string name = shown(option);
    text += "  " + name + std::string(widest - name.size() + 2, ' ') + std::string(option.meaning) + "\n";
  }
  return text;
}

}  // namespace

std::string_view version() { return HEADROOM_VERSION; }

std::string synopsis(const Command& command) {
  std::string text(command.name);
  for (const Word& word : command.words) text += " " + shown(word);
  for (const Option& option : command.options) {
    text += option.required ? " " + shown(option) : " [" + shown(option) + "]";
  }
  return text;
}

std::string help_text() {
  std::string text = "headroomctl looks at a running headroomd and tells it what to do.\n\n";
  text += "  headroomctl [OPTION...] COMMAND\n\nCommands (headroomctl help COMMAND explains each):\n";
  std::size_t widest = 0;
  for (const Command& command : commands()) widest = std::max(widest, command.name.size());
  for (const Command& command : commands()) {
    text.append("  ").append(command.name).append(widest - command.name.size() + 2, ' ').append(command.summary) +=
        '\n';
  }
  text += "\nOptions of every command, before or behind it:\n" + list_of(global_options()) + "\n";
  return text.append(kTokenText).append("\n").append(kExitText);
}

std::string help_text(const Command& command) {
  std::string text = "headroomctl " + synopsis(command) + "\n\n";
  text.append(command.summary).append(".\n");
  if (!command.details.empty()) text.append("\n").append(command.details);
  if (!command.options.empty()) text += "\n" + list_of(command.options);
  const auto takes_moment = [](const Option& option) { return option.value == "T"; };
  if (std::any_of(command.options.begin(), command.options.end(), takes_moment)) text.append("\n").append(kMomentText);
  return text + "\nheadroomctl help lists what every command takes.\n";
}

int show_help(Session& session) {
  const auto& words = session.line().words;
  const Command* about = words.empty() ? nullptr : find_command(words.front());
  if (!words.empty() && about == nullptr) {
    throw Failure(exit_status::kUsage, "unknown command '" + words.front() + "'; see headroomctl help");
  }
  session.print(about == nullptr ? help_text() : help_text(*about));
  return exit_status::kOk;
}

}  // namespace headroom::ctl
