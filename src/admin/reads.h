#pragma once

#include "admin/context.h"

// The GET endpoints over the store. Each may throw StorageError.
namespace headroom::admin {

Response get_summary(AdminContext& context, const AdminCall& call);
Response list_groups(AdminContext& context, const AdminCall& call);
Response get_group(AdminContext& context, const AdminCall& call);
Response list_events(AdminContext& context, const AdminCall& call);
Response list_group_events(AdminContext& context, const AdminCall& call);
Response list_runs(AdminContext& context, const AdminCall& call);
Response list_group_runs(AdminContext& context, const AdminCall& call);
Response get_run(AdminContext& context, const AdminCall& call);
Response list_run_members(AdminContext& context, const AdminCall& call);
Response list_audit(AdminContext& context, const AdminCall& call);
Response list_exemptions(AdminContext& context, const AdminCall& call);
Response list_sweeps(AdminContext& context, const AdminCall& call);

}  // namespace headroom::admin
