#pragma once

#include "cli/commands/context.h"

namespace headroom {

// backup FILE, restore FILE. Return the exit status; DatabaseProblem goes through.
int run_backup(const CommandContext& context);
int run_restore(const CommandContext& context);

}  // namespace headroom
