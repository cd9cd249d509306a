#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ctl/command.h"

// Completion for shells, of any program whose options stand before or behind its command.
namespace headroom::ctl {

struct CompletedProgram {
  std::string_view name;
  std::vector<Option> options;    // of every command
  std::vector<Command> commands;  // their `run` is not asked
};

// headroomctl's own.
CompletedProgram completed_program();

std::string bash_completion(const CompletedProgram& program);
std::string zsh_completion(const CompletedProgram& program);
std::string fish_completion(const CompletedProgram& program);

// All options that take a value, of the program and its commands, each once, as --name.
std::vector<std::string> options_with_value(const CompletedProgram& program);
// The words, with spaces between.
std::string joined(const std::vector<std::string_view>& words);

}  // namespace headroom::ctl
