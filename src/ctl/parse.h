#pragma once

#include <string>
#include <vector>

#include "ctl/invocation.h"

namespace headroom::ctl {

struct Parsed {
  Invocation line;
  std::vector<std::string> errors;  // usage errors; the line is of use only without
};
// `arguments` without the program's name. Options stand before or behind the command; `--` ends them.
Parsed parse(const std::vector<std::string>& arguments);

}  // namespace headroom::ctl
