#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace headroom {

// One subcommand and what it takes beside --config, --SECTION.KEY and --help.
struct CliCommand {
  std::string_view name;
  std::string_view words;  // synopsis of what follows the name: "FILE"
  std::size_t min_words = 0;
  std::size_t max_words = 0;
  std::vector<std::string_view> options;  // "json", "dry-run", …
  std::string_view summary;               // one line
  std::string_view details;               // for `help COMMAND`
};
const std::vector<CliCommand>& cli_commands();
// nullptr when there is none; names are never guessed.
const CliCommand* find_cli_command(std::string_view name);

struct Invocation {
  std::string command;             // a name of cli_commands(); empty with --help, --version
  std::vector<std::string> words;  // what follows it
  std::optional<std::string> config_file;
  std::vector<std::pair<std::string, std::string>> settings;  // key, value: not checked yet
  std::optional<std::string> to;
  std::optional<std::string> identifier;
  std::optional<std::string> expire;
  std::vector<std::string> only;
  std::optional<std::string> callback_url;
  bool dry_run = false;
  bool json = false;
  bool list = false;
  bool strict = false;
  bool help = false;
  bool version = false;
};

struct CliParse {
  Invocation invocation;
  std::vector<std::string> errors;  // usage errors; the invocation is of use only without
};
// `arguments` without the program's name.
CliParse parse_command_line(const std::vector<std::string>& arguments);

}  // namespace headroom
