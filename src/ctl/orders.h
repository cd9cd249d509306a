#pragma once

#include "ctl/session.h"

// Commands that change something.
namespace headroom::ctl {

int plan_group(Session& session);
int prune_group(Session& session);
int raise_group(Session& session);
int approve_runs(Session& session);
int reject_runs(Session& session);
int restore_run(Session& session);
int exempt_one(Session& session);
int unexempt_one(Session& session);
int call_silent(Session& session);
int pause_scheduler(Session& session);
int resume_scheduler(Session& session);
int start_sweep(Session& session);

}  // namespace headroom::ctl
