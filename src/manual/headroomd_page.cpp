#include <algorithm>

#include "cli/help.h"
#include "cli/parse.h"
#include "config/keys.h"
#include "manual/pages.h"
#include "manual/scdoc.h"

namespace headroom::manual {
namespace {

// Whether the key's values are the words that its range lists; "a path" lists none.
std::vector<std::string_view> words_of(const ConfigKey& key) {
  std::vector<std::string_view> words;
  Config config;
  std::string_view rest = key.allowed;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(' '), rest.size());
    words.push_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  const bool are_words = !key.assign(config, "no-such-word") &&
                         std::ranges::all_of(words, [&](std::string_view word) { return key.assign(config, word); });
  return are_words ? words : std::vector<std::string_view>();
}

std::vector<ctl::Option> options_of_everything() {
  std::vector<ctl::Option> options = {{"config", "FILE", "default: /etc/headroom/headroomd.conf", false, {}, true},
                                      {"help", "", "explain the command"},
                                      {"version", "", "print the version"}};
  for (const ConfigKey& key : config_keys()) {
    options.push_back({key.name, "VALUE", key.meaning, false, words_of(key), key.name.ends_with("_file")});
  }
  return options;
}

ctl::Word word_of(std::string_view words) {
  ctl::Word word{words, words.starts_with('['), false, {}};
  for (std::string_view rest = words; words.find('|') != std::string_view::npos && !rest.empty();) {
    const std::size_t end = std::min(rest.find('|'), rest.size());
    word.choices.push_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return word;
}

ctl::Command command_of(const CliCommand& command) {
  ctl::Command made{command.name, {}, {}, command.summary, command.details, nullptr};
  if (!command.words.empty()) made.words.push_back(word_of(command.words));
  if (command.name == "help") {
    for (const CliCommand& other : cli_commands()) made.words.front().choices.push_back(other.name);
  }
  for (const std::string_view option : command.options)
    made.options.push_back({option, value_of_option(option, command.name), ""});
  return made;
}

}  // namespace

ctl::CompletedProgram headroomd_program() {
  ctl::CompletedProgram program{"headroomd", options_of_everything(), {}};
  for (const CliCommand& command : cli_commands()) program.commands.push_back(command_of(command));
  return program;
}

std::string headroomd_page() {
  std::string text = page("headroomd", 8, version());
  text += heading("NAME") + "headroomd - keep groups of Tencent Cloud Chat joinable\n\n";
  text += heading("SYNOPSIS");
  for (const CliCommand& command : cli_commands()) text += "*headroomd* " + plain(synopsis(command)) + "++\n";
  text += "*headroomd* --help | --version\n\n";
  text +=
      heading("DESCRIPTION") +
      wrapped(
          "*headroomd* takes the webhooks by which Chat says that a group is full, finds groups that have stayed full "
          "for too long, and removes just enough of the members who have been silent for longest. It begins in a mode "
          "that removes nobody. *headroomctl*(1) looks at it and tells it what to do.",
          "") +
      "\n" +
      wrapped(
          "Every command takes *--config* FILE (default: /etc/headroom/headroomd.conf) and *--SECTION.KEY* VALUE for "
          "any "
          "key of *headroom.conf*(5), which is stronger than HEADROOM\\_SECTION\\_KEY in the environment, which is "
          "stronger "
          "than the file.",
          "") +
      "\n";
  text += heading("COMMANDS");
  for (const CliCommand& command : cli_commands()) {
    text += command_heading(command.name, synopsis(command), command.summary) + paragraphs(command.details);
  }
  text += heading("SIGNALS");
  text += definition("*SIGTERM*, *SIGINT*",
                     "Stops within 10 s: what was accepted is answered, calls in flight are finished or interrupted.");
  text += definition("*SIGHUP*",
                     "Reads the policy, scheduler and log sections and the webhook and admin token files again. "
                     "A bad file leaves the configuration in force and is logged.");
  text += heading("EXIT STATUS");
  text += definition("0", "Success.");
  text += definition("1", "Failure at run time: a taken port, a failed disk, a corrupt database.");
  text += definition("64", "Usage.");
  text += definition("70", "Internal error.");
  text += definition("75", "The database is held by another daemon or migration, or its server does not answer.");
  text += definition("78", "What a restart can not mend: configuration, permissions, a schema that does not fit.");
  text += heading("FILES");
  text += definition("/etc/headroom/headroomd.conf", "The configuration.");
  text += definition("/etc/credstore/headroom.\\*", "The secrets, which systemd hands to the service.");
  text += definition("/var/lib/headroom/headroom.db", "The database.");
  return text + heading("SEE ALSO") + "*headroomctl*(1), *headroom.conf*(5), *headroom-chatsim*(1), *systemctl*(1)\n";
}

}  // namespace headroom::manual
