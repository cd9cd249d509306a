#pragma once

#include "cli/commands/context.h"

namespace headroom {

// spool export FILE, spool import FILE. Return the exit status; DatabaseProblem goes through.
int run_spool(const CommandContext& context);

}  // namespace headroom
