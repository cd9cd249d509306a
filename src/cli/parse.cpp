#include "cli/parse.h"

#include <algorithm>
#include <boost/program_options.hpp>
#include <set>

#include "config/file.h"
#include "config/key_names.h"
#include "config/keys.h"

namespace headroom {
namespace {

namespace po = boost::program_options;

// Long options, with the value after = or as the next word; names in full.
constexpr int kStyle = po::command_line_style::allow_long | po::command_line_style::long_allow_adjacent |
                       po::command_line_style::long_allow_next;

po::options_description known_options() {
  po::options_description options;
  const auto value = [] { return po::value<std::string>(); };
  auto add = options.add_options();
  for (const char* name : {"config", "to", "identifier", "expire", "only", "callback-url"}) add(name, value());
  for (const char* name : {"dry-run", "json", "list", "strict", "help", "version"}) add(name, "");
  for (const ConfigKey& key : config_keys()) add(std::string(key.name).c_str(), value());
  return options;
}

// "--key=": Boost takes an empty value there for a mistake, but a text or a list may be empty.
std::vector<po::option> take_empty_value(std::vector<std::string>& arguments) {
  const std::string& first = arguments.front();
  if (first.size() < 4 || !first.starts_with("--") || first.find('=') != first.size() - 1) return {};
  po::option option(first.substr(2, first.size() - 3), {""});
  option.original_tokens.push_back(first);
  arguments.erase(arguments.begin());
  return {option};
}

// Only a hint: names are never guessed.
std::string meant(const std::string& name) {
  const std::string key = name.find('.') == std::string::npos ? "" : nearest_key(name);
  return key.empty() ? key : "; did you mean --" + key + "?";
}

class Parser {
 public:
  CliParse parse(const std::vector<std::string>& arguments);

 private:
  void take(const po::option& option);
  void take_word(const std::string& word);
  void check_command();
  void error(std::string text) { result_.errors.push_back(std::move(text)); }

  CliParse result_;
  std::set<std::string> given_;
  bool has_command_ = false;
};

void Parser::take_word(const std::string& word) {
  Invocation& invocation = result_.invocation;
  if (word == "-h") {
    invocation.help = true;
  } else if (word.size() > 1 && word.front() == '-') {
    error("unknown option " + quote_value(word));
  } else if (!has_command_) {
    has_command_ = true;
    invocation.command = word;
  } else {
    invocation.words.push_back(word);
  }
}

void Parser::take(const po::option& option) {
  const std::string& name = option.string_key;
  if (name.empty()) {
    for (const std::string& word : option.value) take_word(word);
    return;
  }
  if (option.unregistered) return error("unknown option " + quote_value("--" + name) + meant(name));
  if (!given_.insert(name).second && name != "only") return error("--" + name + " is given twice");
  Invocation& invocation = result_.invocation;
  const std::string value = option.value.empty() ? "" : option.value.front();
  if (name == "config") {
    invocation.config_file = value;
  } else if (name == "to") {
    invocation.to = value;
  } else if (name == "identifier") {
    invocation.identifier = value;
  } else if (name == "expire") {
    invocation.expire = value;
  } else if (name == "only") {
    invocation.only.push_back(value);
  } else if (name == "callback-url") {
    invocation.callback_url = value;
  } else if (name == "list") {
    invocation.list = true;
  } else if (name == "strict") {
    invocation.strict = true;
  } else if (name == "dry-run") {
    invocation.dry_run = true;
  } else if (name == "json") {
    invocation.json = true;
  } else if (name == "help") {
    invocation.help = true;
  } else if (name == "version") {
    invocation.version = true;
  } else {
    invocation.settings.emplace_back(name, value);
  }
}

void Parser::check_command() {
  const Invocation& invocation = result_.invocation;
  if (!has_command_) {
    if (!invocation.help && !invocation.version) error("no command; see headroomd --help");
    return;
  }
  const CliCommand* command = find_cli_command(invocation.command);
  if (command == nullptr) return error("unknown command " + quote_value(invocation.command) + "; see headroomd --help");
  for (const char* option :
       {"to", "identifier", "expire", "dry-run", "json", "only", "list", "strict", "callback-url"}) {
    const bool taken = std::find(command->options.begin(), command->options.end(), option) != command->options.end();
    if (given_.contains(option) && !taken) error(invocation.command + " takes no --" + option);
  }
  if (invocation.help) return;
  if (invocation.words.size() < command->min_words) {
    error(invocation.command + " needs " + std::string(command->words));
  } else if (invocation.words.size() > command->max_words) {
    error("unexpected " + quote_value(invocation.words[command->max_words]) + " after " + invocation.command);
  }
}

CliParse Parser::parse(const std::vector<std::string>& arguments) {
  static const po::options_description kOptions = known_options();
  try {
    const auto parsed = po::command_line_parser(arguments)
                            .options(kOptions)
                            .style(kStyle)
                            .extra_style_parser(take_empty_value)
                            .allow_unregistered()
                            .run();
    for (const po::option& option : parsed.options) take(option);
  } catch (const po::error& problem) {
    error(problem.what());
    return std::move(result_);
  }
  if (result_.errors.empty()) check_command();
  return std::move(result_);
}

// The daemon, and what its schema is.
std::vector<CliCommand> daemon_commands() {
  return {
      {"serve",
       "",
       0,
       0,
       {},
       "take webhooks and prune groups until SIGTERM",
       "Logs to standard error; each address it listens on as `listening name=webhook address=127.0.0.1:41234`.\n"
       "SIGHUP re-reads the policy, scheduler and log sections.\n"},
      {"migrate",
       "status|up|verify",
       1,
       1,
       {"to", "dry-run", "json"},
       "look at, upgrade or check the database's schema",
       "  status   says which migrations are applied and which are pending\n"
       "  up       applies the pending ones, after a backup; refused while a daemon runs\n"
       "  verify   checks the applied migrations' checksums and the integrity of the database\n"
       "  --to N      up: stop after migration N\n"
       "  --dry-run   up: print the SQL, change nothing\n"
       "  --json      print one JSON object\n"},
  };
}

// What is looked at from outside.
std::vector<CliCommand> checking_commands() {
  return {
      {"check-config",
       "",
       0,
       0,
       {"json"},
       "read the configuration and the secrets as serve does, and say what is wrong",
       "  --json   print one JSON object: valid, errors and warnings (source, line, key, value, allowed, message),\n"
       "           and when it is valid the values in force and which secrets are set\n"},
      {"doctor",
       "",
       0,
       0,
       {"json", "only", "list", "strict", "callback-url"},
       "look at everything outside the process that can be wrong, and say what to do",
       "Repairs nothing, removes nobody, and ends within 30 s. The checks, in this order: config, secrets, database,\n"
       "disk, sqlite, clock, dns, tls, chat, usersig, permissions, webhook, unit.\n"
       "  --json               print one JSON object: ok, and checks (name, status, detail, remedy)\n"
       "  --only NAME          this check alone; may be repeated\n"
       "  --list               print the checks' names\n"
       "  --strict             a warning makes the exit status 1, too\n"
       "  --callback-url URL   send a signed webhook to the URL that Chat has, and see whether the running daemon\n"
       "                       counts it: reported as webhook\n"
       "Exit status: 0 nothing failed, 1 something did, 78 the configuration can not be read.\n"},
      {"usersig",
       "",
       0,
       0,
       {"identifier", "expire"},
       "print a UserSig for Chat's REST API, for use with curl",
       "  --identifier ID      default: chat.admin_identifier\n"
       "  --expire DURATION    for how long it is valid, 1s..365d; default 1h\n"},
  };
}

// What carries events and the database from one place to another.
std::vector<CliCommand> database_commands() {
  return {
      {"backup",
       "FILE",
       1,
       1,
       {},
       "write a consistent copy of the database, beside a running daemon",
       "FILE must not exist; it gets the mode 0600. Prints its path, its size and the number of events in it.\n"},
      {"restore",
       "FILE",
       1,
       1,
       {},
       "put a backup in the database's place",
       "Refused while a daemon runs. FILE has to be whole, of this app, and of a schema that this headroomd knows;\n"
       "else nothing is touched. The former database is moved aside (….replaced-TIME), never removed. Prints what was\n"
       "put where, and what the restore forgets: events, removals and audit since the backup.\n"},
      {"copy",
       "",
       0,
       0,
       {"to", "json"},
       "take a stopped daemon's database file over to a PostgreSQL",
       "The file is database.url; it is read only, but for what a killed daemon had left to count, and refused while\na"
       " daemon runs. Prints the rows of each table as they were read back from both and found alike. What was ended"
       " in\nbetween goes on where it was, when it is run again.\n"
       "  --to URL   postgresql://USER@HOST/NAME: an empty database, which gets the schema, or a copy of this file"
       " that\n             is not finished. The password is database.password_file's, or the credential's"
       " database-password.\n"
       "  --json     print one JSON object\n"},
      {"spool",
       "export|import FILE",
       2,
       2,
       {},
       "carry the events of a node that is gone over to another node",
       "Both refused while a daemon holds spool.path.\n"
       "  export   writes what is in the spool as lines of JSON; nothing is removed from it\n"
       "  import   adds the lines behind what is in the spool: all of them, but for those that it has, or none\n"
       "FILE may be -; one that export writes must not exist, and gets the mode 0600. An event that reaches the\n"
       "database from both nodes is stored once.\n"},
  };
}

}  // namespace

CliParse parse_command_line(const std::vector<std::string>& arguments) { return Parser().parse(arguments); }

const std::vector<CliCommand>& cli_commands() {
  static const std::vector<CliCommand> kCommands = [] {
    std::vector<CliCommand> all;
    for (auto part : {daemon_commands(), checking_commands(), database_commands()})
      all.insert(all.end(), part.begin(), part.end());
    all.push_back({"help", "[COMMAND]", 0, 1, {}, "explain a command", ""});
    return all;
  }();
  return kCommands;
}

const CliCommand* find_cli_command(std::string_view name) {
  const auto& all = cli_commands();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const CliCommand& command) { return command.name == name; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace headroom
