#pragma once

#include "cli/commands/context.h"

namespace headroom {

// migrate status|up|verify. Returns the exit status; DatabaseProblem goes through.
int run_migrate(const CommandContext& context);

}  // namespace headroom
