#pragma once

#include "ctl/session.h"

// Commands that read.
namespace headroom::ctl {

int show_status(Session& session);
int list_groups(Session& session);
int show_group(Session& session);
int list_events(Session& session);
int list_runs(Session& session);
int show_run(Session& session);
int list_plans(Session& session);
int show_why(Session& session);
int ask_what_if(Session& session);
int list_removals(Session& session);
int list_filling(Session& session);
int list_exemptions(Session& session);  // imports them, too
int list_sweeps(Session& session);
int list_nodes(Session& session);
int list_audit(Session& session);
int watch(Session& session);
int show_version(Session& session);
int show_help(Session& session);
int show_completion(Session& session);

}  // namespace headroom::ctl
