#pragma once

#include <string>

#include "stored/database_problem.h"

namespace headroom {

// Of a call on a file that failed with this errno.
DatabaseProblem file_problem(const std::string& path, int code);

}  // namespace headroom
