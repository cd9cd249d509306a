#include "cli/help.h"

#include <fmt/format.h>

#include "cli/parse.h"
#include "config/keys.h"

namespace headroom {
namespace {

constexpr std::string_view kEverywhere =
    "\nEvery command takes\n"
    "  --config FILE           default: /etc/headroom/headroomd.conf\n"
    "  --SECTION.KEY VALUE     any key of the configuration, stronger than HEADROOM_SECTION_KEY in the environment,\n"
    "                          which is stronger than the file\n";

std::string keys_text() {
  std::string text = "\nKeys of the configuration (default; what is allowed):\n";
  for (const ConfigKey& key : config_keys()) {
    text += fmt::format("  {} ({}; {})\n", key.name, key.fallback.empty() ? "none" : key.fallback, key.allowed);
  }
  return text;
}

}  // namespace

std::string_view version() { return HEADROOM_VERSION; }

std::string_view value_of_option(std::string_view option, std::string_view command) {
  if (option == "to") return command == "copy" ? "URL" : "N";
  if (option == "identifier") return "ID";
  if (option == "expire") return "DURATION";
  if (option == "only") return "NAME";
  return option == "callback-url" ? "URL" : "";
}

std::string synopsis(const CliCommand& command) {
  std::string line(command.name);
  if (!command.words.empty()) line += " " + std::string(command.words);
  for (const auto option : command.options) {
    const std::string_view value = value_of_option(option, command.name);
    const std::string words = fmt::format("--{}{}{}", option, value.empty() ? "" : " ", value);
    const bool needed = command.name == "copy" && option == "to";
    line += needed ? " " + words : " [" + words + "]";
  }
  return line;
}

std::string help_text() {
  std::string text = "headroomd keeps Tencent Cloud Chat groups joinable.\n\n";
  for (const CliCommand& command : cli_commands()) {
    text += fmt::format("  headroomd {}\n      {}\n", synopsis(command), command.summary);
  }
  text += "  headroomd --help | --version\n";
  text += kEverywhere;
  text +=
      "\nExit status: 0 success, 1 failure at run time, 64 usage, 70 internal error, 75 database held by another\n"
      "daemon, or its server does not answer, 78 configuration or schema: what a restart can not mend.\n";
  return text;
}

std::string help_text(std::string_view command) {
  const CliCommand* found = find_cli_command(command);
  if (found == nullptr) return help_text();
  std::string text = fmt::format("headroomd {}\n\n{}\n{}", synopsis(*found), found->summary, found->details);
  text += kEverywhere;
  if (command == "serve" || command == "check-config") text += keys_text();
  return text;
}

}  // namespace headroom
