#pragma once

#include "cli/commands/context.h"

namespace headroom {

// Prints one UserSig. Returns the exit status.
int run_usersig(const CommandContext& context);

}  // namespace headroom
