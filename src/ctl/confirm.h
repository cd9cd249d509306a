#pragma once

#include <string>

#include "ctl/session.h"

namespace headroom::ctl {

// Before anything else of a command that asks: throws Failure (usage) when there is nobody to be asked and no --yes.
void require_somebody(const Session& session);

// Whether the answer is yes: by --yes, or by somebody at the terminal.
bool confirm(Session& session, const std::string& question);

}  // namespace headroom::ctl
