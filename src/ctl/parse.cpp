#include "ctl/parse.h"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

#include "config/nearest.h"
#include "ctl/commands.h"

namespace headroom::ctl {
namespace {

std::string quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

// Only a hint.
std::string meant(std::string_view given, const std::vector<std::string_view>& words) {
  const std::string word = nearest_word(given, words);
  return word.empty() ? word : "; did you mean " + word + "?";
}

class Parser {
 public:
  explicit Parser(const std::vector<std::string>& arguments) : rest_(arguments.begin(), arguments.end()) {}
  Parsed parse();

 private:
  void take_option(std::string_view text);
  void take_word(const std::string& word);
  const Option* known(std::string_view name) const;
  void unknown(std::string_view name);
  void check_words();
  void check_choice(std::size_t index, const Word& word);
  void check_options();
  void error(std::string text) { result_.errors.push_back(std::move(text)); }

  std::vector<std::string> rest_;
  std::size_t next_ = 0;
  Parsed result_;
  bool has_command_ = false;
};

Parsed Parser::parse() {
  bool options_end = false;

  for (; next_ < rest_.size(); ++next_) {
    const std::string word = rest_[next_];
    if (!options_end && word == "--") {
      options_end = true;
    } else if (!options_end && word.starts_with("--")) {
      take_option(std::string_view(word).substr(2));
    } else if (!options_end && word == "-h") {
      result_.line.options.emplace("help", "");
    } else if (!options_end && word.size() > 1 && word.starts_with('-')) {
      error("unknown option " + quoted(word) + "; a word that begins with - stands behind --");
    } else {
      take_word(word);
    }
  }
  const bool asks = result_.line.has("help") || result_.line.has("version");
  if (!has_command_ && !asks && result_.errors.empty()) error("no command; see headroomctl help");
  if (result_.line.command != nullptr) check_options();
  if (result_.line.command != nullptr && !asks) check_words();
  return std::move(result_);
}

// Every option of any command is known while the command is not: it is checked at the end.
const Option* Parser::known(std::string_view name) const {
  if (const Option* global = find_option(global_options(), name)) return global;
  if (result_.line.command != nullptr) return find_option(result_.line.command->options, name);
  for (const Command& command : commands()) {
    if (const Option* option = find_option(command.options, name)) return option;
  }
  return nullptr;
}

void Parser::unknown(std::string_view name) {
  std::vector<std::string_view> words;
  for (const Option& option : global_options()) words.push_back(option.name);
  const Command* command = result_.line.command;
  for (const Option& option : command != nullptr ? command->options : std::vector<Option>()) {
    words.push_back(option.name);
  }
  const std::string hint = nearest_word(name, words);
  error((command != nullptr ? std::string(command->name) + " takes no " : "unknown option ") +
        quoted("--" + std::string(name)) + (hint.empty() ? hint : "; did you mean --" + hint + "?"));
}

void Parser::take_option(std::string_view text) {
  const std::size_t equals = text.find('=');
  const std::string name(text.substr(0, equals));
  const Option* option = known(name);
  if (option == nullptr) return unknown(name);
  std::string value;
  if (option->value.empty()) {
    if (equals != std::string_view::npos) return error("--" + name + " takes no value");
  } else if (equals != std::string_view::npos) {
    value = text.substr(equals + 1);
  } else if (next_ + 1 < rest_.size()) {
    value = rest_[++next_];
  } else {
    return error("--" + name + " needs " + std::string(option->value));
  }
  if (!result_.line.options.emplace(name, value).second && !option->value.empty()) {
    error("--" + name + " is given twice");
  }
}

void Parser::take_word(const std::string& word) {
  if (std::exchange(has_command_, true)) {
    result_.line.words.push_back(word);
    return;
  }
  result_.line.command = find_command(word);
  if (result_.line.command != nullptr) return;
  std::vector<std::string_view> names;
  for (const Command& command : commands()) names.push_back(command.name);
  error("unknown command " + quoted(word) + meant(word, names));
}

void Parser::check_options() {
  const Command& command = *result_.line.command;
  for (const auto& [name, value] : result_.line.options) {
    if (find_option(global_options(), name) == nullptr && find_option(command.options, name) == nullptr) unknown(name);
  }
  if (result_.line.has("help") || result_.line.has("version")) return;
  for (const Option& option : command.options) {
    const auto value = result_.line.value(std::string(option.name));
    if (option.required && (!value || value->empty())) {
      error(std::string(command.name) + " needs --" + std::string(option.name) + " " + std::string(option.value));
    }
  }
}

void Parser::check_words() {
  const Command& command = *result_.line.command;
  const auto& given = result_.line.words;
  for (std::size_t i = 0; i < command.words.size(); ++i) {
    const Word& word = command.words[i];
    if (i >= given.size()) {
      if (!word.optional) return error(std::string(command.name) + " needs " + std::string(word.name));
      continue;
    }
    check_choice(i, word);
  }
  const bool repeats = !command.words.empty() && command.words.back().repeated;
  if (given.size() > command.words.size() && !repeats) {
    error("unexpected " + quoted(given[command.words.size()]) + " behind " + std::string(command.name));
  }
  if (std::any_of(given.begin(), given.end(), [](const std::string& word) { return word.empty(); })) {
    error(std::string(command.name) + " takes no empty word");
  }
}

void Parser::check_choice(std::size_t index, const Word& word) {
  const std::string& given = result_.line.words[index];
  if (word.choices.empty() || std::find(word.choices.begin(), word.choices.end(), given) != word.choices.end()) return;
  std::string all;
  for (const std::string_view choice : word.choices) all.append(all.empty() ? "" : ", ").append(choice);
  error(quoted(given) + " is none of " + all + meant(given, word.choices));
}

}  // namespace

Parsed parse(const std::vector<std::string>& arguments) { return Parser(arguments).parse(); }

}  // namespace headroom::ctl
