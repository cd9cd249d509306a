#pragma once

#include <string>

#include "ctl/answer.h"
#include "ctl/session.h"

namespace headroom::ctl {

// Follows a run, or a sweep, to its end, with its progress on a terminal; prints what became of it. Returns the exit
// status: kRefused when it ended badly, or waits for somebody.
int wait_for_run(Session& session, const std::string& run_id);
int wait_for_sweep(Session& session, const std::string& sweep_id);

// "run 12: succeeded, 5 removed"
std::string run_line(const Json& run);
std::string sweep_line(const Json& sweep);

}  // namespace headroom::ctl
