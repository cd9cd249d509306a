#pragma once

#include "app/command_context.h"

namespace headroom {

// Prints one UserSig. Returns the exit status.
int run_usersig(const CommandContext& context);

}  // namespace headroom
