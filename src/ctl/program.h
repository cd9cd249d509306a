#pragma once

#include <string>
#include <vector>

#include "ctl/output.h"
#include "ctl/stop.h"
#include "ctl/token.h"

namespace headroom::ctl {

// `arguments` without the program's name. Returns the exit status; never throws.
int run_program(const std::vector<std::string>& arguments, const Environment& environment, Output& out, Output& err,
                const Stop& stop);

}  // namespace headroom::ctl
