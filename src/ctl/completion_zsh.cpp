#include "ctl/completion.h"

namespace headroom::ctl {
namespace {

constexpr std::string_view kReader = R"(
  local command= word rest= previous=${words[CURRENT-1]} count=0 i
  local -a items
  for ((i = 2; i < CURRENT; i++)); do
    word=${words[i]}
    if [[ $word == --* ]]; then
      [[ " $with_value " == *" $word "* ]] && ((i++))
    elif [[ -z $command ]]; then
      command=$word
    else
      ((count++))
    fi
  done
  # A value behind = is completed like one that stands alone.
  if [[ $PREFIX == --*=* ]]; then
    previous=${PREFIX%%=*}
    compset -P 1 '*='
  fi
)";

// For _describe: 'name:meaning', with colons of the name escaped.
std::string item(std::string_view name, std::string_view meaning) {
  std::string text = "'";
  const auto add = [&text](std::string_view part, bool is_name) {
    for (const char c : part) {
      if (c == ':' && is_name) text += '\\';
      text += c == '\'' ? std::string("'\\''") : std::string(1, c);
    }
  };
  add(name, true);
  text += ':';
  add(meaning, false);
  return text + "'";
}

std::string items_of(const std::vector<Option>& options) {
  std::string text;
  for (const Option& option : options) text += " " + item("--" + std::string(option.name), option.meaning);
  return text;
}

std::string action(bool is_file, const std::vector<std::string_view>& choices) {
  return is_file ? "_files; return" : "compadd -- " + joined(choices) + "; return";
}

std::string case_of_values(const CompletedProgram& program) {
  std::string text = "  case \"$command $previous\" in\n";
  const auto add = [&text](const std::string& command, const std::vector<Option>& options) {
    for (const Option& option : options) {
      if (!option.is_file && option.choices.empty()) continue;
      text += "    " + command + "\\ --" + std::string(option.name) + ") " + action(option.is_file, option.choices) +
              " ;;\n";
    }
  };
  for (const Command& command : program.commands) add(std::string(command.name), command.options);
  add("*", program.options);
  return text + "  esac\n";
}

std::string case_of_options(const CompletedProgram& program) {
  std::string text = "    case $command in\n";
  for (const Command& command : program.commands) {
    if (!command.options.empty())
      text.append("      ").append(command.name).append(") items+=(") += items_of(command.options) + ") ;;\n";
  }
  return text + "    esac\n";
}

std::string case_of_words(const CompletedProgram& program) {
  std::string text = "  case \"$command $count\" in\n    \\ 0) items=(";
  for (const Command& command : program.commands) text += " " + item(command.name, command.summary);
  text += ")\n      _describe -t commands command items; return ;;\n";
  for (const Command& command : program.commands) {
    for (std::size_t i = 0; i < command.words.size(); ++i) {
      const Word& word = command.words[i];
      if (word.choices.empty() && word.name != "FILE") continue;
      text += "    " + std::string(command.name) + "\\ " + std::to_string(i) + ") " +
              action(word.name == "FILE", word.choices) + " ;;\n";
    }
  }
  return text + "  esac\n";
}

}  // namespace

std::string zsh_completion(const CompletedProgram& program) {
  const std::string name(program.name);
  std::string with_value;
  for (const std::string& option : options_with_value(program)) with_value += option + " ";
  std::string text = "#compdef " + name + "\n# Completion of " + name +
                     " for zsh: made from its table of commands.\n_" + name + "() {\n";
  text += "  local with_value='" + with_value + "'" + std::string(kReader);
  text += case_of_values(program);
  text += "  [[ \" $with_value \" == *\" $previous \"* ]] && return 1\n";
  text += "  if [[ $PREFIX == -* ]]; then\n    items=(" + items_of(program.options) + ")\n" + case_of_options(program) +
          "    _describe -o -t options option items\n    return\n  fi\n";
  text += case_of_words(program);
  text += "  return 1\n}\n";
  // Loaded by its name from a folder of fpath, or read as a whole.
  return text + "if [[ $funcstack[1] == _" + name + " ]]; then\n  _" + name + " \"$@\"\nelse\n  compdef _" + name +
         " " + name + "\nfi\n";
}

}  // namespace headroom::ctl
