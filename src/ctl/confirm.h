#pragma once

#include <functional>
#include <string>

#include "ctl/session.h"

namespace headroom::ctl {

// Before anything else of a command that asks: throws Failure (usage) when there is nobody to be asked and no --yes.
void require_somebody(const Session& session);

// Shows what `preview` prints and asks its question. Whether the answer is yes: by --yes, or by somebody at the terminal.
bool confirm(Session& session, const std::function<std::string()>& preview);

}  // namespace headroom::ctl
