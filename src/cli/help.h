#pragma once

#include <string>
#include <string_view>

#include "cli/parse.h"

namespace headroom {

std::string_view version();

// What stands behind an option of a command; empty: it takes no value.
std::string_view value_of_option(std::string_view option, std::string_view command);
// "migrate status|up|verify [--to N]"
std::string synopsis(const CliCommand& command);

std::string help_text();                          // of the program
std::string help_text(std::string_view command);  // of one of cli_commands()

}  // namespace headroom
