#include "ctl/commands.h"
#include "ctl/help.h"
#include "manual/pages.h"
#include "manual/scdoc.h"

namespace headroom::manual {
namespace {

std::string option_terms(const std::vector<ctl::Option>& options) {
  std::string text;
  for (const ctl::Option& option : options) {
    std::string term = bold("--" + std::string(option.name));
    if (!option.value.empty()) term += " " + plain(option.value);
    text += definition(term, option.meaning.empty() ? "" : std::string(option.meaning) + ".");
  }
  return text;
}

std::string command_text(const ctl::Command& command) {
  return command_heading(command.name, ctl::synopsis(command), command.summary) + paragraphs(command.details) +
         option_terms(command.options);
}

}  // namespace

std::string headroomctl_page() {
  std::string text = page("headroomctl", 1, ctl::version());
  text += heading("NAME") + "headroomctl - look at a running headroomd and tell it what to do\n\n";
  text += heading("SYNOPSIS") + "*headroomctl* \\[OPTION...\\] COMMAND\n\n";
  text +=
      heading("DESCRIPTION") +
      wrapped(
          "*headroomctl* does through the admin API of *headroomd*(8) whatever that can do, for a terminal and for "
          "scripts. Tables fit the terminal; where standard output is none, they are plain and nothing is cut. Control "
          "characters and marks that turn the direction of writing are never printed raw.",
          "") +
      "\n*approve*, *prune* and *restore* show first what will happen, and ask.\n\n";
  text += heading("OPTIONS") + "Before or behind the command. *--* ends the options.\n\n" +
          option_terms(ctl::global_options());
  text += heading("COMMANDS");
  for (const ctl::Command& command : ctl::commands()) text += command_text(command);
  text += heading("TIMES") + paragraphs(ctl::kMomentText);
  text += heading("THE TOKEN") + paragraphs(ctl::kTokenText);
  text += heading("EXIT STATUS") + paragraphs(ctl::kExitText);
  text += heading("ENVIRONMENT");
  text += definition(bold("HEADROOMCTL_URL"), "Of the admin API.");
  text += definition(bold("HEADROOMCTL_TOKEN_FILE"), "File with the token.");
  text += definition(bold("COLUMNS"), "How wide a terminal is to be taken; its own width when it is not set.");
  text += definition(bold("TZ"), "Zone of the times that are shown.");
  text += heading("EXAMPLES") + literal(
                                    "headroomctl status\n"
                                    "headroomctl groups --state blocked --reason no_permission\n"
                                    "headroomctl plans\n"
                                    "headroomctl approve 12 --reason 'spring cleaning' --wait\n"
                                    "headroomctl exempt group '@TGS#2J4' --reason board --until 2027-01-31\n"
                                    "headroomctl exemptions --limit 0 --json > exemptions.json\n"
                                    "headroomctl groups --limit 0 --json | jq -r '.items[].group_id'\n");
  return text + heading("SEE ALSO") + "*headroomd*(8), *headroom.conf*(5)\n";
}

}  // namespace headroom::manual
