#include "ctl/completion.h"

namespace headroom::ctl {
namespace {

// bash splits words at `=` and `:` as well: they are put together again first. A value behind `=` is completed like one
// that stands alone.
constexpr std::string_view kReader = R"(
  local current previous= command= word glue= i count=0 options= choices=
  local -a line=()
  for ((i = 1; i <= COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    if [[ ${#line[@]} -gt 0 && ( $word == [:=]* || -n $glue ) ]]; then
      line[-1]+=$word
    else
      line+=("$word")
    fi
    [[ $word == [:=]* ]] && glue=1 || glue=
  done
  current=${line[-1]}
  ((${#line[@]} > 1)) && previous=${line[-2]}
  if [[ $current == --*=* ]]; then
    previous=${current%%=*}
    current=${current#*=}
  fi
  for ((i = 0; i < ${#line[@]} - 1; i++)); do
    word=${line[i]}
    if [[ $word == --*=* ]]; then
      continue
    elif [[ $word == --* ]]; then
      [[ " $with_value " == *" $word "* ]] && ((i++))
    elif [[ -z $command ]]; then
      command=$word
    else
      ((count++))
    fi
  done
)";

std::string choices_of_values(const std::string& command, const std::vector<Option>& options) {
  std::string text;
  for (const Option& option : options) {
    const std::string pattern = "    '" + command + " --" + std::string(option.name) + "')";
    if (option.is_file)
      text += pattern + " compopt -o filenames; COMPREPLY=($(compgen -f -- \"$current\")); return ;;\n";
    if (!option.choices.empty()) text += pattern + " choices='" + joined(option.choices) + "' ;;\n";
  }
  return text;
}

std::string case_of_values(const CompletedProgram& program) {
  std::string text = "  case \"$command $previous\" in\n";
  for (const Command& command : program.commands) text += choices_of_values(std::string(command.name), command.options);
  text += "  esac\n  case \" $previous\" in\n" + choices_of_values("", program.options);
  return text + "  esac\n";
}

std::string case_of_options(const CompletedProgram& program) {
  std::string text = "  case $command in\n";
  for (const Command& command : program.commands) {
    if (command.options.empty()) continue;
    text.append("    ").append(command.name).append(") options='");
    for (const Option& option : command.options) text.append("--").append(option.name).append(" ");
    text += "' ;;\n";
  }
  return text + "  esac\n";
}

std::string case_of_words(const CompletedProgram& program) {
  std::string text = "  case \"$command $count\" in\n    ' 0') choices='";
  for (const Command& command : program.commands) text.append(command.name).append(" ");
  text += "' ;;\n";
  for (const Command& command : program.commands) {
    for (std::size_t i = 0; i < command.words.size(); ++i) {
      const Word& word = command.words[i];
      const std::string pattern = "    '" + std::string(command.name) + " " + std::to_string(i) + "')";
      if (!word.choices.empty()) text += pattern + " choices='" + joined(word.choices) + "' ;;\n";
      if (word.name == "FILE") {
        text += pattern + " compopt -o filenames; COMPREPLY=($(compgen -f -- \"$current\")); return ;;\n";
      }
    }
  }
  return text + "  esac\n";
}

}  // namespace

std::string bash_completion(const CompletedProgram& program) {
  const std::string name(program.name);
  std::string with_value, globals;
  for (const std::string& option : options_with_value(program)) with_value += option + " ";
  for (const Option& option : program.options) globals.append("--").append(option.name).append(" ");
  std::string text = "# Completion of " + name + " for bash: made from its table of commands.\n_" + name + "() {\n";
  text += "  local with_value='" + with_value + "'" + std::string(kReader);
  text += case_of_values(program);
  text +=
      "  if [[ -n $choices ]]; then\n    COMPREPLY=($(compgen -W \"$choices\" -- \"$current\"))\n    return\n  fi\n";
  text += "  [[ \" $with_value \" == *\" $previous \"* ]] && return\n";
  text += case_of_options(program);
  text += "  if [[ $current == -* ]]; then\n    COMPREPLY=($(compgen -W \"$options " + globals +
          "\" -- \"$current\"))\n    return\n  fi\n";
  text += case_of_words(program);
  text += "  COMPREPLY=($(compgen -W \"$choices\" -- \"$current\"))\n}\n";
  return text + "complete -F _" + name + " " + name + "\n";
}

}  // namespace headroom::ctl
