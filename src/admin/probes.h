#pragma once

#include "admin/context.h"

// For load balancers and Prometheus; no token.
namespace headroom::admin {

Response healthz(AdminContext& context, const AdminCall& call);
// About taking webhooks: a paused scheduler is ready, too. 503 names the failing check.
Response readyz(AdminContext& context, const AdminCall& call);
Response metrics(AdminContext& context, const AdminCall& call);

}  // namespace headroom::admin
