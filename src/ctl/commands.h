#pragma once

#include <string_view>
#include <vector>

#include "ctl/command.h"

// The one table of what headroomctl can do: the parser, help, completion, the man page and the tests read it.
namespace headroom::ctl {

const std::vector<Option>& global_options();
const std::vector<Command>& commands();
// nullptr when there is none.
const Command* find_command(std::string_view name);
const Option* find_option(const std::vector<Option>& options, std::string_view name);

}  // namespace headroom::ctl
