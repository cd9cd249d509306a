#include "ctl/completion.h"

#include <algorithm>
#include <set>

#include "ctl/commands.h"
#include "ctl/exit.h"
#include "ctl/views.h"

namespace headroom::ctl {

std::string joined(const std::vector<std::string_view>& words) {
  std::string text;
  for (const std::string_view word : words) text.append(text.empty() ? "" : " ").append(word);
  return text;
}

std::vector<std::string> options_with_value(const CompletedProgram& program) {
  std::set<std::string> names;
  const auto add = [&names](const std::vector<Option>& options) {
    for (const Option& option : options) {
      if (!option.value.empty()) names.insert("--" + std::string(option.name));
    }
  };
  add(program.options);
  for (const Command& command : program.commands) add(command.options);
  return {names.begin(), names.end()};
}

CompletedProgram completed_program() {
  CompletedProgram program{"headroomctl", global_options(), commands()};
  for (Command& command : program.commands) {
    if (command.name != "help") continue;
    for (const Command& other : commands()) command.words.front().choices.push_back(other.name);
  }
  return program;
}

int show_completion(Session& session) {
  const CompletedProgram program = completed_program();
  const std::string& shell = session.word(0);
  session.print(shell == "bash"  ? bash_completion(program)
                : shell == "zsh" ? zsh_completion(program)
                                 : fish_completion(program));
  return exit_status::kOk;
}

}  // namespace headroom::ctl
