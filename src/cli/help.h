#pragma once

#include <string>
#include <string_view>

namespace headroom {

std::string_view version();

std::string help_text();                          // of the program
std::string help_text(std::string_view command);  // of one of cli_commands()

}  // namespace headroom
