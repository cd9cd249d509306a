#pragma once

#include "cli/commands/context.h"

namespace headroom {

// copy --to URL. Returns the exit status; DatabaseProblem goes through.
int run_copy(const CommandContext& context);

}  // namespace headroom
