#include <algorithm>

#include "ctl/completion.h"

namespace headroom::ctl {
namespace {

std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

// The function says which command stands there, and how many words behind it.
std::string reader(const std::string& name, const std::string& with_value) {
  return "function __" + name + R"(_is --description 'the command is $argv[1], with $argv[2] words behind it'
    set -l with_value )" +
         with_value + R"(
    set -l command ''
    set -l count 0
    set -l skip 0
    for word in (commandline -opc)[2..-1]
        if test $skip = 1
            set skip 0
        else if contains -- $word $with_value
            set skip 1
        else if string match -q -- '--*' $word
            continue
        else if test -z "$command"
            set command $word
        else
            set count (math $count + 1)
        end
    end
    test "$command" = "$argv[1]"; and begin
        not set -q argv[2]; or test $count = $argv[2]
    end
end
)";
}

std::string option_line(const std::string& start, const Option& option) {
  std::string line = start + " -l " + std::string(option.name) + " -d " + quoted(option.meaning);
  if (option.is_file) return line + " -r -F\n";
  if (!option.choices.empty()) return line + " -x -a " + quoted(joined(option.choices)) + "\n";
  return line + (option.value.empty() ? "\n" : " -x\n");
}

std::string lines_of(const std::string& name, const Command& command) {
  const std::string start = "complete -c " + name + " -n ";
  const std::string is = "__" + name + "_is " + std::string(command.name);
  std::string text = start + quoted("__" + name + "_is ''") + " -a " + std::string(command.name) + " -d " +
                     quoted(command.summary) + "\n";
  for (const Option& option : command.options) text += option_line(start + quoted(is), option);
  for (std::size_t i = 0; i < command.words.size(); ++i) {
    const Word& word = command.words[i];
    const std::string at = start + quoted(is + " " + std::to_string(i));
    if (!word.choices.empty()) text += at + " -a " + quoted(joined(word.choices)) + "\n";
    if (word.name == "FILE") text += at + " -F\n";
  }
  return text;
}

}  // namespace

std::string fish_completion(const CompletedProgram& program) {
  const std::string name(program.name);
  std::string with_value;
  for (const std::string& option : options_with_value(program)) with_value += option + " ";
  std::string text =
      "# Completion of " + name + " for fish: made from its table of commands.\n" + reader(name, with_value);
  text += "complete -c " + name + " -f\n";
  for (const Option& option : program.options) text += option_line("complete -c " + name, option);
  for (const Command& command : program.commands) text += lines_of(name, command);
  return text;
}

}  // namespace headroom::ctl
