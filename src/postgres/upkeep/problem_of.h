#pragma once

#include <string>

#include "headroom/storage_error.h"
#include "stored/database_problem.h"

namespace headroom::postgres {

// Of migrating or filling a database; its text begins with `subject`.
DatabaseProblem problem_of(const StorageError& error, const std::string& subject);

}  // namespace headroom::postgres
