#pragma once

#include <string>
#include <string_view>

#include "ctl/command.h"

namespace headroom::ctl {

std::string_view version();

// "approve ID… [--wait] [--reason R]"
std::string synopsis(const Command& command);
std::string help_text();  // of the program
std::string help_text(const Command& command);

// What every page about it says.
extern const std::string_view kTokenText;
extern const std::string_view kMomentText;
extern const std::string_view kExitText;

}  // namespace headroom::ctl
