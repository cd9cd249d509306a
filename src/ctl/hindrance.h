#pragma once

#include "ctl/answer.h"
#include "ctl/session.h"

// What the daemon is bound to refuse, as far as that can be seen from here: it is said in place of a preview, and
// nobody is asked. Each throws Failure (refused). The daemon stays the judge of what is sent.
namespace headroom::ctl {

// scheduler.approval_ttl of the daemon; its default where the daemon does not say.
DurationMs approval_ttl(Session& session);
// Whether it may be approved yet. A plan that a later look came to again is as young as that look.
bool is_young(const Json& plan, DurationMs ttl);

void expect_approvable(Session& session, const Json& run, const Json& group);
// By an order for the group: to remove somebody, or to raise its limit.
void expect_orderable(Session& session, const Json& group);
void expect_restorable(Session& session, const Json& run);

}  // namespace headroom::ctl
