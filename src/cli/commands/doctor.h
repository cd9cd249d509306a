#pragma once

#include <iosfwd>

#include "cli/error_lines.h"
#include "cli/parse.h"
#include "config/config.h"

namespace headroom {

// --list: the checks' names, one a line. Needs no configuration.
int list_checks(std::ostream& out);

// What is wrong with the options, in words; empty: nothing. A check that there is none of is usage, a bad URL is not.
std::string doctor_usage_problem(const Invocation& invocation);
std::string doctor_value_problem(const Invocation& invocation);

// Makes the checks and prints what they find, as they find it. Returns the exit status.
int run_doctor(const Invocation& invocation, const ConfigResult& config, std::ostream& out, const ErrorLines& err);

}  // namespace headroom
